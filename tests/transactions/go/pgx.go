package main

import (
	"context"
	"errors"
	"fmt"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

var errChangedMind = errors.New("changed our mind")

// withPgx sends in a transaction of pgx.
func withPgx(ctx context.Context, client *hookbridge.Client) {
	pool, err := pgxpool.New(ctx, databaseURL)
	check(err)
	defer pool.Close()
	var receipt *hookbridge.SendWebhookResponse

	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, insert, order+" committed"); err != nil {
			return err
		}
		receipt, err = client.SendTx(ctx, hookbridge.PgxTx(tx), hookbridge.SendRequest{
			EndpointID: endpointID, Payload: payload, Headers: headers,
		})
		return err
	})
	check(err)
	fmt.Println("committed", receipt.MessageID)

	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, insert, order+" rolled back")
		check(err)
		receipt, err = client.SendTx(ctx, hookbridge.PgxTx(tx), hookbridge.SendRequest{
			EndpointID: endpointID, Payload: payload,
		})
		check(err)
		return errChangedMind
	})
	if !errors.Is(err, errChangedMind) {
		check(err)
	}
	fmt.Println("rolled back", receipt.MessageID)

	shown(pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, insert, order+" refused")
		check(err)
		_, err = client.SendTx(ctx, hookbridge.PgxTx(tx), hookbridge.SendRequest{
			EndpointID: "ep_unknown", Payload: payload,
		})
		return err
	}))
}
