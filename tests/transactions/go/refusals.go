package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"log"
	"strings"
	"time"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
	_ "github.com/jackc/pgx/v5/stdlib"
)

// refusals are what the function or SQLite's table refuses, as errors of the package. A savepoint, and the transaction
// goes on.
func refusals(ctx context.Context, client *hookbridge.Client) {
	const day = 24 * time.Hour
	driver, source, of := "pgx", databaseURL, transactionOf(hookbridge.SQLTx)
	// A file does not know what was sent before.
	isFile := sqliteFile != ""
	if isFile {
		driver, source, of = "sqlite3", sqliteFile+"?_txlock=immediate", hookbridge.SQLiteTx
	}
	database, err := sql.Open(driver, source)
	check(err)
	defer database.Close()
	tx, err := database.BeginTx(ctx, nil)
	check(err)
	hours := 1
	first, err := client.SendTx(ctx, of(tx), hookbridge.SendRequest{
		EndpointID: endpointID, Payload: json.RawMessage("1"), IdempotencyKey: "one", OrderingKey: "customer-7",
		RetentionHours: &hours, DeliverAt: time.Now().Add(day), ExpiresAt: time.Now().Add(2 * day),
	})
	check(err)
	again, err := client.SendTx(ctx, of(tx), hookbridge.SendRequest{
		EndpointID: endpointID, Payload: 1, IdempotencyKey: "one",
	})
	check(err)
	if !isFile && *again != *first {
		log.Fatalf("%v is not %v", again, first)
	}
	for _, request := range []hookbridge.SendRequest{
		{EndpointID: "ep_unknown", Payload: json.RawMessage("null")},
		{Payload: 1, Headers: map[string]string{"Host": "example.com"}},
		{Payload: 1, IdempotencyKey: "not a key"},
		{Payload: 1, DeliverAt: time.Now().Add(400 * day)},
		{Payload: 1, OrderingKey: "a\x00b"},
		{Payload: 2, IdempotencyKey: "one"},
		{Payload: strings.Repeat("x", 1<<20)},
	} {
		if request.EndpointID == "" {
			request.EndpointID = endpointID
		}
		if isFile && request.IdempotencyKey == "one" {
			continue
		}
		_, err := tx.ExecContext(ctx, "SAVEPOINT before")
		check(err)
		_, err = client.SendTx(ctx, of(tx), request)
		shown(err)
		_, err = tx.ExecContext(ctx, "ROLLBACK TO before")
		check(err)
	}
	check(tx.Rollback())
	_, err = client.SendTx(ctx, of(database), hookbridge.SendRequest{EndpointID: endpointID, Payload: 1})
	shown(err)
}
