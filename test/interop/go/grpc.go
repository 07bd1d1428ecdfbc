package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"net"

	"github.com/dtm-labs/dtm/client/dtmgrpc"
	"github.com/dtm-labs/dtm/client/workflow"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const (
	branches = "interop.Bank"
	xaBank   = "interop.XaBank"
)

type grpcBank struct {
	*bank
	dtm  string
	self string
	conn *grpc.ClientConn
}

func grpcModes(dtm string, bank *bank) map[string]mode {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	self := listener.Addr().String()
	conn, err := grpc.Dial(self, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithUnaryInterceptor(workflow.Interceptor))
	check(err)
	b := grpcBank{bank, dtm, self, conn}
	server := grpc.NewServer()
	b.serve(server)
	workflow.InitGrpc(dtm, self, server)
	registerTransfer(bank, b.workflowStep)
	go func() { check(server.Serve(listener)) }()
	return map[string]mode{"saga": b.saga, "tcc": b.tcc, "msg": b.msg, "xa": b.xa, "workflow": execute}
}

func (b grpcBank) serve(server *grpc.Server) {
	bank := grpc.ServiceDesc{ServiceName: branches, HandlerType: (*any)(nil)}
	xa := grpc.ServiceDesc{ServiceName: xaBank, HandlerType: (*any)(nil)}
	for name := range movements {
		bank.Methods = append(bank.Methods, method(name, func(ctx context.Context, body string) error { return b.branch(ctx, name, body) }))
		xa.Methods = append(xa.Methods, method(name, func(ctx context.Context, body string) error { return b.xaBranch(ctx, name, body) }))
	}
	bank.Methods = append(bank.Methods, method("check", func(ctx context.Context, _ string) error {
		barrier, err := dtmgrpc.BarrierFromGrpc(ctx)
		if err != nil {
			return err
		}
		return barrier.QueryPrepared(b.db)
	}))
	server.RegisterService(&bank, b)
	server.RegisterService(&xa, b)
}

// method describes a unary method by hand: its message is a text, so that no compiler of protocol buffers is needed.
func method(name string, handle func(context.Context, string) error) grpc.MethodDesc {
	return grpc.MethodDesc{
		MethodName: name,
		Handler: func(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			body := new(wrapperspb.StringValue)
			if err := decode(body); err != nil {
				return nil, err
			}
			if err := handle(ctx, body.GetValue()); err != nil {
				return nil, dtmgrpc.DtmError2GrpcError(err)
			}
			return new(emptypb.Empty), nil
		},
	}
}

func (b grpcBank) branch(ctx context.Context, name string, body string) error {
	barrier, err := dtmgrpc.BarrierFromGrpc(ctx)
	if err != nil {
		return err
	}
	var wanted order
	if err := json.Unmarshal([]byte(body), &wanted); err != nil {
		return err
	}
	return b.guarded(barrier, name, wanted)
}

func (b grpcBank) xaBranch(ctx context.Context, name string, body string) error {
	return dtmgrpc.XaLocalTransaction(ctx, b.conf, func(db *sql.DB, _ *dtmgrpc.XaGrpc) error {
		var wanted order
		if err := json.Unmarshal([]byte(body), &wanted); err != nil {
			return err
		}
		return b.move(db, name, wanted)
	})
}

func text(wanted order) *wrapperspb.StringValue {
	body, err := json.Marshal(wanted)
	check(err)
	return wrapperspb.String(string(body))
}

func (b grpcBank) url(name string) string {
	return b.self + "/" + branches + "/" + name
}

func (b grpcBank) saga(wanted transfer) error {
	saga := dtmgrpc.NewSagaGrpc(b.dtm, wanted.Gid).
		Add(b.url("out"), b.url("outUndo"), text(wanted.debit())).
		Add(b.url("in"), b.url("inUndo"), text(wanted.credit()))
	settings(&saga.TransOptions)
	return saga.Submit()
}

func (b grpcBank) tcc(wanted transfer) error {
	custom := func(tcc *dtmgrpc.TccGrpc) { settings(&tcc.TransOptions) }
	return dtmgrpc.TccGlobalTransaction2(b.dtm, wanted.Gid, custom, func(tcc *dtmgrpc.TccGrpc) error {
		reply := new(emptypb.Empty)
		err := tcc.CallBranch(text(wanted.debit()), b.url("outTry"), b.url("outConfirm"), b.url("outCancel"), reply)
		if err != nil {
			return err
		}
		return tcc.CallBranch(text(wanted.credit()), b.url("inTry"), b.url("inConfirm"), b.url("inCancel"), reply)
	})
}

func (b grpcBank) msg(wanted transfer) error {
	credit := transfer{To: wanted.To, Amount: wanted.Amount}.credit()
	msg := dtmgrpc.NewMsgGrpc(b.dtm, wanted.Gid).Add(b.url("in"), text(credit))
	settings(&msg.TransOptions)
	msg.TimeoutToFail = 1
	return b.send(msg, b.url("check"), wanted)
}

func (b grpcBank) xa(wanted transfer) error {
	custom := func(xa *dtmgrpc.XaGrpc) { settings(&xa.TransOptions) }
	return dtmgrpc.XaGlobalTransaction2(b.dtm, wanted.Gid, custom, func(xa *dtmgrpc.XaGrpc) error {
		reply := new(emptypb.Empty)
		if err := xa.CallBranch(text(wanted.debit()), b.self+"/"+xaBank+"/out", reply); err != nil {
			return err
		}
		return xa.CallBranch(text(wanted.credit()), b.self+"/"+xaBank+"/in", reply)
	})
}

func (b grpcBank) workflowStep(wf *workflow.Workflow, name string, wanted order) error {
	return b.conn.Invoke(wf.Context, "/"+branches+"/"+name, text(wanted), new(emptypb.Empty))
}
