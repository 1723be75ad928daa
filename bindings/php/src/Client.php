<?php

declare(strict_types=1);

namespace HookBridge;

use BadMethodCallException;
use DateTimeInterface;
use HookBridge\Exception\HookBridgeException;
use HookBridge\Exception\NotFoundException;
use HookBridge\Exception\ValidationException;
use HookBridge\Native\Engine;
use HookBridge\Native\Library;
use HookBridge\Response\SendFailure;
use HookBridge\Response\SendResponse;
use SensitiveParameter;

/**
 * What the client does beside the operations: sending, events, and its beginning and end.
 */
abstract class Client
{
    /** Methods of the hosted service that an outbox has no use for. */
    private const HOSTED_ONLY = '/Inbound|Pull(?=[A-Z])|Projects?$|Checkout|Portal|Subscription|UsageHistory|Invoices/';

    private readonly Engine $engine;

    /**
     * Accepts a message: returns once it is on disk, and delivery follows in the background.
     *
     * @param string $endpointId The endpoint's id, `ep_...`.
     * @param mixed $payload Any value that `json_encode` takes; a string becomes a JSON string. A RawJson is a JSON
     *     document that is sent as it stands.
     * @param array<string, string>|null $headers Sent with this message, in place of the endpoint's of the same names.
     * @param string|null $idempotencyKey 1 to 255 of letters, digits, `_` and `-`. Sending again with the same key and
     *     payload answers the first message.
     * @param int|null $retentionHours How long the payload is kept; 0 drops it once it is delivered.
     * @param string|null $orderingKey Messages of the endpoint with this key are delivered one after another; at most
     *     255 characters.
     * @param DateTimeInterface|string|null $deliverAt Before when it is not delivered; at most a year ahead.
     * @param DateTimeInterface|string|null $expiresAt After when it is not tried any more.
     * @param object|null $transaction The application's own connection to a PostgreSQL database with the schema
     *     `hookbridge`: a PDO, a connection of Doctrine DBAL or of Eloquent, an entity manager or a model. The message
     *     is there when its transaction commits, and never was when it rolls back. This client's own outbox is left
     *     alone.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, `INVALID_HEADERS`, `IDEMPOTENCY_MISMATCH`,
     *     `PAYLOAD_TOO_LARGE`, or what any call may meet
     */
    public function send(
        string $endpointId,
        mixed $payload,
        ?array $headers = null,
        ?string $idempotencyKey = null,
        ?int $retentionHours = null,
        ?string $orderingKey = null,
        DateTimeInterface|string|null $deliverAt = null,
        DateTimeInterface|string|null $expiresAt = null,
        ?object $transaction = null,
    ): SendResponse {
        if ($transaction !== null) {
            $id = Transaction::send(
                $transaction,
                $endpointId,
                $payload,
                $headers,
                $idempotencyKey,
                $retentionHours,
                $orderingKey,
                $deliverAt,
                $expiresAt,
            );

            return new SendResponse($id, 'queued');
        }
        if ($orderingKey !== null || $deliverAt !== null || $expiresAt !== null) {
            $message = new BatchMessage(
                $endpointId,
                $payload,
                $headers,
                $idempotencyKey,
                $retentionHours,
                $orderingKey,
                $deliverAt,
                $expiresAt,
            );

            return SendResponse::of(Codec::read($this->engine->call('messages.send', Codec::message($message))));
        }
        $id = $this->engine->send(
            $endpointId,
            Codec::payload('payload', $payload),
            Codec::headers($headers),
            $idempotencyKey ?? '',
            $retentionHours,
        );

        return new SendResponse($id, 'queued');
    }

    /**
     * Accepts up to 1,000 messages in one transaction; each has its result or its failure, in order.
     *
     * @param iterable<BatchMessage> $messages
     * @return list<SendResponse|SendFailure>
     * @throws HookBridgeException `PAYLOAD_TOO_LARGE`, or what any call may meet
     */
    public function sendBatch(iterable $messages): array
    {
        $answer = Codec::read($this->engine->call('messages.send_batch', Codec::batch($messages)));

        return array_map(
            static fn (array $item) => isset($item['error'])
                ? new SendFailure($item['error']['code'], Library::worded($item['error']['message']))
                : SendResponse::of($item),
            $answer['results'],
        );
    }

    /**
     * A queue of what happens to messages from now on, while this process delivers.
     *
     * @throws HookBridgeException
     */
    public function events(): Events
    {
        return new Events($this->engine->events());
    }

    /**
     * A queue of what happens to messages from now on, whichever process accepts and delivers them: the kinds of
     * `events`, and `message_accepted`, `attempt_started` and `endpoint_changed`.
     *
     * @throws HookBridgeException
     */
    public function watch(): Events
    {
        return new Events($this->engine->watch());
    }

    /**
     * Waits until nothing is due, whichever process delivers. False where `$timeout` seconds passed before.
     *
     * @throws HookBridgeException
     */
    public function flush(float $timeout = 30.0): bool
    {
        return $this->engine->flush($timeout);
    }

    /**
     * Takes no more work, lets attempts under way end for at most `$timeout` seconds, and stops the threads.
     *
     * What is undelivered stays in the file. Later calls fail with `CLOSED`; a second close does nothing. False where
     * `$timeout` passed before the attempts had ended.
     */
    public function close(float $timeout = 5.0): bool
    {
        return $this->engine->close($timeout);
    }

    /**
     * Only the hosted service's own methods come here.
     *
     * @param list<mixed> $arguments
     */
    public function __call(string $name, array $arguments): never
    {
        if (preg_match(self::HOSTED_ONLY, $name) === 1) {
            throw new NotFoundException("`{$name}` is of the hosted service: an outbox has outbound webhooks only");
        }

        throw new BadMethodCallException('there is no method ' . static::class . "::{$name}()");
    }

    /**
     * @internal
     * @param array<string, mixed> $settings
     */
    protected function open(#[SensitiveParameter] array $settings): void
    {
        if ($settings['api_key'] === '') {
            throw new ValidationException(
                'API key is required: `apiKey` must not be empty; leave it out, or null, where no server is asked',
                exactCode: ErrorCode::INVALID_CONFIGURATION,
            );
        }
        $this->engine = new Engine(Codec::request($settings));
    }

    /**
     * @internal
     * @param array<string, mixed> $request
     * @return array<string, mixed>
     */
    protected function call(string $operation, array $request): array
    {
        return Codec::read($this->engine->call($operation, Codec::request($request)));
    }
}
