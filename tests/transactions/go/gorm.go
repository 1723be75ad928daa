package main

import (
	"context"
	"errors"
	"fmt"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Order is what the shop sells.
type Order struct {
	ID        int
	Reference string
}

// withGormOnPostgres sends in a transaction of GORM, by what it has of database/sql's.
func withGormOnPostgres(ctx context.Context, client *hookbridge.Client) {
	withGorm(ctx, client, postgres.Open(databaseURL), hookbridge.SQLTx)
}

// withGormOnSQLite does the same in a SQLite file.
func withGormOnSQLite(ctx context.Context, client *hookbridge.Client) {
	withGorm(ctx, client, sqlite.Open(sqliteFile+"?_txlock=immediate"), hookbridge.SQLiteTx)
}

func withGorm(ctx context.Context, client *hookbridge.Client, dialector gorm.Dialector, of transactionOf) {
	database, err := gorm.Open(dialector, &gorm.Config{
		PrepareStmt: true, Logger: logger.Default.LogMode(logger.Silent),
	})
	check(err)
	var receipt *hookbridge.SendWebhookResponse

	err = database.Transaction(func(tx *gorm.DB) error {
		if err := tx.Create(&Order{Reference: order + " committed"}).Error; err != nil {
			return err
		}
		receipt, err = client.SendTx(ctx, of(tx.Statement.ConnPool), hookbridge.SendRequest{
			EndpointID: endpointID, Payload: payload, Headers: headers,
		})
		return err
	})
	check(err)
	fmt.Println("committed", receipt.MessageID)

	err = database.Transaction(func(tx *gorm.DB) error {
		check(tx.Create(&Order{Reference: order + " rolled back"}).Error)
		receipt, err = client.SendTx(ctx, of(tx.Statement.ConnPool), hookbridge.SendRequest{
			EndpointID: endpointID, Payload: payload,
		})
		check(err)
		return errChangedMind
	})
	if !errors.Is(err, errChangedMind) {
		check(err)
	}
	fmt.Println("rolled back", receipt.MessageID)

	shown(database.Transaction(func(tx *gorm.DB) error {
		check(tx.Create(&Order{Reference: order + " refused"}).Error)
		_, err := client.SendTx(ctx, of(tx.Statement.ConnPool), hookbridge.SendRequest{
			EndpointID: "ep_unknown", Payload: payload,
		})
		return err
	}))
}
