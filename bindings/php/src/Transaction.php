<?php

declare(strict_types=1);

namespace HookBridge;

use DateTimeInterface;
use Doctrine\DBAL\Connection as DoctrineConnection;
use Doctrine\DBAL\Platforms\SqlitePlatform;
use Doctrine\ORM\EntityManagerInterface;
use HookBridge\Exception\HookBridgeException;
use HookBridge\Exception\ValidationException;
use HookBridge\Native\ExceptionClasses;
use Illuminate\Database\Connection as IlluminateConnection;
use Illuminate\Database\Eloquent\Model;
use PDO;
use PDOException;
use Throwable;

/**
 * A message in the application's own transaction, on its own connection: a function of PostgreSQL's schema `hookbridge`
 * (docs/postgresql.md), or a row of SQLite's table `hookbridge_send` (docs/sqlite-outbox.md). No driver is needed to
 * load this: the connection brings its own.
 *
 * @internal
 */
final class Transaction
{
    private const TAKEN = 'a PDO, a connection of Doctrine DBAL or of Eloquent, an entity manager or a model';

    /**
     * A `send` on the application's connection; the message's id. Its rules are the function's and the table's own.
     *
     * @param array<string, string>|null $headers
     */
    public static function send(
        object $transaction,
        string $endpointId,
        mixed $payload,
        ?array $headers,
        ?string $idempotencyKey,
        ?int $retentionHours,
        ?string $orderingKey,
        DateTimeInterface|string|null $deliverAt,
        DateTimeInterface|string|null $expiresAt,
    ): string {
        $said = [
            'ordering_key' => $orderingKey,
            'deliver_at' => Codec::moment($deliverAt),
            'expires_at' => Codec::moment($expiresAt),
            'retention_hours' => $retentionHours,
        ];
        $options = Codec::request($said);
        $arguments = [
            'endpoint_id' => self::text('endpointId', $endpointId),
            'payload' => self::text('payload', Codec::payload('payload', $payload)),
            'headers' => Codec::headers($headers) ?: null,
            'idempotency_key' => self::text('idempotencyKey', $idempotencyKey),
        ];
        $row = array_filter([...$arguments, ...$said], static fn (mixed $value): bool => $value !== null);

        return self::call(
            $transaction,
            'send(%s, %s, %j, %s, %j)',
            [...array_values($arguments), $options === '{}' ? null : $options],
            $row,
        );
    }

    /**
     * Calls a function of the schema, which answers an id. Each argument goes to the server as text, whatever a driver
     * makes of other types: `%s` is one, and `%j` one that is JSON. In SQLite `$row` is inserted instead.
     *
     * @param list<string|null> $arguments
     * @param array<string, string|int> $row
     */
    private static function call(object $transaction, string $function, array $arguments, array $row): string
    {
        $casts = ['%s' => 'CAST(? AS text)', '%j' => 'CAST(CAST(? AS text) AS jsonb)'];
        $sql = 'SELECT CAST(hookbridge.' . strtr($function, $casts) . ' AS text) AS id';
        if ($transaction instanceof EntityManagerInterface || $transaction instanceof Model) {
            $transaction = $transaction->getConnection();
        }
        $isSqlite = self::isSqlite($transaction);
        if ($isSqlite) {
            $places = implode(', ', array_fill(0, count($row), '?'));
            $columns = implode(', ', array_keys($row));
            $sql = "INSERT INTO hookbridge_send ({$columns}) VALUES ({$places}) RETURNING id";
            $arguments = array_values($row);
        }
        try {
            return match (true) {
                $transaction instanceof PDO => self::withPdo($transaction, $sql, $arguments),
                $transaction instanceof DoctrineConnection => self::withDoctrine($transaction, $sql, $arguments),
                $transaction instanceof IlluminateConnection => self::withIlluminate($transaction, $sql, $arguments),
                default => throw Codec::refused(
                    '`transaction` must be ' . self::TAKEN . ', not ' . get_debug_type($transaction),
                ),
            };
        } catch (HookBridgeException $own) {
            throw $own;
        } catch (Throwable $error) {
            // All but a refusal is the driver's, and so is the state of the transaction.
            throw ($isSqlite ? self::refusalOfTrigger($error) : self::refusal($error)) ?? $error;
        }
    }

    /** Whether a connection is to a SQLite file. */
    private static function isSqlite(object $connection): bool
    {
        return match (true) {
            $connection instanceof PDO => $connection->getAttribute(PDO::ATTR_DRIVER_NAME) === 'sqlite',
            $connection instanceof DoctrineConnection => $connection->getDatabasePlatform() instanceof SqlitePlatform,
            $connection instanceof IlluminateConnection => $connection->getDriverName() === 'sqlite',
            default => false,
        };
    }

    /** @param list<string|int|null> $arguments */
    private static function withPdo(PDO $pdo, string $sql, array $arguments): string
    {
        if (!$pdo->inTransaction()) {
            throw self::noTransaction();
        }
        $statement = $pdo->prepare($sql);
        // Where the application does not have PDO raise exceptions.
        if ($statement === false || !$statement->execute($arguments)) {
            $failed = new PDOException('the statement failed');
            $failed->errorInfo = ($statement ?: $pdo)->errorInfo();
            throw $failed;
        }

        $id = (string) $statement->fetchColumn();
        // SQLite does not commit while a statement has rows.
        $statement->closeCursor();

        return $id;
    }

    /** @param list<string|int|null> $arguments */
    private static function withDoctrine(DoctrineConnection $connection, string $sql, array $arguments): string
    {
        if (!$connection->isTransactionActive()) {
            throw self::noTransaction();
        }

        return (string) $connection->executeQuery($sql, $arguments)->fetchOne();
    }

    /** @param list<string|int|null> $arguments */
    private static function withIlluminate(IlluminateConnection $connection, string $sql, array $arguments): string
    {
        if ($connection->transactionLevel() === 0) {
            throw self::noTransaction();
        }
        // Never a replica.
        [$row] = $connection->select($sql, $arguments, false);

        return (string) ((array) $row)['id'];
    }

    /** An argument that is text. PDO would cut it at U+0000, which PostgreSQL cannot hold. */
    private static function text(string $name, ?string $value): ?string
    {
        if ($value !== null && str_contains($value, "\0")) {
            throw Codec::refused("`{$name}` has the character U+0000");
        }

        return $value;
    }

    private static function noTransaction(): ValidationException
    {
        return Codec::refused('`transaction` has no transaction open: the message would be there at once');
    }

    /** What the function refused, as an exception of this package. */
    private static function refusal(Throwable $error): ?HookBridgeException
    {
        $state = $said = '';
        // What a package laid around the driver's own exception knows less.
        for ($inner = $error; $inner !== null; $inner = $inner->getPrevious()) {
            if ($inner instanceof PDOException && isset($inner->errorInfo[0])) {
                [$state, $said] = [$inner->errorInfo[0], $inner->errorInfo[2] ?? $inner->getMessage()];
            } elseif (method_exists($inner, 'getSQLState') && $inner->getSQLState() !== null) {
                [$state, $said] = [$inner->getSQLState(), $inner->getMessage()];
            }
        }
        // `ERROR:  ENDPOINT_NOT_FOUND: why`, and further lines.
        if (preg_match('/^HB(\d{3})$/', $state, $status) === 1) {
            preg_match('/\b([A-Z]+(?:_[A-Z]+)+): (.*)/', $said, $found);

            return HookBridgeException::of(
                $found[2] ?? $said,
                $found[1] ?? ErrorCode::INVALID_REQUEST,
                (int) $status[1],
            );
        }
        // Data that a type of PostgreSQL does not take, before the function could say so.
        if (str_starts_with($state, '22')) {
            return Codec::refused(preg_match('/:  (.*)/', $said, $found) === 1 ? $found[1] : $said);
        }

        return null;
    }

    /** The same for a trigger of SQLite. */
    private static function refusalOfTrigger(Throwable $error): ?HookBridgeException
    {
        for ($inner = $error; $inner !== null; $inner = $inner->getPrevious()) {
            $said = $inner instanceof PDOException ? $inner->errorInfo[2] ?? $inner->getMessage() : '';
            if (preg_match('/^([A-Z]+(?:_[A-Z]+)+): (.*)$/s', $said, $found) === 1) {
                $status = ExceptionClasses::STATUS_BY_CODE[$found[1]] ?? null;

                return $status === null ? null : HookBridgeException::of($found[2], $found[1], $status);
            }
        }

        return null;
    }
}
