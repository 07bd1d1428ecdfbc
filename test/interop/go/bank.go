package main

import (
	"database/sql"
	"sync"

	"github.com/dtm-labs/dtm/client/dtmcli"
)

// transfer is what a transaction is started with.
type transfer struct {
	Gid     string `json:"gid"`
	Outcome string `json:"outcome"`
	From    string `json:"from"`
	To      string `json:"to"`
	Amount  int64  `json:"amount"`
}

func (t transfer) debit() order {
	return order{Account: t.From, Amount: t.Amount}
}

func (t transfer) credit() order {
	return order{Account: t.To, Amount: t.Amount, Refuse: t.Outcome == "rollback", Later: t.Outcome == "resumed"}
}

// order is the payload of a branch.
type order struct {
	Account string `json:"account"`
	Amount  int64  `json:"amount"`
	// Refuse undoes the work after it was done, with FAILURE.
	Refuse bool `json:"refuse"`
	// Later answers ONGOING at first.
	Later bool `json:"later"`
}

// movement says by how many amounts balance and frozen sum change.
type movement struct{ balance, frozen int64 }

var movements = map[string]movement{
	"out": {-1, 0}, "outUndo": {1, 0}, "in": {1, 0}, "inUndo": {-1, 0},
	"outTry": {-1, 1}, "outConfirm": {0, -1}, "outCancel": {1, -1},
	"inTry": {0, 1}, "inConfirm": {1, -1}, "inCancel": {0, -1},
}

// refusing are the movements that an order may tell to refuse.
var refusing = map[string]bool{"in": true, "inTry": true}

type bank struct {
	conf  dtmcli.DBConf
	db    *sql.DB
	mutex sync.Mutex
	late  map[string]bool
}

// executor is a transaction of a database or a connection inside an XA transaction.
type executor interface {
	Exec(query string, args ...any) (sql.Result, error)
}

func (b *bank) move(on executor, name string, wanted order) error {
	by := movements[name]
	_, err := on.Exec("update account set balance = balance + ?, frozen = frozen + ? where id = ?",
		by.balance*wanted.Amount, by.frozen*wanted.Amount, wanted.Account)
	if err == nil && wanted.Refuse && refusing[name] {
		return dtmcli.ErrFailure
	}
	return err
}

// guarded does a movement once, whatever is repeated, late or in the wrong order.
func (b *bank) guarded(barrier *dtmcli.BranchBarrier, name string, wanted order) error {
	if wanted.Later && refusing[name] && b.comesFirst(barrier.Gid) {
		return dtmcli.ErrOngoing
	}
	return barrier.CallWithDB(b.db, func(tx *sql.Tx) error { return b.move(tx, name, wanted) })
}

func (b *bank) comesFirst(gid string) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	first := !b.late[gid]
	b.late[gid] = true
	return first
}

// sends is the local work of the sender of a message.
func (b *bank) sends(wanted transfer) func(tx *sql.Tx) error {
	return func(tx *sql.Tx) error {
		if err := b.move(tx, "out", wanted.debit()); err != nil {
			return err
		}
		if wanted.Outcome == "rollback" {
			return dtmcli.ErrFailure
		}
		return nil
	}
}

// message is what the builders of both protocols have in common.
type message interface {
	Prepare(queryPrepared string) error
	DoAndSubmitDB(queryPrepared string, db *sql.DB, busiCall dtmcli.BarrierBusiFunc) error
}

// send sends a message with a local transaction. By its outcome the sender may die before or after its commit.
func (b *bank) send(msg message, checkBack string, wanted transfer) error {
	if wanted.Outcome == "success" || wanted.Outcome == "rollback" {
		return msg.DoAndSubmitDB(checkBack, b.db, b.sends(wanted))
	}
	if err := msg.Prepare(checkBack); err != nil || wanted.Outcome == "died-before-commit" {
		return err
	}
	barrier, err := dtmcli.BarrierFrom("msg", wanted.Gid, "00", "msg")
	if err != nil {
		return err
	}
	return barrier.CallWithDB(b.db, b.sends(wanted))
}

// settings are the options of a transaction: it answers when it is over, and is looked at every second.
func settings(options *dtmcli.TransOptions) {
	options.WaitResult = true
	options.RetryInterval = 1
}
