package main

import (
	"context"
	"database/sql"
	"fmt"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
	_ "github.com/lib/pq"
)

// withDatabaseSQL sends in a transaction of database/sql, here over lib/pq.
func withDatabaseSQL(ctx context.Context, client *hookbridge.Client) {
	database, err := sql.Open("postgres", databaseURL+"?sslmode=disable")
	check(err)
	defer database.Close()

	tx, err := database.BeginTx(ctx, nil)
	check(err)
	_, err = tx.ExecContext(ctx, insert, order+" committed")
	check(err)
	receipt, err := client.SendTx(ctx, hookbridge.SQLTx(tx), hookbridge.SendRequest{
		EndpointID: endpointID, Payload: payload, Headers: headers,
	})
	check(err)
	check(tx.Commit())
	fmt.Println("committed", receipt.MessageID)

	tx, err = database.BeginTx(ctx, nil)
	check(err)
	_, err = tx.ExecContext(ctx, insert, order+" rolled back")
	check(err)
	receipt, err = client.SendTx(ctx, hookbridge.SQLTx(tx), hookbridge.SendRequest{
		EndpointID: endpointID, Payload: payload,
	})
	check(err)
	check(tx.Rollback())
	fmt.Println("rolled back", receipt.MessageID)

	tx, err = database.BeginTx(ctx, nil)
	check(err)
	_, err = tx.ExecContext(ctx, insert, order+" refused")
	check(err)
	_, err = client.SendTx(ctx, hookbridge.SQLTx(tx), hookbridge.SendRequest{
		EndpointID: "ep_unknown", Payload: payload,
	})
	shown(err)
	check(tx.Rollback())
}
