<?php

declare(strict_types=1);

namespace HookBridge;

use DateTimeInterface;
use HookBridge\Exception\HookBridgeException;
use HookBridge\Native\Engine;
use HookBridge\Result\Actors;
use HookBridge\Result\ApiKey;
use HookBridge\Result\Attempt;
use HookBridge\Result\Bucket;
use HookBridge\Result\CreatedEndpoint;
use HookBridge\Result\DeleteAllResult;
use HookBridge\Result\DeleteBatchResult;
use HookBridge\Result\DeleteItem;
use HookBridge\Result\DeletedMessage;
use HookBridge\Result\Deliverer;
use HookBridge\Result\Endpoint;
use HookBridge\Result\EndpointSummary;
use HookBridge\Result\Export;
use HookBridge\Result\Message;
use HookBridge\Result\MessageSummary;
use HookBridge\Result\Metrics;
use HookBridge\Result\NewApiKey;
use HookBridge\Result\NewSigningKey;
use HookBridge\Result\Page;
use HookBridge\Result\PausedEndpoint;
use HookBridge\Result\ReplayAllResult;
use HookBridge\Result\ReplayBatchResult;
use HookBridge\Result\ReplayItem;
use HookBridge\Result\SendFailure;
use HookBridge\Result\SendResult;
use HookBridge\Result\Shortage;
use HookBridge\Result\SigningKey;
use HookBridge\Result\Stats;
use HookBridge\Result\Timeseries;
use SensitiveParameter;

/**
 * An outbox in this process, and its delivery in the background.
 *
 * With `baseUrl` (and `apiKey`) the same methods work with a server that speaks HookBridge's HTTP API; with `database`
 * beside it, messages are committed to the file first and forwarded in the background (a relay).
 *
 * Every method raises a HookBridgeException of the kind that its error code asks for. The object may be used on both
 * sides of a `pcntl_fork()`. It closes when it is no longer used, with half a second's patience; what is undelivered
 * then is delivered by the next process on the file.
 */
final class HookBridge
{
    private readonly Engine $engine;

    /**
     * Opens or creates the outbox.
     *
     * `apiKey` is optional in-process: whoever can open the file may send. What is not given comes from its
     * `HOOKBRIDGE_` variable or its default. Timeouts are seconds.
     *
     * @param string|null $database the outbox file (`hookbridge.db`)
     * @param string|null $durability `full` or `normal`
     * @param string|null $delivery `auto`, or `off` where another process delivers
     * @param string|list<int|float>|array<string, list<int|float>>|null $retrySchedule a name, gaps in seconds, or
     *     gaps for both kinds of failure
     * @throws HookBridgeException a ValidationException for a wrong setting, which it names
     */
    public function __construct(
        #[SensitiveParameter] ?string $apiKey = null,
        ?string $baseUrl = null,
        ?string $sendUrl = null,
        ?float $timeout = null,
        ?int $retries = null,
        ?string $database = null,
        ?string $durability = null,
        ?string $delivery = null,
        ?bool $allowLocalEndpoints = null,
        ?bool $verifyDns = null,
        ?int $maxInFlight = null,
        ?int $maxInFlightPerEndpoint = null,
        ?float $requestTimeout = null,
        ?float $connectTimeout = null,
        string|array|null $retrySchedule = null,
        ?int $maxAttempts = null,
        ?int $payloadRetentionHours = null,
        ?int $rowRetentionDays = null,
        ?int $maxPayloadBytes = null,
        ?int $memoryBudgetBytes = null,
        ?string $caFile = null,
        ?bool $insecureBaseUrl = null,
        ?int $maxExports = null,
        ?int $maxExportBytes = null,
    ) {
        $this->engine = new Engine(Codec::request([
            'api_key' => $apiKey,
            'base_url' => $baseUrl,
            'send_url' => $sendUrl,
            'timeout' => $timeout,
            'retries' => $retries,
            'database' => $database,
            'durability' => $durability,
            'delivery' => $delivery,
            'allow_local_endpoints' => $allowLocalEndpoints,
            'verify_dns' => $verifyDns,
            'max_in_flight' => $maxInFlight,
            'max_in_flight_per_endpoint' => $maxInFlightPerEndpoint,
            'request_timeout' => $requestTimeout,
            'connect_timeout' => $connectTimeout,
            'retry_schedule' => $retrySchedule,
            'max_attempts' => $maxAttempts,
            'payload_retention_hours' => $payloadRetentionHours,
            'row_retention_days' => $rowRetentionDays,
            'max_payload_bytes' => $maxPayloadBytes,
            'memory_budget_bytes' => $memoryBudgetBytes,
            'max_exports' => $maxExports,
            'max_export_bytes' => $maxExportBytes,
            'ca_file' => $caFile,
            'insecure_base_url' => $insecureBaseUrl,
        ]));
    }

    /**
     * Accepts a message: returns once it is on disk.
     *
     * `$payload` is any value that `json_encode` takes, or a string, which is a JSON document and is sent as it stands.
     *
     * @param array<string, string> $headers
     * @throws HookBridgeException
     */
    public function send(
        string $endpointId,
        mixed $payload,
        array $headers = [],
        ?string $idempotencyKey = null,
        ?int $retentionHours = null,
    ): SendResult {
        $id = $this->engine->send(
            $endpointId,
            Codec::payload($payload),
            Codec::headers($headers),
            $idempotencyKey ?? '',
            $retentionHours,
        );

        return new SendResult($id, 'queued');
    }

    /**
     * Accepts up to 1,000 messages in one transaction; each has its result or its failure, in order.
     *
     * @param iterable<BatchMessage> $messages
     * @return list<SendResult|SendFailure>
     */
    public function sendBatch(iterable $messages): array
    {
        $answer = Codec::read($this->engine->call('messages.send_batch', Codec::batch($messages)));

        return array_map(
            static fn (array $item) => isset($item['error'])
                ? Codec::result(SendFailure::class, $item['error'])
                : Codec::result(SendResult::class, $item),
            $answer['results'],
        );
    }

    /**
     * Creates an endpoint; its signing secret is shown only in the answer.
     *
     * @param array<string, string>|null $headers sent with every delivery
     * @param string|list<int|float>|array<string, list<int|float>>|null $retrySchedule a name, gaps in
     *     seconds, or gaps for both kinds of failure
     */
    public function createEndpoint(
        string $url,
        ?string $description = null,
        ?int $rateLimitRps = null,
        ?int $burst = null,
        ?array $headers = null,
        string|array|null $retrySchedule = null,
        ?int $maxAttempts = null,
    ): CreatedEndpoint {
        return Codec::one(CreatedEndpoint::class, $this->call('endpoints.create', [
            'url' => $url,
            'description' => $description,
            'rate_limit_rps' => $rateLimitRps,
            'burst' => $burst,
            'headers' => Codec::map($headers),
            'retry_schedule' => $retrySchedule,
            'max_attempts' => $maxAttempts,
        ]));
    }

    /** An endpoint. */
    public function getEndpoint(string $endpointId): Endpoint
    {
        return Codec::one(Endpoint::class, $this->call('endpoints.get', ['endpoint_id' => $endpointId]));
    }

    /**
     * Endpoints, newest first, 1 to 100 (50) a page.
     *
     * @return Page<EndpointSummary>
     */
    public function listEndpoints(?int $limit = null, ?string $cursor = null): Page
    {
        return Codec::page(
            EndpointSummary::class,
            $this->call('endpoints.list', ['limit' => $limit, 'cursor' => $cursor]),
        );
    }

    /**
     * Changes what is given; 0 clears a number, an empty string a description, an empty array the headers.
     *
     * @param array<string, string>|null $headers sent with every delivery
     * @param string|list<int|float>|array<string, list<int|float>>|null $retrySchedule a name, gaps in
     *     seconds, or gaps for both kinds of failure
     */
    public function updateEndpoint(
        string $endpointId,
        ?string $url = null,
        ?string $description = null,
        ?int $rateLimitRps = null,
        ?int $burst = null,
        ?array $headers = null,
        string|array|null $retrySchedule = null,
        ?int $maxAttempts = null,
    ): Endpoint {
        return Codec::one(Endpoint::class, $this->call('endpoints.update', [
            'endpoint_id' => $endpointId,
            'url' => $url,
            'description' => $description,
            'rate_limit_rps' => $rateLimitRps,
            'burst' => $burst,
            'headers' => Codec::map($headers),
            'retry_schedule' => $retrySchedule,
            'max_attempts' => $maxAttempts,
        ]));
    }

    /** Deletes an endpoint; what it accepted is still delivered. */
    public function deleteEndpoint(string $endpointId): void
    {
        $this->call('endpoints.delete', ['endpoint_id' => $endpointId]);
    }

    /** Holds an endpoint's deliveries. */
    public function pauseEndpoint(string $endpointId): PausedEndpoint
    {
        return Codec::one(PausedEndpoint::class, $this->call('endpoints.pause', ['endpoint_id' => $endpointId]));
    }

    /** Delivers what was held, at once. */
    public function resumeEndpoint(string $endpointId): PausedEndpoint
    {
        return Codec::one(PausedEndpoint::class, $this->call('endpoints.resume', ['endpoint_id' => $endpointId]));
    }

    /** Adds a second signing key; both sign until one is deleted. */
    public function createEndpointSigningKey(string $endpointId): NewSigningKey
    {
        return Codec::one(NewSigningKey::class, $this->call('signing_keys.create', ['endpoint_id' => $endpointId]));
    }

    /** The same as `createEndpointSigningKey`. */
    public function rotateEndpointSecret(string $endpointId): NewSigningKey
    {
        return $this->createEndpointSigningKey($endpointId);
    }

    /**
     * The signing keys of an endpoint, oldest first.
     *
     * @return Page<SigningKey>
     */
    public function listEndpointSigningKeys(string $endpointId): Page
    {
        return Codec::page(SigningKey::class, $this->call('signing_keys.list', ['endpoint_id' => $endpointId]));
    }

    /** Deletes a signing key, unless it is the only one. */
    public function deleteEndpointSigningKey(string $endpointId, string $keyId): void
    {
        $this->call('signing_keys.delete', ['endpoint_id' => $endpointId, 'key_id' => $keyId]);
    }

    /** A message. */
    public function getMessage(string $messageId): Message
    {
        return Codec::one(Message::class, $this->call('messages.get', ['message_id' => $messageId]));
    }

    /**
     * The attempts of a message, at most 200; an unknown message has none.
     *
     * @return Page<Attempt>
     */
    public function getMessageAttempts(string $messageId): Page
    {
        return Codec::page(Attempt::class, $this->call('messages.attempts', ['message_id' => $messageId]));
    }

    /** Queues a message again, at most 10 times. */
    public function replay(string $messageId): SendResult
    {
        return Codec::one(SendResult::class, $this->call('messages.replay', ['message_id' => $messageId]));
    }

    /** Gives up a message that waits for a retry. */
    public function cancelRetry(string $messageId): Message
    {
        return Codec::one(Message::class, $this->call('messages.cancel', ['message_id' => $messageId]));
    }

    /** Makes a waiting retry due. */
    public function retryNow(string $messageId): Message
    {
        return Codec::one(Message::class, $this->call('messages.retry_now', ['message_id' => $messageId]));
    }

    /** Deletes a message: its payload at once, its retries with it. */
    public function deleteMessage(string $messageId): DeletedMessage
    {
        return Codec::one(DeletedMessage::class, $this->call('messages.delete', ['message_id' => $messageId]));
    }

    /** Queues again what is `failed_permanent` or `pending_retry`, oldest first, 1 to 1,000 (100) of them. */
    public function replayAllMessages(
        string $status,
        ?string $endpointId = null,
        ?int $limit = null,
    ): ReplayAllResult {
        return Codec::one(ReplayAllResult::class, $this->call('messages.replay_all', [
            'status' => $status,
            'endpoint_id' => $endpointId,
            'limit' => $limit,
        ]));
    }

    /**
     * Queues 1 to 100 messages again; each has its outcome, in order.
     *
     * @param list<string> $messageIds
     */
    public function replayBatchMessages(array $messageIds): ReplayBatchResult
    {
        $answer = $this->call('messages.replay_batch', ['message_ids' => array_values($messageIds)]);

        return Codec::listOf(ReplayBatchResult::class, 'results', ReplayItem::class, $answer);
    }

    /**
     * Deletes 1 to 100 messages; each has its outcome, in order.
     *
     * @param list<string> $messageIds
     */
    public function deleteMessagesBatch(array $messageIds): DeleteBatchResult
    {
        $answer = $this->call('messages.delete_batch', ['message_ids' => array_values($messageIds)]);

        return Codec::listOf(DeleteBatchResult::class, 'results', DeleteItem::class, $answer);
    }

    /**
     * Deletes what the filter finds, oldest first, at most 1,000. `$createdAfter` is part of the range,
     * `$createdBefore` is not.
     *
     * @param list<string> $status
     */
    public function deleteMessagesAll(
        array $status = [],
        ?string $endpointId = null,
        ?DateTimeInterface $createdAfter = null,
        ?DateTimeInterface $createdBefore = null,
        ?int $limit = null,
    ): DeleteAllResult {
        return Codec::one(DeleteAllResult::class, $this->call('messages.delete_all', [
            'status' => array_values($status),
            'endpoint_id' => $endpointId,
            'created_after' => Codec::moment($createdAfter),
            'created_before' => Codec::moment($createdBefore),
            'limit' => $limit,
        ]));
    }

    /**
     * Messages, newest first, 1 to 500 (50) a page. A filtered page may be short and still have more.
     *
     * @return Page<MessageSummary>
     */
    public function getLogs(
        ?string $endpointId = null,
        ?string $status = null,
        ?DateTimeInterface $startTime = null,
        ?DateTimeInterface $endTime = null,
        ?int $limit = null,
        ?string $cursor = null,
    ): Page {
        return Codec::page(MessageSummary::class, $this->call('logs.list', [
            'endpoint_id' => $endpointId,
            'status' => $status,
            'start_time' => Codec::moment($startTime),
            'end_time' => Codec::moment($endTime),
            'limit' => $limit,
            'cursor' => $cursor,
        ]));
    }

    /**
     * The dead letter queue, newest first, 1 to 1,000 (100) a page.
     *
     * @return Page<MessageSummary>
     */
    public function getDLQMessages(?int $limit = null, ?string $cursor = null): Page
    {
        return Codec::page(
            MessageSummary::class,
            $this->call('dead_letters.list', ['limit' => $limit, 'cursor' => $cursor]),
            'messages',
        );
    }

    /** Queues a message of the dead letter queue again, as often as is wanted. */
    public function replayFromDLQ(string $messageId): SendResult
    {
        return Codec::one(SendResult::class, $this->call('dead_letters.replay', ['message_id' => $messageId]));
    }

    /** What happened in the last `1h`, `24h` (the default), `7d` or `30d`. */
    public function getMetrics(?string $window = null, ?string $endpointId = null): Metrics
    {
        return Codec::one(
            Metrics::class,
            $this->call('metrics.get', ['window' => $window, 'endpoint_id' => $endpointId]),
        );
    }

    /** The same by the minute, the hour, 6 hours or the day, oldest first, without gaps. */
    public function getTimeseriesMetrics(?string $window = null, ?string $endpointId = null): Timeseries
    {
        $answer = $this->call('metrics.timeseries', ['window' => $window, 'endpoint_id' => $endpointId]);

        return Codec::listOf(Timeseries::class, 'buckets', Bucket::class, $answer);
    }

    /** Creates an API key for a server on this outbox, `live` or `test`; it is shown only in the answer. */
    public function createAPIKey(?string $mode = null, ?string $label = null): NewApiKey
    {
        return Codec::one(NewApiKey::class, $this->call('api_keys.create', ['mode' => $mode, 'label' => $label]));
    }

    /**
     * API keys, oldest first, without the keys themselves.
     *
     * @return Page<ApiKey>
     */
    public function listAPIKeys(): Page
    {
        return Codec::page(ApiKey::class, $this->call('api_keys.list', []));
    }

    /** Deletes an API key: nobody is let in with it from now on. */
    public function deleteAPIKey(string $keyId): void
    {
        $this->call('api_keys.delete', ['key_id' => $keyId]);
    }

    /** Has a CSV file written of the messages accepted from `$startTime` on and before `$endTime`. */
    public function createExport(
        DateTimeInterface $startTime,
        DateTimeInterface $endTime,
        ?string $status = null,
        ?string $endpointId = null,
    ): Export {
        return Codec::one(Export::class, $this->call('exports.create', [
            'start_time' => Codec::moment($startTime),
            'end_time' => Codec::moment($endTime),
            'endpoint_id' => $endpointId,
            'status' => $status,
        ]));
    }

    /**
     * Exports, newest first.
     *
     * @return Page<Export>
     */
    public function listExports(): Page
    {
        return Codec::page(Export::class, $this->call('exports.list', []));
    }

    /** An export; its file is there once its status is `completed`. */
    public function getExport(string $exportId): Export
    {
        return Codec::one(Export::class, $this->call('exports.get', ['export_id' => $exportId]));
    }

    /** Where the file is: a `file://` URL in-process, a link that needs no key where a server was asked. */
    public function downloadExport(string $exportId): string
    {
        return Codec::read($this->call('exports.download', ['export_id' => $exportId]))['download_url'];
    }

    /** Deletes an export and its file. */
    public function deleteExport(string $exportId): void
    {
        $this->call('exports.delete', ['export_id' => $exportId]);
    }

    /**
     * What the API keys are called that deleted something, at most 100.
     *
     * @param list<string> $apiKeyIds
     * @param list<string> $userIds
     */
    public function lookupActors(array $apiKeyIds = [], array $userIds = []): Actors
    {
        $answer = Codec::read($this->call('actors.lookup', [
            'api_key_id' => $apiKeyIds === [] ? null : implode(',', $apiKeyIds),
            'user_id' => $userIds === [] ? null : implode(',', $userIds),
        ]));

        return new Actors(
            array_map(static fn (array $actor) => $actor['label'], $answer['api_keys'] ?? []),
            array_map(static fn (array $actor) => $actor['email'], $answer['users'] ?? []),
        );
    }

    /** How the outbox stands. */
    public function stats(): Stats
    {
        $answer = Codec::read($this->call('stats', []));
        if (isset($answer['deliverer'])) {
            $answer['deliverer'] = Codec::result(Deliverer::class, $answer['deliverer']);
        }
        if (isset($answer['shortage'])) {
            $answer['shortage'] = Codec::result(Shortage::class, $answer['shortage']);
        }

        return Codec::result(Stats::class, $answer);
    }

    /** A queue of what happens to messages from now on, while this process delivers. */
    public function events(): Events
    {
        return new Events($this->engine->events());
    }

    /** Waits until nothing is due, whichever process delivers. False where `$timeout` seconds passed before. */
    public function flush(float $timeout = 30.0): bool
    {
        return $this->engine->flush($timeout);
    }

    /**
     * Takes no more work, lets attempts under way end for at most `$timeout` seconds, and stops the threads. What is
     * undelivered stays in the file. Later calls fail with `CLOSED`; a second close does nothing. False where `$timeout`
     * passed before the attempts had ended.
     */
    public function close(float $timeout = 5.0): bool
    {
        return $this->engine->close($timeout);
    }

    /** @param array<string, mixed> $request */
    private function call(string $operation, array $request): string
    {
        return $this->engine->call($operation, Codec::request($request));
    }
}
