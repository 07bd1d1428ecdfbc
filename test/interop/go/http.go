package main

import (
	"database/sql"
	"encoding/json"
	"io"
	"net/http"

	"github.com/dtm-labs/dtm/client/dtmcli"
	"github.com/dtm-labs/dtm/client/workflow"
	"github.com/go-resty/resty/v2"
)

type httpBank struct {
	*bank
	dtm  string
	self string
}

func httpModes(dtm string, bank *bank, mux *http.ServeMux, self string) map[string]mode {
	b := httpBank{bank, dtm, self}
	for name := range movements {
		mux.HandleFunc("/branch/"+name, b.answer(func(request *http.Request, body []byte) error { return b.branch(name, request, body) }))
		mux.HandleFunc("/xa/"+name, b.answer(func(request *http.Request, body []byte) error { return b.xaBranch(name, request, body) }))
	}
	mux.HandleFunc("/check", b.answer(func(request *http.Request, _ []byte) error {
		barrier, err := dtmcli.BarrierFromQuery(request.URL.Query())
		if err != nil {
			return err
		}
		return barrier.QueryPrepared(b.db)
	}))
	workflow.InitHTTP(dtm, self+"/resume")
	mux.HandleFunc("/resume", b.answer(func(request *http.Request, body []byte) error {
		query := request.URL.Query()
		_, err := workflow.ExecuteCtx(request.Context(), query.Get("op"), query.Get("gid"), body)
		return err
	}))
	registerTransfer(bank, b.workflowStep)
	return map[string]mode{"saga": b.saga, "tcc": b.tcc, "msg": b.msg, "xa": b.xa, "workflow": execute}
}

// answer turns what a handler returns into the answer of spec 9.1, with the SDK's own helper.
func (b httpBank) answer(handle func(*http.Request, []byte) error) http.HandlerFunc {
	return func(response http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err == nil {
			err = handle(request, body)
		}
		status, result := dtmcli.Result2HttpJSON(err)
		response.Header().Set("Content-Type", "application/json")
		response.WriteHeader(status)
		check(json.NewEncoder(response).Encode(result))
	}
}

func (b httpBank) branch(name string, request *http.Request, body []byte) error {
	barrier, err := dtmcli.BarrierFromQuery(request.URL.Query())
	if err != nil {
		return err
	}
	var wanted order
	if err := json.Unmarshal(body, &wanted); err != nil {
		return err
	}
	return b.guarded(barrier, name, wanted)
}

func (b httpBank) xaBranch(name string, request *http.Request, body []byte) error {
	return dtmcli.XaLocalTransaction(request.URL.Query(), b.conf, func(db *sql.DB, _ *dtmcli.Xa) error {
		var wanted order
		if err := json.Unmarshal(body, &wanted); err != nil {
			return err
		}
		return b.move(db, name, wanted)
	})
}

func (b httpBank) url(name string) string {
	return b.self + "/branch/" + name
}

func (b httpBank) saga(wanted transfer) error {
	saga := dtmcli.NewSaga(b.dtm, wanted.Gid).
		Add(b.url("out"), b.url("outUndo"), wanted.debit()).
		Add(b.url("in"), b.url("inUndo"), wanted.credit())
	settings(&saga.TransOptions)
	return saga.Submit()
}

func (b httpBank) tcc(wanted transfer) error {
	custom := func(tcc *dtmcli.Tcc) { settings(&tcc.TransOptions) }
	return dtmcli.TccGlobalTransaction2(b.dtm, wanted.Gid, custom, func(tcc *dtmcli.Tcc) (*resty.Response, error) {
		answer, err := tcc.CallBranch(wanted.debit(), b.url("outTry"), b.url("outConfirm"), b.url("outCancel"))
		if err != nil {
			return answer, err
		}
		return tcc.CallBranch(wanted.credit(), b.url("inTry"), b.url("inConfirm"), b.url("inCancel"))
	})
}

func (b httpBank) msg(wanted transfer) error {
	msg := dtmcli.NewMsg(b.dtm, wanted.Gid).Add(b.url("in"), transfer{To: wanted.To, Amount: wanted.Amount}.credit())
	settings(&msg.TransOptions)
	msg.TimeoutToFail = 1
	return b.send(msg, b.self+"/check", wanted)
}

func (b httpBank) xa(wanted transfer) error {
	custom := func(xa *dtmcli.Xa) { settings(&xa.TransOptions) }
	return dtmcli.XaGlobalTransaction2(b.dtm, wanted.Gid, custom, func(xa *dtmcli.Xa) (*resty.Response, error) {
		answer, err := xa.CallBranch(wanted.debit(), b.self+"/xa/out")
		if err != nil {
			return answer, err
		}
		return xa.CallBranch(wanted.credit(), b.self+"/xa/in")
	})
}

func (b httpBank) workflowStep(wf *workflow.Workflow, name string, wanted order) error {
	_, err := wf.NewRequest().SetBody(wanted).Post(b.url(name))
	return err
}
