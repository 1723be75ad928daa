package hookbridge

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Transaction is the application's own transaction in a PostgreSQL database that has the schema hookbridge: [SQLTx] makes
// one of database/sql's or GORM's, [PgxTx] of pgx's; or one in a SQLite file that has the table hookbridge_send:
// [SQLiteTx].
type Transaction interface {
	queryRow(ctx context.Context, statement string, arguments ...any) (Row, error)
	isSQLite() bool
}

// Row is a row that a driver answers.
type Row interface {
	Scan(destinations ...any) error
}

// SQLQuerier is what a [sql.Tx] has, and what GORM has as tx.Statement.ConnPool.
type SQLQuerier interface {
	QueryRowContext(ctx context.Context, statement string, arguments ...any) *sql.Row
}

// PgxQuerier is what a pgx.Tx has.
type PgxQuerier[R Row] interface {
	QueryRow(ctx context.Context, statement string, arguments ...any) R
	Commit(ctx context.Context) error
}

// SQLTx is a transaction of database/sql. Of GORM's tx it is SQLTx(tx.Statement.ConnPool).
func SQLTx(tx SQLQuerier) Transaction { return sqlTx{tx} }

// SQLiteTx is a transaction of database/sql in a SQLite file, with any driver. Of GORM's tx it is
// SQLiteTx(tx.Statement.ConnPool).
func SQLiteTx(tx SQLQuerier) Transaction { return sqliteTx{sqlTx{tx}} }

// PgxTx is a transaction of pgx.
func PgxTx[R Row](tx PgxQuerier[R]) Transaction { return pgxTx[R]{tx} }

type sqlTx struct{ SQLQuerier }

func (sqlTx) isSQLite() bool { return false }

type sqliteTx struct{ sqlTx }

func (sqliteTx) isSQLite() bool { return true }

func (t sqlTx) queryRow(ctx context.Context, statement string, arguments ...any) (Row, error) {
	// A sql.DB has the same method, and commits by itself.
	if _, is := t.SQLQuerier.(interface{ Commit() error }); !is {
		return nil, refused(ErrInvalidRequest, fmt.Sprintf("a %T is no transaction", t.SQLQuerier))
	}
	return t.QueryRowContext(ctx, statement, arguments...), nil
}

type pgxTx[R Row] struct{ PgxQuerier[R] }

func (pgxTx[R]) isSQLite() bool { return false }

func (t pgxTx[R]) queryRow(ctx context.Context, statement string, arguments ...any) (Row, error) {
	return t.QueryRow(ctx, statement, arguments...), nil
}

// SendTx sends in the application's own transaction: the message is there when that commits, and never was when it rolls
// back. It calls the function hookbridge.send on the transaction's connection, or inserts into SQLite's table
// hookbridge_send, whatever database the client is open on: its own outbox is left alone.
//
// Its errors are those of [Client.Send], and those of the driver. The transaction is as the driver leaves it.
func (c *Client) SendTx(ctx context.Context, tx Transaction, request SendRequest) (*SendWebhookResponse, error) {
	payload, err := payloadBytes(request.Payload)
	if err != nil {
		return nil, err
	}
	headers, err := headerBytes(request.Headers)
	if err != nil {
		return nil, err
	}
	options, err := encoded(struct {
		OrderingKey    string    `json:"ordering_key,omitzero"`
		DeliverAt      time.Time `json:"deliver_at,omitzero"`
		ExpiresAt      time.Time `json:"expires_at,omitzero"`
		RetentionHours *int      `json:"retention_hours,omitzero"`
	}{request.OrderingKey, request.DeliverAt, request.ExpiresAt, request.RetentionHours})
	if err != nil {
		return nil, refused(ErrInvalidRequest, err.Error())
	}
	arguments := []argument{
		{"EndpointID", "endpoint_id", request.EndpointID, false},
		{"Payload", "payload", string(payload), false},
		{"Headers", "headers", string(headers), true},
		{"IdempotencyKey", "idempotency_key", request.IdempotencyKey, false},
	}
	var id string
	if tx.isSQLite() {
		id, err = inserted(ctx, tx, append(arguments, columns(request)...))
	} else {
		id, err = called(ctx, tx, "send", append(arguments, argument{"", "", strings.TrimSuffix(string(options), "{}"), true}))
	}
	if err != nil {
		return nil, err
	}
	return &SendWebhookResponse{MessageID: id, Status: MessageStatusQueued}, nil
}

// argument is one of a function's: none where it is empty.
type argument struct {
	name   string
	column string
	value  string
	isJSON bool
}

// columns are what a row of SQLite's table has beside the arguments.
func columns(request SendRequest) []argument {
	moment := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.UTC().Format(time.RFC3339Nano)
	}
	hours := ""
	if request.RetentionHours != nil {
		// The column makes a number of it.
		hours = strconv.Itoa(*request.RetentionHours)
	}
	return []argument{
		{"OrderingKey", "ordering_key", request.OrderingKey, false},
		{"DeliverAt", "deliver_at", moment(request.DeliverAt), false},
		{"ExpiresAt", "expires_at", moment(request.ExpiresAt), false},
		{"RetentionHours", "retention_hours", hours, false},
	}
}

// check refuses what a driver or a server would cut or not take.
func (a argument) check() error {
	if !utf8.ValidString(a.value) {
		return refused(ErrInvalidRequest, a.name+" is not UTF-8")
	}
	if strings.ContainsRune(a.value, 0) {
		return refused(ErrInvalidRequest, a.name+" has the character U+0000")
	}
	return nil
}

// inserted is the id of a row of SQLite's table.
func inserted(ctx context.Context, tx Transaction, arguments []argument) (string, error) {
	var names, places []string
	var values []any
	for _, argument := range arguments {
		if err := argument.check(); err != nil {
			return "", err
		}
		if argument.value != "" {
			names, places, values = append(names, argument.column), append(places, "?"), append(values, argument.value)
		}
	}
	statement := fmt.Sprintf("INSERT INTO hookbridge_send (%s) VALUES (%s) RETURNING id", strings.Join(names, ", "), strings.Join(places, ", "))
	row, err := tx.queryRow(ctx, statement, values...)
	if err != nil {
		return "", err
	}
	var id string
	if err := row.Scan(&id); err != nil {
		return "", refusalOfTrigger(err)
	}
	return id, nil
}

// called is the id that a function of the schema answers. Each argument goes to the server as text, whatever a driver
// makes of other types.
func called(ctx context.Context, tx Transaction, function string, arguments []argument) (string, error) {
	casts, values := make([]string, len(arguments)), make([]any, len(arguments))
	for i, argument := range arguments {
		if err := argument.check(); err != nil {
			return "", err
		}
		casts[i] = fmt.Sprintf("CAST($%d AS text)", i+1)
		if argument.isJSON {
			casts[i] = fmt.Sprintf("CAST(%s AS jsonb)", casts[i])
		}
		if argument.value != "" {
			values[i] = argument.value
		}
	}
	row, err := tx.queryRow(ctx, fmt.Sprintf("SELECT CAST(hookbridge.%s(%s) AS text)", function, strings.Join(casts, ", ")), values...)
	if err != nil {
		return "", err
	}
	var id string
	if err := row.Scan(&id); err != nil {
		return "", refusal(err)
	}
	return id, nil
}

// refusalText is how the function's refusals begin, and what drivers lay around them.
var refusalText = regexp.MustCompile(`(?s)([A-Z]+(?:_[A-Z]+)+): (.*?)(?: \(\w+\))?(?: \(SQLSTATE \w+\))?$`)

// refusal is what the function refused, as an error of this package. All else is the driver's.
func refusal(err error) error {
	said, is := errors.AsType[interface {
		error
		SQLState() string
	}](err)
	if !is {
		return err
	}
	state := said.SQLState()
	if status, isOurs := strings.CutPrefix(state, "HB"); isOurs {
		code, number := refusalText.FindStringSubmatch(said.Error()), 400
		if parsed, err := strconv.Atoi(status); err == nil {
			number = parsed
		}
		if code != nil {
			return classified(&APIError{Code: ErrorCode(code[1]), Message: code[2], StatusCode: number})
		}
	}
	// Data that a type of PostgreSQL does not take, before the function could say so.
	if strings.HasPrefix(state, "22") {
		return refused(ErrInvalidRequest, said.Error())
	}
	return err
}

// triggerText is how a trigger of SQLite refuses, and what drivers lay around it.
var triggerText = regexp.MustCompile(`(?s)(?:^|: )([A-Z]+(?:_[A-Z]+)+): (.*?)(?: \(\d+\))?$`)

// refusalOfTrigger is what a trigger refused, as an error of this package. All else is the driver's.
func refusalOfTrigger(err error) error {
	found := triggerText.FindStringSubmatch(err.Error())
	if found == nil {
		return err
	}
	code := ErrorCode(found[1])
	status := statusOf(code)
	if status == 0 {
		return err
	}
	return classified(&APIError{Code: code, Message: found[2], StatusCode: status})
}
