// The examples of Go, in one program: linking costs more than running.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

const insert = "INSERT INTO orders (reference) VALUES ($1)"

var (
	databaseURL, endpointID, order = os.Getenv("DATABASE_URL"), os.Getenv("ENDPOINT_ID"), os.Getenv("ORDER")
	sqliteFile                     = os.Getenv("SQLITE_FILE")

	payload = struct {
		Order string `json:"order"`
		To    string `json:"to"`
		Paid  bool   `json:"paid"`
	}{order, "Zoë / Øre", true}
	headers = map[string]string{"X-Source": "orders"}
)

func main() {
	client, err := hookbridge.NewClient("")
	check(err)
	defer client.Close()
	examples := map[string]func(context.Context, *hookbridge.Client){
		"pgx": withPgx, "database_sql": withPostgres, "gorm": withGormOnPostgres, "refusals": refusals,
		"sqlite": withSQLite, "gorm_sqlite": withGormOnSQLite,
	}
	examples[os.Args[1]](context.Background(), client)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// shown prints a refusal, which must be one.
func shown(err error) {
	failure, is := errors.AsType[*hookbridge.APIError](err)
	if !is {
		log.Fatalf("not refused: %v", err)
	}
	fmt.Println("refused", string(failure.Code), failure.StatusCode)
}
