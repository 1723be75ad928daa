package main

import (
	"context"
	"database/sql"
	"fmt"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
	_ "github.com/lib/pq"
	_ "github.com/mattn/go-sqlite3"
)

// transactionOf is [hookbridge.SQLTx] or [hookbridge.SQLiteTx].
type transactionOf func(hookbridge.SQLQuerier) hookbridge.Transaction

// withPostgres sends in a transaction of database/sql, here over lib/pq.
func withPostgres(ctx context.Context, client *hookbridge.Client) {
	withDatabaseSQL(ctx, client, "postgres", databaseURL+"?sslmode=disable", hookbridge.SQLTx)
}

// withSQLite does the same in a SQLite file, here over mattn/go-sqlite3.
func withSQLite(ctx context.Context, client *hookbridge.Client) {
	withDatabaseSQL(ctx, client, "sqlite3", sqliteFile+"?_txlock=immediate", hookbridge.SQLiteTx)
}

func withDatabaseSQL(ctx context.Context, client *hookbridge.Client, driver, source string, of transactionOf) {
	database, err := sql.Open(driver, source)
	check(err)
	defer database.Close()

	tx, err := database.BeginTx(ctx, nil)
	check(err)
	_, err = tx.ExecContext(ctx, insert, order+" committed")
	check(err)
	receipt, err := client.SendTx(ctx, of(tx), hookbridge.SendRequest{
		EndpointID: endpointID, Payload: payload, Headers: headers,
	})
	check(err)
	check(tx.Commit())
	fmt.Println("committed", receipt.MessageID)

	tx, err = database.BeginTx(ctx, nil)
	check(err)
	_, err = tx.ExecContext(ctx, insert, order+" rolled back")
	check(err)
	receipt, err = client.SendTx(ctx, of(tx), hookbridge.SendRequest{
		EndpointID: endpointID, Payload: payload,
	})
	check(err)
	check(tx.Rollback())
	fmt.Println("rolled back", receipt.MessageID)

	tx, err = database.BeginTx(ctx, nil)
	check(err)
	_, err = tx.ExecContext(ctx, insert, order+" refused")
	check(err)
	_, err = client.SendTx(ctx, of(tx), hookbridge.SendRequest{
		EndpointID: "ep_unknown", Payload: payload,
	})
	shown(err)
	check(tx.Rollback())
}
