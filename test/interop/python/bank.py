"""A bank that uses the published Python SDK of dtm: it starts transactions and serves their branches.

It is driven over HTTP: POST /start/<mode> with a transfer.
"""

import contextlib
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pymysql
from dtmcli import barrier, msg, saga, tcc, utils

DTM = os.environ["DTM_HTTP"]

# By how many amounts balance and frozen sum change.
MOVEMENTS = {
    "out": (-1, 0), "outUndo": (1, 0), "in": (1, 0), "inUndo": (-1, 0),
    "outTry": (-1, 1), "outConfirm": (0, -1), "outCancel": (1, -1),
    "inTry": (0, 1), "inConfirm": (1, -1), "inCancel": (0, -1),
}  # fmt: skip

REFUSING = ("in", "inTry")


@contextlib.contextmanager
def cursor():
    """A connection of its own: the barrier of the SDK commits it."""
    connection = pymysql.connect(
        host=os.environ["DB_HOST"],
        port=int(os.environ["DB_PORT"]),
        user=os.environ["DB_USER"],
        password=os.environ["DB_PASSWORD"],
        database=os.environ["DB_NAME"],
    )
    try:
        with connection.cursor() as open_cursor:
            yield open_cursor
    finally:
        connection.close()


def move(on, name, order):
    balance, frozen = MOVEMENTS[name]
    on.execute(
        "update account set balance = balance + %s, frozen = frozen + %s where id = %s",
        (balance * order["amount"], frozen * order["amount"], order["account"]),
    )
    if order["refuse"] and name in REFUSING:
        raise utils.DTMFailureError("refused after the work")


def barrier_of(query):
    return barrier.BranchBarrier(*(query[key][0] for key in ("trans_type", "gid", "branch_id", "op")))


def debit(transfer):
    return {"account": transfer["from"], "amount": transfer["amount"], "refuse": False}


def credit(transfer, refuse=None):
    refuse = transfer["outcome"] == "rollback" if refuse is None else refuse
    return {"account": transfer["to"], "amount": transfer["amount"], "refuse": refuse}


class Bank:
    def __init__(self, url):
        self.url = url

    def branch(self, name):
        return f"{self.url}/branch/{name}"

    def saga(self, transfer):
        transaction = saga.Saga(DTM, transfer["gid"])
        transaction.add(debit(transfer), self.branch("out"), self.branch("outUndo"))
        transaction.add(credit(transfer), self.branch("in"), self.branch("inUndo"))
        transaction.trans_base.wait_result = True
        transaction.submit()

    def tcc(self, transfer):
        def branches(transaction):
            transaction.call_branch(debit(transfer), *map(self.branch, ("outTry", "outConfirm", "outCancel")))
            transaction.call_branch(credit(transfer), *map(self.branch, ("inTry", "inConfirm", "inCancel")))

        # The SDK reports every problem by an empty text.
        if tcc.tcc_global_transaction(DTM, transfer["gid"], branches) == "":
            raise utils.DTMFailureError("FAILURE")

    def msg(self, transfer):
        transaction = msg.Msg(DTM, transfer["gid"])
        transaction.add(credit(transfer, refuse=False), self.branch("in"))
        transaction.trans_base.timeout_to_fail = 1
        transaction.trans_base.retry_interval = 1
        transaction.set_wait_result()
        check_back = f"{self.url}/check"

        def work(on):
            move(on, "out", debit(transfer))
            if transfer["outcome"] == "rollback":
                raise utils.DTMFailureError("refused after the work")

        with cursor() as on:
            if transfer["outcome"] in ("success", "rollback"):
                transaction.do_and_submit_db(check_back, on, work)
                return
            # The sender dies, before or after its commit.
            transaction.prepare(check_back)
            if transfer["outcome"] == "died-after-commit":
                barrier.BranchBarrier("msg", transfer["gid"], "00", "msg").call(on, work)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def answer(self):
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            status, result = self.handle_path(url.path.split("/")[1:], parse_qs(url.query), body)
        except utils.DTMFailureError as error:
            status, result = 409, {"dtm_result": "FAILURE", "message": str(error)}
        except Exception as error:
            status, result = 500, {"message": str(error)}
        answer = json.dumps(result).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def handle_path(self, path, query, body):
        if path[0] == "start":
            return 200, {"error": self.start(path[1], json.loads(body))}
        with cursor() as on:
            if path[0] == "check":
                barrier_of(query).query_prepared(on)
            else:
                order = json.loads(body)
                barrier_of(query).call(on, lambda inside: move(inside, path[1], order))
        return 200, {"dtm_result": "SUCCESS"}

    def start(self, mode, transfer):
        try:
            getattr(self.server.bank, mode)(transfer)
            return ""
        except Exception as error:
            return str(error) or type(error).__name__

    def log_message(self, *arguments):
        pass


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.bank = Bank(f"http://127.0.0.1:{server.server_port}")
    print(f"listening on {server.bank.url} ", flush=True)
    server.serve_forever()


main()
