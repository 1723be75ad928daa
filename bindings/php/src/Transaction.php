<?php

declare(strict_types=1);

namespace HookBridge;

use DateTimeInterface;
use Doctrine\DBAL\Connection as DoctrineConnection;
use Doctrine\ORM\EntityManagerInterface;
use HookBridge\Exception\HookBridgeException;
use HookBridge\Exception\ValidationException;
use Illuminate\Database\Connection as IlluminateConnection;
use Illuminate\Database\Eloquent\Model;
use PDO;
use PDOException;
use Throwable;

/**
 * A message in the application's own transaction: a function of PostgreSQL's schema `hookbridge`, called on the
 * application's own connection (docs/postgresql.md). No driver is needed to load this: the connection brings its own.
 *
 * @internal
 */
final class Transaction
{
    private const TAKEN = 'a PDO, a connection of Doctrine DBAL or of Eloquent, an entity manager or a model';

    /**
     * A `send` on the application's connection; the message's id. Its rules are the function's own.
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
        $options = Codec::request([
            'ordering_key' => $orderingKey,
            'deliver_at' => Codec::moment($deliverAt),
            'expires_at' => Codec::moment($expiresAt),
            'retention_hours' => $retentionHours,
        ]);

        return self::call($transaction, 'send(%s, %s, %j, %s, %j)', [
            self::text('endpointId', $endpointId),
            self::text('payload', Codec::payload('payload', $payload)),
            Codec::headers($headers) ?: null,
            self::text('idempotencyKey', $idempotencyKey),
            $options === '{}' ? null : $options,
        ]);
    }

    /**
     * Calls a function of the schema, which answers an id. Each argument goes to the server as text, whatever a driver
     * makes of other types: `%s` is one, and `%j` one that is JSON.
     *
     * @param list<string|null> $arguments
     */
    private static function call(object $transaction, string $function, array $arguments): string
    {
        $casts = ['%s' => 'CAST(? AS text)', '%j' => 'CAST(CAST(? AS text) AS jsonb)'];
        $sql = 'SELECT CAST(hookbridge.' . strtr($function, $casts) . ' AS text) AS id';
        if ($transaction instanceof EntityManagerInterface || $transaction instanceof Model) {
            $transaction = $transaction->getConnection();
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
            throw self::refusal($error) ?? $error;
        }
    }

    /** @param list<string|null> $arguments */
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

        return (string) $statement->fetchColumn();
    }

    /** @param list<string|null> $arguments */
    private static function withDoctrine(DoctrineConnection $connection, string $sql, array $arguments): string
    {
        if (!$connection->isTransactionActive()) {
            throw self::noTransaction();
        }

        return (string) $connection->executeQuery($sql, $arguments)->fetchOne();
    }

    /** @param list<string|null> $arguments */
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
}
