package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/dtm-labs/dtm/client/dtmcli"
	"github.com/dtm-labs/dtm/client/workflow"
)

const (
	workflowName = "transfer"
	receipt      = "receipt of "
)

// step calls a branch inside a workflow, which remembers its outcome.
type step func(wf *workflow.Workflow, name string, wanted order) error

// registerTransfer makes a workflow of a step with a compensation and one with confirm and cancel.
func registerTransfer(b *bank, call step) {
	phaseTwo := func(name string, wanted order) workflow.WfPhase2Func {
		return func(barrier *dtmcli.BranchBarrier) error { return b.guarded(barrier, name, wanted) }
	}
	check(workflow.Register2(workflowName, func(wf *workflow.Workflow, data []byte) ([]byte, error) {
		var wanted transfer
		if err := json.Unmarshal(data, &wanted); err != nil {
			return nil, err
		}
		debit, credit := wanted.debit(), wanted.credit()
		if err := call(wf.NewBranch().OnRollback(phaseTwo("outUndo", debit)), "out", debit); err != nil {
			return nil, err
		}
		branch := wf.NewBranch().OnCommit(phaseTwo("inConfirm", credit)).OnRollback(phaseTwo("inCancel", credit))
		return []byte(receipt + wanted.Gid), call(branch, "inTry", credit)
	}, func(wf *workflow.Workflow) {
		settings(&wf.TransOptions)
		// A branch that refused has undone its work itself.
		wf.Options.CompensateErrorBranch = false
	}))
}

// execute runs a workflow. One that has ended gives its result again without doing anything.
func execute(wanted transfer) error {
	data, err := json.Marshal(wanted)
	if err != nil {
		return err
	}
	for range 2 {
		result, err := workflow.ExecuteCtx(context.Background(), workflowName, wanted.Gid, data)
		if err != nil {
			return err
		}
		if string(result) != receipt+wanted.Gid {
			return fmt.Errorf("the result is %q", result)
		}
	}
	return nil
}
