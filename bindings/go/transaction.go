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
// one of database/sql's or GORM's, [PgxTx] of pgx's.
type Transaction interface {
	queryRow(ctx context.Context, statement string, arguments ...any) (Row, error)
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

// PgxTx is a transaction of pgx.
func PgxTx[R Row](tx PgxQuerier[R]) Transaction { return pgxTx[R]{tx} }

type sqlTx struct{ SQLQuerier }

func (t sqlTx) queryRow(ctx context.Context, statement string, arguments ...any) (Row, error) {
	// A sql.DB has the same method, and commits by itself.
	if _, is := t.SQLQuerier.(interface{ Commit() error }); !is {
		return nil, refused(ErrInvalidRequest, fmt.Sprintf("a %T is no transaction", t.SQLQuerier))
	}
	return t.QueryRowContext(ctx, statement, arguments...), nil
}

type pgxTx[R Row] struct{ PgxQuerier[R] }

func (t pgxTx[R]) queryRow(ctx context.Context, statement string, arguments ...any) (Row, error) {
	return t.QueryRow(ctx, statement, arguments...), nil
}

// SendTx sends in the application's own transaction: the message is there when that commits, and never was when it rolls
// back. It calls the function hookbridge.send on the transaction's connection, whatever database the client is open on: its
// own outbox is left alone.
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
	id, err := called(ctx, tx, "send", []argument{
		{"EndpointID", request.EndpointID, false},
		{"Payload", string(payload), false},
		{"Headers", string(headers), true},
		{"IdempotencyKey", request.IdempotencyKey, false},
		{"", strings.TrimSuffix(string(options), "{}"), true},
	})
	if err != nil {
		return nil, err
	}
	return &SendWebhookResponse{MessageID: id, Status: MessageStatusQueued}, nil
}

// argument is one of a function's: none where it is empty.
type argument struct {
	name   string
	value  string
	isJSON bool
}

// called is the id that a function of the schema answers. Each argument goes to the server as text, whatever a driver
// makes of other types.
func called(ctx context.Context, tx Transaction, function string, arguments []argument) (string, error) {
	casts, values := make([]string, len(arguments)), make([]any, len(arguments))
	for i, argument := range arguments {
		if !utf8.ValidString(argument.value) {
			return "", refused(ErrInvalidRequest, argument.name+" is not UTF-8")
		}
		if strings.ContainsRune(argument.value, 0) {
			return "", refused(ErrInvalidRequest, argument.name+" has the character U+0000")
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
