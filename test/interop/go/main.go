// A bank that uses the published Go SDK of dtm: it starts transactions and serves their branches. One process speaks
// one protocol. It is driven over HTTP: POST /start/<mode> with a transfer.
package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"

	"github.com/dtm-labs/dtm/client/dtmcli"
	_ "github.com/go-sql-driver/mysql"
)

// mode starts one transaction of a mode and returns what its caller would learn.
type mode func(transfer) error

func main() {
	bank := &bank{conf: databaseOf(os.Getenv), late: map[string]bool{}}
	bank.open()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	mux := http.NewServeMux()
	modes := modesOf(os.Getenv, bank, mux, "http://"+listener.Addr().String())
	mux.HandleFunc("/start/", func(response http.ResponseWriter, request *http.Request) { start(modes, response, request) })
	fmt.Printf("listening on http://%s \n", listener.Addr())
	check(http.Serve(listener, mux))
}

func modesOf(env func(string) string, bank *bank, mux *http.ServeMux, self string) map[string]mode {
	if env("PROTOCOL") == "grpc" {
		return grpcModes(env("DTM_GRPC"), bank)
	}
	return httpModes(env("DTM_HTTP"), bank, mux, self)
}

func start(modes map[string]mode, response http.ResponseWriter, request *http.Request) {
	begin, known := modes[request.URL.Path[len("/start/"):]]
	if !known {
		http.Error(response, "no such mode", http.StatusNotFound)
		return
	}
	var wanted transfer
	if err := json.NewDecoder(request.Body).Decode(&wanted); err != nil {
		http.Error(response, err.Error(), http.StatusBadRequest)
		return
	}
	text := ""
	if err := begin(wanted); err != nil {
		text = err.Error()
	}
	check(json.NewEncoder(response).Encode(map[string]string{"error": text}))
}

func databaseOf(env func(string) string) dtmcli.DBConf {
	port, err := strconv.ParseInt(env("DB_PORT"), 10, 64)
	check(err)
	return dtmcli.DBConf{
		Driver: "mysql", Host: env("DB_HOST"), Port: port, User: env("DB_USER"), Password: env("DB_PASSWORD"), Db: env("DB_NAME"),
	}
}

func (b *bank) open() {
	source := fmt.Sprintf("%s:%s@tcp(%s:%d)/%s", b.conf.User, b.conf.Password, b.conf.Host, b.conf.Port, b.conf.Db)
	db, err := sql.Open("mysql", source)
	check(err)
	b.db = db
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
