<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge;

use DateTimeInterface;
use Generator;
use HookBridge\Exception\HookBridgeException;
use HookBridge\Response\APIKey;
use HookBridge\Response\APIKeyWithSecret;
use HookBridge\Response\Activity;
use HookBridge\Response\ActivityResponse;
use HookBridge\Response\ActorLookupResult;
use HookBridge\Response\AttemptsResponse;
use HookBridge\Response\CancelAllResult;
use HookBridge\Response\CheckedSubscription;
use HookBridge\Response\CreateEndpointResponse;
use HookBridge\Response\CreateLoginCodeResponse;
use HookBridge\Response\DLQResponse;
use HookBridge\Response\DeadLetterGroups;
use HookBridge\Response\DeleteAllResult;
use HookBridge\Response\DeleteBatchResult;
use HookBridge\Response\DeleteMessageResult;
use HookBridge\Response\Endpoint;
use HookBridge\Response\EndpointHealth;
use HookBridge\Response\EndpointHealthResponse;
use HookBridge\Response\EndpointSummary;
use HookBridge\Response\EventDetails;
use HookBridge\Response\EventRecord;
use HookBridge\Response\EventTypeEntry;
use HookBridge\Response\Explanation;
use HookBridge\Response\ExportRecord;
use HookBridge\Response\ListEndpointsResponse;
use HookBridge\Response\ListEventTypesResponse;
use HookBridge\Response\ListEventsResponse;
use HookBridge\Response\LogsResponse;
use HookBridge\Response\Message;
use HookBridge\Response\MessagePayload;
use HookBridge\Response\MessageSummary;
use HookBridge\Response\Metrics;
use HookBridge\Response\PauseState;
use HookBridge\Response\ReplayAllMessagesResponse;
use HookBridge\Response\ReplayBatchMessagesResponse;
use HookBridge\Response\ReplayEventsResult;
use HookBridge\Response\ReplayMessageResponse;
use HookBridge\Response\RotateSecretResponse;
use HookBridge\Response\SendEventResponse;
use HookBridge\Response\SendEventsResponse;
use HookBridge\Response\SigningKey;
use HookBridge\Response\Stats;
use HookBridge\Response\TestDelivery;
use HookBridge\Response\TimeSeriesMetrics;
use HookBridge\Response\Verification;
use HookBridge\Response\WhoAmI;
use SensitiveParameter;

/**
 * An outbox in this process, and its delivery in the background.
 *
 * With `baseUrl` (and `apiKey`) the same methods work with a server that speaks HookBridge's HTTP API; with `database`
 * beside it, messages are committed to the file first and forwarded in the background (a relay).
 *
 * Every method raises a HookBridgeException of the kind that its error code asks for. The object may be used on both
 * sides of a `pcntl_fork()`. It closes when it is no longer used: on the command line it delivers what was accepted,
 * for at most `exitTimeout` seconds; in a web request it has half a second's patience for attempts under way. What is
 * undelivered then is delivered by the next process on the file.
 */
class HookBridge extends Client
{
    /**
     * Opens or creates the outbox, or prepares to work with a server.
     *
     * What is not given comes from its `HOOKBRIDGE_` variable or its default. Timeouts are seconds.
     *
     * @param string|null $apiKey What a server at `baseUrl` lets its callers in by. In-process it is not needed:
     *     whoever can open the file may send.
     * @param string|null $baseUrl A server that speaks HookBridge's API: `https://`, or `http://` on this machine.
     *     With `database` beside it, messages are committed to the file first and forwarded.
     * @param string|null $sendUrl Where messages are sent to, if elsewhere. By default `baseUrl`.
     * @param float|null $timeout Seconds for one request to the server. By default 30.
     * @param int|null $retries How often a request to the server is made again. By default 3.
     * @param string|null $database The outbox's file, in a folder that exists, or its database, as
     *     `postgresql://user@host/name`. By default `hookbridge.db`.
     * @param 'full'|'normal'|null $durability `full`: an accepted message survives a power cut. `normal`: it
     *     survives the process. By default `full`.
     * @param 'auto'|'off'|null $delivery `auto` delivers where no other process on the file does, `off` only
     *     accepts. By default `auto`.
     * @param bool|null $allowLocalEndpoints Permits `http://` and loopback, private and link-local targets. By
     *     default false.
     * @param bool|null $verifyDns Whether an endpoint's host must resolve when the endpoint is created or its URL
     *     changed. By default true.
     * @param bool|null $strictEventTypes Whether events of types that are not in the catalogue are refused. By
     *     default false.
     * @param bool|null $validatePayloads Whether events whose payload does not fit the schema of their type are
     *     refused. By default false.
     * @param int|null $maxInFlight Attempts under way at once. By default 256.
     * @param int|null $maxInFlightPerEndpoint Attempts under way at once to one endpoint. By default 32.
     * @param float|null $requestTimeout Seconds for one attempt. By default 30.
     * @param float|null $connectTimeout Seconds for DNS, TCP and TLS together. By default 10.
     * @param 'hookbridge'|'standard-webhooks'|list<int|float>|array<string, list<int|float>>|null $retrySchedule
     *     When a failed message is tried again: a name, gaps in seconds, or gaps for both kinds of failure. By default
     *     `hookbridge`.
     * @param int|null $maxAttempts Attempts before a message is given up. By default 8.
     * @param int|null $payloadRetentionHours Hours that a payload is kept. By default 720.
     * @param int|null $rowRetentionDays Days that a message's row is kept after it ended. By default 90.
     * @param int|null $maxPayloadBytes The largest payload that is taken, in bytes. By default 1048576.
     * @param int|null $memoryBudgetBytes Memory for messages that wait, in bytes. By default 67108864.
     * @param float|null $exitTimeout Seconds that a normal exit without a close waits for what this process has
     *     accepted to be delivered. By default 2.
     * @param string|null $caFile A PEM file of authorities that are trusted beside the system's.
     * @param bool|null $insecureBaseUrl Permits `http://` to a server on another machine, over which the API key
     *     travels in the clear. By default false.
     * @param int|null $maxExports Exports kept at once. Further ones are refused. By default 100.
     * @param int|null $maxExportBytes Bytes of all files of exports together. By default 10737418240.
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
        ?bool $strictEventTypes = null,
        ?bool $validatePayloads = null,
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
        ?float $exitTimeout = null,
        ?string $caFile = null,
        ?bool $insecureBaseUrl = null,
        ?int $maxExports = null,
        ?int $maxExportBytes = null,
    ) {
        $this->open([
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
            'strict_event_types' => $strictEventTypes,
            'validate_payloads' => $validatePayloads,
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
            'exit_timeout' => $exitTimeout,
            'ca_file' => $caFile,
            'insecure_base_url' => $insecureBaseUrl,
            'max_exports' => $maxExports,
            'max_export_bytes' => $maxExportBytes,
        ]);
    }

    /**
     * Accepts an event for every endpoint that wants it.
     *
     * Returns once the event and all its messages are on disk. An event that no endpoint wants is no error: it is kept,
     * and `matched` is 0. Sending again with the same idempotency key, type and payload answers the first event.
     *
     * @param string $type The name of its type, such as `order.created`.
     * @param mixed $payload Any JSON value of at most 1,048,576 bytes.
     * @param string|null $tenant The customer whose endpoints it goes to, at most 128 characters; absent for
     *     endpoints without a tenant.
     * @param array<string, string>|null $headers Sent with its deliveries, in place of the endpoint's headers of
     *     the same names. At most 50 headers and 8,192 bytes.
     * @param string|null $idempotencyKey 1 to 255 of letters, digits, `_`, `-`. Within a tenant it names one event.
     * @param string|null $orderingKey Messages of one endpoint with this key are delivered one after another; at
     *     most 255 characters.
     * @param DateTimeInterface|string|null $deliverAt Before when it is not delivered; at most a year ahead.
     * @param DateTimeInterface|string|null $expiresAt After when it is not tried any more.
     * @param int|null $retentionHours How long the payload is kept, in hours; 0 drops it once all its messages are
     *     delivered.
     * @throws HookBridgeException `INVALID_HEADERS`, `IDEMPOTENCY_MISMATCH`, `PAYLOAD_TOO_LARGE`,
     *     `UNKNOWN_EVENT_TYPE`, `INVALID_PAYLOAD`, or what any call may meet
     */
    public function sendEvent(
        string $type,
        mixed $payload,
        ?string $tenant = null,
        ?array $headers = null,
        ?string $idempotencyKey = null,
        ?string $orderingKey = null,
        DateTimeInterface|string|null $deliverAt = null,
        DateTimeInterface|string|null $expiresAt = null,
        ?int $retentionHours = null,
    ): SendEventResponse {
        return SendEventResponse::of($this->call('events.send', [
            'type' => $type,
            'payload' => $payload,
            'tenant' => $tenant,
            'headers' => Codec::map('headers', $headers),
            'idempotency_key' => $idempotencyKey,
            'ordering_key' => $orderingKey,
            'deliver_at' => Codec::moment($deliverAt),
            'expires_at' => Codec::moment($expiresAt),
            'retention_hours' => $retentionHours,
        ]));
    }

    /**
     * Accepts up to 1,000 events.
     *
     * All that are good are committed in one transaction with their messages. Each event has its result or its failure,
     * in order; one that is refused touches no other.
     *
     * @param iterable<BatchEvent> $events At most 1,000, each as in `sendEvent`.
     * @throws HookBridgeException `PAYLOAD_TOO_LARGE`, or what any call may meet
     */
    public function sendEventBatch(iterable $events): SendEventsResponse
    {
        return SendEventsResponse::of($this->call('events.send_batch', [
            'events' => Codec::several('events', $events),
        ]));
    }

    /**
     * Lists events, newest first.
     *
     * A page of a filter may be short, even empty, and have more behind it: follow `nextCursor`.
     *
     * @param string|null $type Only events of this type.
     * @param string|null $tenant Only events of this tenant.
     * @param DateTimeInterface|string|null $startTime Only events accepted at this moment or later.
     * @param DateTimeInterface|string|null $endTime Only events accepted before this moment.
     * @param int|null $limit 1 to 500, 50 where absent.
     * @param string|null $cursor The `nextCursor` of the page before.
     * @throws HookBridgeException
     */
    public function listEvents(
        ?string $type = null,
        ?string $tenant = null,
        DateTimeInterface|string|null $startTime = null,
        DateTimeInterface|string|null $endTime = null,
        ?int $limit = null,
        ?string $cursor = null,
    ): ListEventsResponse {
        $page = ListEventsResponse::of($this->call('events.list', [
            'type' => $type,
            'tenant' => $tenant,
            'start_time' => Codec::moment($startTime),
            'end_time' => Codec::moment($endTime),
            'limit' => $limit,
            'cursor' => $cursor,
        ]));

        return $page->followedBy(fn (string $cursor) => $this->listEvents(
            type: $type,
            tenant: $tenant,
            startTime: $startTime,
            endTime: $endTime,
            limit: $limit,
            cursor: $cursor,
        ));
    }

    /**
     * The same as `listEvents`, over all pages: each is asked for when it is reached.
     *
     * @param string|null $type Only events of this type.
     * @param string|null $tenant Only events of this tenant.
     * @param DateTimeInterface|string|null $startTime Only events accepted at this moment or later.
     * @param DateTimeInterface|string|null $endTime Only events accepted before this moment.
     * @param int|null $limit 1 to 500, 50 where absent.
     * @return Generator<int, EventRecord>
     * @throws HookBridgeException
     */
    public function iterEvents(
        ?string $type = null,
        ?string $tenant = null,
        DateTimeInterface|string|null $startTime = null,
        DateTimeInterface|string|null $endTime = null,
        ?int $limit = null,
    ): Generator {
        yield from Page::walk($this->listEvents(
            type: $type,
            tenant: $tenant,
            startTime: $startTime,
            endTime: $endTime,
            limit: $limit,
        ));
    }

    /**
     * Shows an event with its messages.
     *
     * @param string $eventId The event's id, `evt_...`.
     * @param int|null $limit How many of its messages are shown: 1 to 1,000, 100 where absent.
     * @param string|null $cursor The `nextCursor` of the answer before, for further messages.
     * @throws HookBridgeException `NOT_FOUND`, or what any call may meet
     */
    public function getEvent(string $eventId, ?int $limit = null, ?string $cursor = null): EventDetails
    {
        return EventDetails::of($this->call('events.get', [
            'event_id' => $eventId,
            'limit' => $limit,
            'cursor' => $cursor,
        ]));

        return $page->followedBy(fn (string $cursor) => $this->getEvent(
            eventId: $eventId,
            limit: $limit,
            cursor: $cursor,
        ));
    }

    /**
     * Makes the messages of events that an endpoint has missed.
     *
     * Those since a moment that it wants, has no message for, and whose payload is kept; the oldest first. Each call
     * does a bounded part: follow `nextCursor`.
     *
     * @param string $endpointId The endpoint's id, `ep_...`.
     * @param DateTimeInterface|string $since Only events accepted at this moment or later.
     * @param DateTimeInterface|string|null $before Only events accepted before this moment.
     * @param string|null $type Only events of this type.
     * @param int|null $rate Messages a second, 1 to 1,000: they are spread over the time that this takes. Absent is
     *     at once.
     * @param int|null $limit How many events one call replays: 1 to 1,000, 100 where absent.
     * @param string|null $cursor The `nextCursor` of the call before.
     * @param bool|null $dryRun Only says what would be done.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, or what any call may meet
     */
    public function replayEvents(
        string $endpointId,
        DateTimeInterface|string $since,
        DateTimeInterface|string|null $before = null,
        ?string $type = null,
        ?int $rate = null,
        ?int $limit = null,
        ?string $cursor = null,
        ?bool $dryRun = null,
    ): ReplayEventsResult {
        return ReplayEventsResult::of($this->call('events.replay', [
            'endpoint_id' => $endpointId,
            'since' => Codec::moment($since),
            'before' => Codec::moment($before),
            'type' => $type,
            'rate' => $rate,
            'limit' => $limit,
            'cursor' => $cursor,
            'dry_run' => $dryRun,
        ]));

        return $page->followedBy(fn (string $cursor) => $this->replayEvents(
            endpointId: $endpointId,
            since: $since,
            before: $before,
            type: $type,
            rate: $rate,
            limit: $limit,
            cursor: $cursor,
            dryRun: $dryRun,
        ));
    }

    /**
     * Says whether an endpoint would want an event like a sample.
     *
     * With the endpoint's own patterns and filter, or with others before they are written.
     *
     * @param string $type The type of the sample.
     * @param mixed $payload The payload of the sample.
     * @param string|null $endpointId The endpoint whose patterns and filter are tried where none are given here.
     * @param list<string>|null $eventTypes Patterns of types, in place of the endpoint's.
     * @param mixed|null $filter Conditions on the payload, in place of the endpoint's.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, or what any call may meet
     */
    public function checkSubscription(
        string $type,
        mixed $payload,
        ?string $endpointId = null,
        ?array $eventTypes = null,
        mixed $filter = null,
    ): CheckedSubscription {
        return CheckedSubscription::of($this->call('subscriptions.check', [
            'type' => $type,
            'payload' => $payload,
            'endpoint_id' => $endpointId,
            'event_types' => Codec::texts('eventTypes', $eventTypes),
            'filter' => $filter,
        ]));
    }

    /**
     * Adds an event type to the catalogue.
     *
     * @param string $name The name, such as `order.created`.
     * @param string|null $description For people; at most 500 characters.
     * @param mixed|null $schema The JSON schema (2020-12) of its payloads, at most 65,536 bytes. References to
     *     other documents are not followed.
     * @param mixed|null $example A payload that fits the schema, for whoever writes a receiver.
     * @param bool|null $deprecated Whether receivers should not rely on it any more.
     * @throws HookBridgeException `ALREADY_EXISTS`, or what any call may meet
     */
    public function createEventType(
        string $name,
        ?string $description = null,
        mixed $schema = null,
        mixed $example = null,
        ?bool $deprecated = null,
    ): EventTypeEntry {
        return EventTypeEntry::of($this->call('event_types.create', [
            'name' => $name,
            'description' => $description,
            'schema' => $schema,
            'example' => $example,
            'deprecated' => $deprecated,
        ]));
    }

    /**
     * Lists the catalogue, in the order of names.
     *
     * @param int|null $limit 1 to 500, 100 where absent.
     * @param string|null $cursor The `nextCursor` of the page before.
     * @throws HookBridgeException
     */
    public function listEventTypes(?int $limit = null, ?string $cursor = null): ListEventTypesResponse
    {
        $page = ListEventTypesResponse::of($this->call('event_types.list', ['limit' => $limit, 'cursor' => $cursor]));

        return $page->followedBy(fn (string $cursor) => $this->listEventTypes(limit: $limit, cursor: $cursor));
    }

    /**
     * The same as `listEventTypes`, over all pages: each is asked for when it is reached.
     *
     * @param int|null $limit 1 to 500, 100 where absent.
     * @return Generator<int, EventTypeEntry>
     * @throws HookBridgeException
     */
    public function iterEventTypes(?int $limit = null): Generator
    {
        yield from Page::walk($this->listEventTypes(limit: $limit));
    }

    /**
     * Shows an event type.
     *
     * @param string $name The name, such as `order.created`.
     * @throws HookBridgeException `NOT_FOUND`, or what any call may meet
     */
    public function getEventType(string $name): EventTypeEntry
    {
        return EventTypeEntry::of($this->call('event_types.get', ['name' => $name]));
    }

    /**
     * Changes some fields of an event type.
     *
     * What is not given stays. An empty description, and null for the schema or the example, clear them.
     *
     * @param string $name The name, such as `order.created`.
     * @param string|null $description At most 500 characters; `''` is none.
     * @param mixed|null $schema As for a new type; null is none.
     * @param mixed|null $example As for a new type; null is none.
     * @param bool|null $deprecated Whether receivers should not rely on it any more.
     * @throws HookBridgeException `NOT_FOUND`, or what any call may meet
     */
    public function updateEventType(
        string $name,
        ?string $description = null,
        mixed $schema = null,
        mixed $example = null,
        ?bool $deprecated = null,
    ): EventTypeEntry {
        return EventTypeEntry::of($this->call('event_types.update', [
            'name' => $name,
            'description' => $description,
            'schema' => $schema,
            'example' => $example,
            'deprecated' => $deprecated,
        ]));
    }

    /**
     * Removes an event type from the catalogue.
     *
     * Events of the type that were accepted before stay, and are delivered.
     *
     * @param string $name The name, such as `order.created`.
     * @throws HookBridgeException `NOT_FOUND`, or what any call may meet
     */
    public function deleteEventType(string $name): void
    {
        $this->call('event_types.delete', ['name' => $name]);
    }

    /**
     * Makes an endpoint and its first signing key.
     *
     * The signing secret is shown only in the answer.
     *
     * @param string $url 12 to 2,048 characters, `https`; its host resolves, to public addresses only unless
     *     `allowLocalEndpoints` is set.
     * @param string|null $description At most 500 characters; `''` is none.
     * @param bool $hmacEnabled Ignored: every delivery is signed.
     * @param int|null $rateLimitRps Deliveries a second, 0 to 1,000; 0 is unlimited.
     * @param int|null $burst Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as
     *     `rateLimitRps`.
     * @param array<string, string>|null $headers Sent with every delivery. They are replaced whole; `[]` is none.
     * @param 'hookbridge'|'standard-webhooks'|list<int|float>|array<string, list<int|float>>|null $retrySchedule
     *     Replaces the engine's schedule; an empty list is none.
     * @param int|null $maxAttempts Replaces the engine's number of attempts, 0 to 100; 0 is the engine's.
     * @param string|null $tenant The customer it belongs to, whose events it gets; at most 128 characters, `''` is
     *     none.
     * @param list<string>|null $eventTypes The events that it wants: at most 100 patterns of types, such as
     *     `order.*`. `[]` is every type.
     * @param mixed|null $filter Conditions on an event's payload, all of which must hold: at most 20, each with a
     *     JSON `pointer` and one of `equals`, `in`, `exists`, `starts_with`, `greater`, `less`. `[]` is none.
     * @param 'continue'|'halt'|null $onFailure What follows for an ordering key when one of its messages is given
     *     up: `continue` with the next, or `halt` until a person replays or deletes it.
     * @throws HookBridgeException `INVALID_ENDPOINT`, `ENDPOINT_UNREACHABLE`, `ENDPOINT_BLOCKED`,
     *     `INVALID_HEADERS`, or what any call may meet
     */
    public function createEndpoint(
        string $url,
        ?string $description = null,
        bool $hmacEnabled = true,
        ?int $rateLimitRps = null,
        ?int $burst = null,
        ?array $headers = null,
        string|array|null $retrySchedule = null,
        ?int $maxAttempts = null,
        ?string $tenant = null,
        ?array $eventTypes = null,
        mixed $filter = null,
        ?string $onFailure = null,
    ): CreateEndpointResponse {
        return CreateEndpointResponse::of($this->call('endpoints.create', [
            'url' => $url,
            'description' => $description,
            'rate_limit_rps' => $rateLimitRps,
            'burst' => $burst,
            'headers' => Codec::map('headers', $headers),
            'retry_schedule' => $retrySchedule,
            'max_attempts' => $maxAttempts,
            'tenant' => $tenant,
            'event_types' => Codec::texts('eventTypes', $eventTypes),
            'filter' => $filter,
            'on_failure' => $onFailure,
        ]));
    }

    /**
     * Lists endpoints, newest first.
     *
     * @param int|null $limit 1 to 100, 50 where absent.
     * @param string|null $cursor The `nextCursor` of the page before.
     * @param string|null $tenant Only endpoints of this tenant.
     * @throws HookBridgeException
     */
    public function listEndpoints(
        ?int $limit = null,
        ?string $cursor = null,
        ?string $tenant = null,
    ): ListEndpointsResponse {
        $page = ListEndpointsResponse::of($this->call('endpoints.list', [
            'limit' => $limit,
            'cursor' => $cursor,
            'tenant' => $tenant,
        ]));

        return $page->followedBy(fn (string $cursor) => $this->listEndpoints(
            limit: $limit,
            cursor: $cursor,
            tenant: $tenant,
        ));
    }

    /**
     * The same as `listEndpoints`, over all pages: each is asked for when it is reached.
     *
     * @param int|null $limit 1 to 100, 50 where absent.
     * @param string|null $tenant Only endpoints of this tenant.
     * @return Generator<int, EndpointSummary>
     * @throws HookBridgeException
     */
    public function iterEndpoints(?int $limit = null, ?string $tenant = null): Generator
    {
        yield from Page::walk($this->listEndpoints(limit: $limit, tenant: $tenant));
    }

    /**
     * Shows an endpoint.
     *
     * @param string $endpointId The endpoint's id, `ep_...`.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, or what any call may meet
     */
    public function getEndpoint(string $endpointId): Endpoint
    {
        return Endpoint::of($this->call('endpoints.get', ['endpoint_id' => $endpointId]));
    }

    /**
     * Changes some fields of an endpoint.
     *
     * What is not given stays. 0 clears a number, an empty text the description, and empty headers the headers, which
     * are replaced whole.
     *
     * @param string $endpointId The endpoint's id, `ep_...`.
     * @param string|null $url As for a new endpoint.
     * @param string|null $description At most 500 characters; `''` is none.
     * @param bool|null $hmacEnabled Ignored: every delivery is signed.
     * @param int|null $rateLimitRps Deliveries a second, 0 to 1,000; 0 is unlimited.
     * @param int|null $burst Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as
     *     `rateLimitRps`.
     * @param array<string, string>|null $headers Sent with every delivery. They are replaced whole; `[]` is none.
     * @param 'hookbridge'|'standard-webhooks'|list<int|float>|array<string, list<int|float>>|null $retrySchedule
     *     Replaces the engine's schedule; an empty array clears it.
     * @param int|null $maxAttempts Replaces the engine's number of attempts, 0 to 100; 0 is the engine's.
     * @param string|null $tenant The customer it belongs to, whose events it gets; at most 128 characters, `''` is
     *     none.
     * @param list<string>|null $eventTypes The events that it wants: at most 100 patterns of types, such as
     *     `order.*`. `[]` is every type.
     * @param mixed|null $filter Conditions on an event's payload, all of which must hold: at most 20, each with a
     *     JSON `pointer` and one of `equals`, `in`, `exists`, `starts_with`, `greater`, `less`. `[]` is none.
     * @param 'continue'|'halt'|null $onFailure What follows for an ordering key when one of its messages is given
     *     up: `continue` with the next, or `halt` until a person replays or deletes it.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, `INVALID_ENDPOINT`, `ENDPOINT_UNREACHABLE`,
     *     `ENDPOINT_BLOCKED`, `INVALID_HEADERS`, or what any call may meet
     */
    public function updateEndpoint(
        string $endpointId,
        ?string $url = null,
        ?string $description = null,
        ?bool $hmacEnabled = null,
        ?int $rateLimitRps = null,
        ?int $burst = null,
        ?array $headers = null,
        string|array|null $retrySchedule = null,
        ?int $maxAttempts = null,
        ?string $tenant = null,
        ?array $eventTypes = null,
        mixed $filter = null,
        ?string $onFailure = null,
    ): Endpoint {
        return Endpoint::of($this->call('endpoints.update', [
            'endpoint_id' => $endpointId,
            'url' => $url,
            'description' => $description,
            'rate_limit_rps' => $rateLimitRps,
            'burst' => $burst,
            'headers' => Codec::map('headers', $headers),
            'retry_schedule' => $retrySchedule,
            'max_attempts' => $maxAttempts,
            'tenant' => $tenant,
            'event_types' => Codec::texts('eventTypes', $eventTypes),
            'filter' => $filter,
            'on_failure' => $onFailure,
        ]));
    }

    /**
     * Deletes an endpoint: it takes no more messages.
     *
     * What it accepted before is still delivered, also where it was paused.
     *
     * @param string $endpointId The endpoint's id, `ep_...`.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, or what any call may meet
     */
    public function deleteEndpoint(string $endpointId): void
    {
        $this->call('endpoints.delete', ['endpoint_id' => $endpointId]);
    }

    /**
     * Holds an endpoint's deliveries.
     *
     * It goes on accepting messages; attempts under way end.
     *
     * @param string $endpointId The endpoint's id, `ep_...`.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, or what any call may meet
     */
    public function pauseEndpoint(string $endpointId): PauseState
    {
        return PauseState::of($this->call('endpoints.pause', ['endpoint_id' => $endpointId]));
    }

    /**
     * Delivers what a pause has held.
     *
     * @param string $endpointId The endpoint's id, `ep_...`.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, or what any call may meet
     */
    public function resumeEndpoint(string $endpointId): PauseState
    {
        return PauseState::of($this->call('endpoints.resume', ['endpoint_id' => $endpointId]));
    }

    /**
     * Says how endpoints are doing, newest first.
     *
     * Breaker, limits and attempts under way are known to the process that delivers alone. The backlog and the last
     * hour are known to every process.
     *
     * @param string|null $endpointId Only this endpoint.
     * @param string|null $tenant Only endpoints of this tenant.
     * @param int|null $limit 1 to 100, 50 where absent.
     * @param string|null $cursor The `nextCursor` of the page before.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, or what any call may meet
     */
    public function getEndpointHealth(
        ?string $endpointId = null,
        ?string $tenant = null,
        ?int $limit = null,
        ?string $cursor = null,
    ): EndpointHealthResponse {
        $page = EndpointHealthResponse::of($this->call('endpoints.health', [
            'endpoint_id' => $endpointId,
            'tenant' => $tenant,
            'limit' => $limit,
            'cursor' => $cursor,
        ]));

        return $page->followedBy(fn (string $cursor) => $this->getEndpointHealth(
            endpointId: $endpointId,
            tenant: $tenant,
            limit: $limit,
            cursor: $cursor,
        ));
    }

    /**
     * The same as `getEndpointHealth`, over all pages: each is asked for when it is reached.
     *
     * @param string|null $endpointId Only this endpoint.
     * @param string|null $tenant Only endpoints of this tenant.
     * @param int|null $limit 1 to 100, 50 where absent.
     * @return Generator<int, EndpointHealth>
     * @throws HookBridgeException
     */
    public function iterEndpointHealth(
        ?string $endpointId = null,
        ?string $tenant = null,
        ?int $limit = null,
    ): Generator {
        yield from Page::walk($this->getEndpointHealth(endpointId: $endpointId, tenant: $tenant, limit: $limit));
    }

    /**
     * Makes a signed test delivery at once.
     *
     * It is not queued, counted or tried again: the answer is the whole attempt. The request has the header
     * `X-Webhook-Test: true`. A pause does not hold it.
     *
     * @param string $endpointId The endpoint's id, `ep_...`.
     * @param string|null $payload A JSON document as a text, at most 1,048,576 bytes, which is sent byte for byte;
     *     where absent, a small one that says that it is a test.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, `PAYLOAD_TOO_LARGE`, or what any call may meet
     */
    public function testEndpoint(string $endpointId, ?string $payload = null): TestDelivery
    {
        return TestDelivery::of($this->call('endpoints.test', ['endpoint_id' => $endpointId, 'payload' => $payload]));
    }

    /**
     * Checks the signature of a delivery as it was received.
     *
     * Says which key made it, or what is wrong: a body that was parsed and written again, a secret that was cut,
     * another endpoint's key, a clock. With the value that a receiver's code computed it says which mistake makes that.
     *
     * @param string $endpointId The endpoint's id, `ep_...`.
     * @param array<string, string> $headers The headers of the delivery as they were received. Those of the
     *     signatures are looked at, whatever their case.
     * @param string $body The body as it was received, at most 1,048,576 bytes.
     * @param string|null $computed What the receiver's own code made of it, to be told which mistake makes that.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, or what any call may meet
     */
    public function verifyEndpointSignature(
        string $endpointId,
        array $headers,
        string $body,
        ?string $computed = null,
    ): Verification {
        return Verification::of($this->call('endpoints.verify', [
            'endpoint_id' => $endpointId,
            'headers' => Codec::map('headers', $headers),
            'body' => $body,
            'computed' => $computed,
        ]));
    }

    /**
     * Lists an endpoint's signing keys, oldest first.
     *
     * @param string $endpointId The endpoint's id, `ep_...`.
     * @return list<SigningKey>
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, or what any call may meet
     */
    public function listEndpointSigningKeys(string $endpointId): array
    {
        return array_map(SigningKey::of(...), $this->call('signing_keys.list', ['endpoint_id' => $endpointId])['data']);
    }

    /**
     * Adds a second signing key.
     *
     * Both keys sign until one is deleted. The signing secret is shown only in the answer.
     *
     * @param string $endpointId The endpoint's id, `ep_...`.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, `MAX_SIGNING_KEYS_REACHED`, or what any call may meet
     */
    public function createEndpointSigningKey(string $endpointId): RotateSecretResponse
    {
        return RotateSecretResponse::of($this->call('signing_keys.create', ['endpoint_id' => $endpointId]));
    }

    /**
     * Adds a second signing key, under an older name.
     *
     * Both keys sign until one is deleted. The signing secret is shown only in the answer.
     *
     * @param string $endpointId The endpoint's id, `ep_...`.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, `MAX_SIGNING_KEYS_REACHED`, or what any call may meet
     */
    public function rotateEndpointSecret(string $endpointId): RotateSecretResponse
    {
        return RotateSecretResponse::of($this->call('signing_keys.create', ['endpoint_id' => $endpointId]));
    }

    /**
     * Removes one of two signing keys.
     *
     * @param string $endpointId The endpoint's id, `ep_...`.
     * @param string $keyId The signing key's id, `sk_...`.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, `NOT_FOUND`, `CANNOT_DELETE_LAST_SIGNING_KEY`, or what any
     *     call may meet
     */
    public function deleteEndpointSigningKey(string $endpointId, string $keyId): void
    {
        $this->call('signing_keys.delete', ['endpoint_id' => $endpointId, 'key_id' => $keyId]);
    }

    /**
     * Shows a message, without its payload.
     *
     * @param string $messageId The message's id, a UUIDv7 with dashes.
     * @throws HookBridgeException `NOT_FOUND`, or what any call may meet
     */
    public function getMessage(string $messageId): Message
    {
        return Message::of($this->call('messages.get', ['message_id' => $messageId]));
    }

    /**
     * Lists a message's attempts, oldest first.
     *
     * At most the last 200. A message that is unknown has none.
     *
     * @param string $messageId The message's id, a UUIDv7 with dashes.
     * @throws HookBridgeException
     */
    public function getMessageAttempts(string $messageId): AttemptsResponse
    {
        return AttemptsResponse::of($this->call('messages.attempts', ['message_id' => $messageId]));
    }

    /**
     * Shows a message's payload, byte for byte.
     *
     * With the message's own headers. It is there for as long as the payload is kept.
     *
     * @param string $messageId The message's id, a UUIDv7 with dashes.
     * @throws HookBridgeException `NOT_FOUND`, `RETENTION_EXPIRED`, `PAYLOAD_UNAVAILABLE`, or what any call may
     *     meet
     */
    public function getMessagePayload(string $messageId): MessagePayload
    {
        return MessagePayload::of($this->call('messages.payload', ['message_id' => $messageId]));
    }

    /**
     * Says why a message is where it is, and when that changes.
     *
     * The first reason is the one that decides. What holds an endpoint's messages in the process that delivers (its
     * breaker, its limits) is known to that process alone: another one says which process that is.
     *
     * @param string $messageId The message's id, a UUIDv7 with dashes.
     * @throws HookBridgeException `NOT_FOUND`, or what any call may meet
     */
    public function explainMessage(string $messageId): Explanation
    {
        return Explanation::of($this->call('messages.explain', ['message_id' => $messageId]));
    }

    /**
     * Delivers a message once more.
     *
     * A message can be replayed 10 times.
     *
     * @param string $messageId The message's id, a UUIDv7 with dashes.
     * @return ReplayMessageResponse
     * @throws HookBridgeException `NOT_FOUND`, `INVALID_STATUS`, `DELIVERY_IN_PROGRESS`, `RETRY_IN_PROGRESS`,
     *     `RETENTION_EXPIRED`, `PAYLOAD_UNAVAILABLE`, `REPLAY_LIMIT_EXCEEDED`, or what any call may meet
     */
    public function replay(string $messageId)
    {
        return ReplayMessageResponse::of($this->call('messages.replay', ['message_id' => $messageId]));
    }

    /**
     * Gives up a message that waits for a retry or its time.
     *
     * @param string $messageId The message's id, a UUIDv7 with dashes.
     * @return Message
     * @throws HookBridgeException `NOT_FOUND`, `INVALID_STATUS`, or what any call may meet
     */
    public function cancelRetry(string $messageId)
    {
        return Message::of($this->call('messages.cancel', ['message_id' => $messageId]));
    }

    /**
     * Makes a message that waits for a retry or its time due at once.
     *
     * @param string $messageId The message's id, a UUIDv7 with dashes.
     * @return Message
     * @throws HookBridgeException `NOT_FOUND`, `INVALID_STATUS`, or what any call may meet
     */
    public function retryNow(string $messageId)
    {
        return Message::of($this->call('messages.retry_now', ['message_id' => $messageId]));
    }

    /**
     * Moves a scheduled message to another moment.
     *
     * A moment that is past is at once.
     *
     * @param string $messageId The message's id, a UUIDv7 with dashes.
     * @param DateTimeInterface|string $deliverAt Before when it is not delivered; at most a year ahead. A moment
     *     that is past is at once.
     * @throws HookBridgeException `NOT_FOUND`, `INVALID_STATUS`, or what any call may meet
     */
    public function rescheduleMessage(string $messageId, DateTimeInterface|string $deliverAt): Message
    {
        return Message::of($this->call('messages.reschedule', [
            'message_id' => $messageId,
            'deliver_at' => Codec::moment($deliverAt),
        ]));
    }

    /**
     * Replays the messages that a filter finds.
     *
     * The oldest first.
     *
     * @param 'failed_permanent'|'pending_retry' $status `failed_permanent` or `pending_retry`.
     * @param string|null $endpointId Only messages of this endpoint.
     * @param int|null $limit 1 to 1,000, 100 where absent.
     * @param DateTimeInterface|string|null $createdAfter Only messages accepted at this moment or later.
     * @param DateTimeInterface|string|null $createdBefore Only messages accepted before this moment.
     * @param string|null $cause Only messages whose last failure has this cause, in the words of `getDLQGroups`.
     * @param bool|null $dryRun Changes nothing, and answers what would happen.
     * @param string|null $cursor The `nextCursor` of the call before: goes on behind what that one has looked at.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, or what any call may meet
     */
    public function replayAllMessages(
        string $status,
        ?string $endpointId = null,
        ?int $limit = null,
        DateTimeInterface|string|null $createdAfter = null,
        DateTimeInterface|string|null $createdBefore = null,
        ?string $cause = null,
        ?bool $dryRun = null,
        ?string $cursor = null,
    ): ReplayAllMessagesResponse {
        return ReplayAllMessagesResponse::of($this->call('messages.replay_all', [
            'status' => $status,
            'endpoint_id' => $endpointId,
            'limit' => $limit,
            'created_after' => Codec::moment($createdAfter),
            'created_before' => Codec::moment($createdBefore),
            'cause' => $cause,
            'dry_run' => $dryRun,
            'cursor' => $cursor,
        ]));

        return $page->followedBy(fn (string $cursor) => $this->replayAllMessages(
            status: $status,
            endpointId: $endpointId,
            limit: $limit,
            createdAfter: $createdAfter,
            createdBefore: $createdBefore,
            cause: $cause,
            dryRun: $dryRun,
            cursor: $cursor,
        ));
    }

    /**
     * Gives up the messages that wait for a retry and that a filter finds.
     *
     * The oldest first. They are in the dead letter queue then.
     *
     * @param string|null $endpointId Only messages of this endpoint.
     * @param DateTimeInterface|string|null $createdAfter Only messages accepted at this moment or later.
     * @param DateTimeInterface|string|null $createdBefore Only messages accepted before this moment.
     * @param int|null $limit 1 to 1,000, 1,000 where absent.
     * @param string|null $cause Only messages whose last failure has this cause, in the words of `getDLQGroups`.
     * @param bool|null $dryRun Changes nothing, and answers what would happen.
     * @param string|null $cursor The `nextCursor` of the call before: goes on behind what that one has looked at.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, or what any call may meet
     */
    public function cancelAllMessages(
        ?string $endpointId = null,
        DateTimeInterface|string|null $createdAfter = null,
        DateTimeInterface|string|null $createdBefore = null,
        ?int $limit = null,
        ?string $cause = null,
        ?bool $dryRun = null,
        ?string $cursor = null,
    ): CancelAllResult {
        return CancelAllResult::of($this->call('messages.cancel_all', [
            'endpoint_id' => $endpointId,
            'created_after' => Codec::moment($createdAfter),
            'created_before' => Codec::moment($createdBefore),
            'limit' => $limit,
            'cause' => $cause,
            'dry_run' => $dryRun,
            'cursor' => $cursor,
        ]));

        return $page->followedBy(fn (string $cursor) => $this->cancelAllMessages(
            endpointId: $endpointId,
            createdAfter: $createdAfter,
            createdBefore: $createdBefore,
            limit: $limit,
            cause: $cause,
            dryRun: $dryRun,
            cursor: $cursor,
        ));
    }

    /**
     * Replays the messages that are named.
     *
     * Each has its result, in order.
     *
     * @param list<string> $messageIds 1 to 100.
     * @throws HookBridgeException
     */
    public function replayBatchMessages(array $messageIds): ReplayBatchMessagesResponse
    {
        return ReplayBatchMessagesResponse::of($this->call('messages.replay_batch', [
            'message_ids' => Codec::texts('messageIds', $messageIds),
        ]));
    }

    /**
     * Deletes a message.
     *
     * Its payload is gone at once, and its retries with it.
     *
     * @param string $messageId The message's id, a UUIDv7 with dashes.
     * @throws HookBridgeException `NOT_FOUND`, or what any call may meet
     */
    public function deleteMessage(string $messageId): DeleteMessageResult
    {
        return DeleteMessageResult::of($this->call('messages.delete', ['message_id' => $messageId]));
    }

    /**
     * Deletes the messages that are named.
     *
     * Each has its result, in order.
     *
     * @param list<string> $messageIds 1 to 100.
     * @throws HookBridgeException
     */
    public function deleteMessagesBatch(array $messageIds): DeleteBatchResult
    {
        return DeleteBatchResult::of($this->call('messages.delete_batch', [
            'message_ids' => Codec::texts('messageIds', $messageIds),
        ]));
    }

    /**
     * Deletes the messages that a filter finds.
     *
     * The oldest first. Where as many were deleted as the limit says, there may be more.
     *
     * @param string|list<'queued'|'delivering'|'succeeded'|'pending_retry'|'failed_permanent'>|null $status Only
     *     messages with one of these statuses; all where empty.
     * @param string|null $endpointId Only messages of this endpoint.
     * @param DateTimeInterface|string|null $createdAfter Only messages accepted at this moment or later.
     * @param DateTimeInterface|string|null $createdBefore Only messages accepted before this moment.
     * @param int|null $limit 1 to 1,000, 1,000 where absent.
     * @param string|null $cause Only messages whose last failure has this cause, in the words of `getDLQGroups`.
     * @param bool|null $dryRun Changes nothing, and answers what would happen.
     * @param string|null $cursor The `nextCursor` of the call before: goes on behind what that one has looked at.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, or what any call may meet
     */
    public function deleteMessagesAll(
        string|array|null $status = null,
        ?string $endpointId = null,
        DateTimeInterface|string|null $createdAfter = null,
        DateTimeInterface|string|null $createdBefore = null,
        ?int $limit = null,
        ?string $cause = null,
        ?bool $dryRun = null,
        ?string $cursor = null,
    ): DeleteAllResult {
        return DeleteAllResult::of($this->call('messages.delete_all', [
            'status' => Codec::words('status', $status),
            'endpoint_id' => $endpointId,
            'created_after' => Codec::moment($createdAfter),
            'created_before' => Codec::moment($createdBefore),
            'limit' => $limit,
            'cause' => $cause,
            'dry_run' => $dryRun,
            'cursor' => $cursor,
        ]));

        return $page->followedBy(fn (string $cursor) => $this->deleteMessagesAll(
            status: $status,
            endpointId: $endpointId,
            createdAfter: $createdAfter,
            createdBefore: $createdBefore,
            limit: $limit,
            cause: $cause,
            dryRun: $dryRun,
            cursor: $cursor,
        ));
    }

    /**
     * Lists messages, newest first.
     *
     * A page of a filter may be short, even empty, and have more behind it: follow `nextCursor`.
     *
     * @param string|list<'queued'|'delivering'|'succeeded'|'pending_retry'|'failed_permanent'>|null $status Only
     *     messages with one of these statuses.
     * @param DateTimeInterface|string|null $startTime Only messages accepted at this moment or later.
     * @param DateTimeInterface|string|null $endTime Only messages accepted before this moment.
     * @param int|null $limit 1 to 500, 50 where absent.
     * @param string|null $cursor The `nextCursor` of the page before.
     * @param string|null $endpointId Only messages of this endpoint.
     * @param string|null $q Only the message with this id, or messages with this text in their idempotency key.
     * @param string|null $error Only messages with this text in their last error.
     * @param string|null $cause Only messages whose last failure has this cause, in the words of `getDLQGroups`.
     * @param string|null $eventType Only messages of events of this type.
     * @param string|null $tenant Only messages of events of this tenant.
     * @param string|null $orderingKey Only messages with this ordering key.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, or what any call may meet
     */
    public function getLogs(
        string|array|null $status = null,
        DateTimeInterface|string|null $startTime = null,
        DateTimeInterface|string|null $endTime = null,
        ?int $limit = null,
        ?string $cursor = null,
        ?string $endpointId = null,
        ?string $q = null,
        ?string $error = null,
        ?string $cause = null,
        ?string $eventType = null,
        ?string $tenant = null,
        ?string $orderingKey = null,
    ): LogsResponse {
        $page = LogsResponse::of($this->call('logs.list', [
            'status' => Codec::words('status', $status),
            'start_time' => Codec::moment($startTime),
            'end_time' => Codec::moment($endTime),
            'limit' => $limit,
            'cursor' => $cursor,
            'endpoint_id' => $endpointId,
            'q' => $q,
            'error' => $error,
            'cause' => $cause,
            'event_type' => $eventType,
            'tenant' => $tenant,
            'ordering_key' => $orderingKey,
        ]));

        return $page->followedBy(fn (string $cursor) => $this->getLogs(
            status: $status,
            startTime: $startTime,
            endTime: $endTime,
            limit: $limit,
            cursor: $cursor,
            endpointId: $endpointId,
            q: $q,
            error: $error,
            cause: $cause,
            eventType: $eventType,
            tenant: $tenant,
            orderingKey: $orderingKey,
        ));
    }

    /**
     * The same as `getLogs`, over all pages: each is asked for when it is reached.
     *
     * @param string|list<'queued'|'delivering'|'succeeded'|'pending_retry'|'failed_permanent'>|null $status Only
     *     messages with one of these statuses.
     * @param DateTimeInterface|string|null $startTime Only messages accepted at this moment or later.
     * @param DateTimeInterface|string|null $endTime Only messages accepted before this moment.
     * @param int|null $limit 1 to 500, 50 where absent.
     * @param string|null $endpointId Only messages of this endpoint.
     * @param string|null $q Only the message with this id, or messages with this text in their idempotency key.
     * @param string|null $error Only messages with this text in their last error.
     * @param string|null $cause Only messages whose last failure has this cause, in the words of `getDLQGroups`.
     * @param string|null $eventType Only messages of events of this type.
     * @param string|null $tenant Only messages of events of this tenant.
     * @param string|null $orderingKey Only messages with this ordering key.
     * @return Generator<int, MessageSummary>
     * @throws HookBridgeException
     */
    public function iterLogs(
        string|array|null $status = null,
        DateTimeInterface|string|null $startTime = null,
        DateTimeInterface|string|null $endTime = null,
        ?int $limit = null,
        ?string $endpointId = null,
        ?string $q = null,
        ?string $error = null,
        ?string $cause = null,
        ?string $eventType = null,
        ?string $tenant = null,
        ?string $orderingKey = null,
    ): Generator {
        yield from Page::walk($this->getLogs(
            status: $status,
            startTime: $startTime,
            endTime: $endTime,
            limit: $limit,
            endpointId: $endpointId,
            q: $q,
            error: $error,
            cause: $cause,
            eventType: $eventType,
            tenant: $tenant,
            orderingKey: $orderingKey,
        ));
    }

    /**
     * Lists the messages that were given up, newest first.
     *
     * @param int|null $limit 1 to 1,000, 100 where absent.
     * @param string|null $cursor The `nextCursor` of the page before.
     * @param string|null $endpointId Only messages of this endpoint.
     * @param string|null $cause Only messages with this cause, in the words of `getDLQGroups`.
     * @param DateTimeInterface|string|null $startTime Only messages accepted at this moment or later.
     * @param DateTimeInterface|string|null $endTime Only messages accepted before this moment.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, or what any call may meet
     */
    public function getDLQMessages(
        ?int $limit = null,
        ?string $cursor = null,
        ?string $endpointId = null,
        ?string $cause = null,
        DateTimeInterface|string|null $startTime = null,
        DateTimeInterface|string|null $endTime = null,
    ): DLQResponse {
        $page = DLQResponse::of($this->call('dead_letters.list', [
            'limit' => $limit,
            'cursor' => $cursor,
            'endpoint_id' => $endpointId,
            'cause' => $cause,
            'start_time' => Codec::moment($startTime),
            'end_time' => Codec::moment($endTime),
        ]));

        return $page->followedBy(fn (string $cursor) => $this->getDLQMessages(
            limit: $limit,
            cursor: $cursor,
            endpointId: $endpointId,
            cause: $cause,
            startTime: $startTime,
            endTime: $endTime,
        ));
    }

    /**
     * The same as `getDLQMessages`, over all pages: each is asked for when it is reached.
     *
     * @param int|null $limit 1 to 1,000, 100 where absent.
     * @param string|null $endpointId Only messages of this endpoint.
     * @param string|null $cause Only messages with this cause, in the words of `getDLQGroups`.
     * @param DateTimeInterface|string|null $startTime Only messages accepted at this moment or later.
     * @param DateTimeInterface|string|null $endTime Only messages accepted before this moment.
     * @return Generator<int, MessageSummary>
     * @throws HookBridgeException
     */
    public function iterDLQMessages(
        ?int $limit = null,
        ?string $endpointId = null,
        ?string $cause = null,
        DateTimeInterface|string|null $startTime = null,
        DateTimeInterface|string|null $endTime = null,
    ): Generator {
        yield from Page::walk($this->getDLQMessages(
            limit: $limit,
            endpointId: $endpointId,
            cause: $cause,
            startTime: $startTime,
            endTime: $endTime,
        ));
    }

    /**
     * Counts the dead letter queue by cause and endpoint.
     *
     * A call reads at most 10,000 messages, newest first; where there are more, follow `nextCursor` and add up what has
     * the same cause and endpoint. Any filter by cause takes the words of `cause`.
     *
     * @param string|null $endpointId Only messages of this endpoint.
     * @param string|null $cursor The `nextCursor` of the call before.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, or what any call may meet
     */
    public function getDLQGroups(?string $endpointId = null, ?string $cursor = null): DeadLetterGroups
    {
        return DeadLetterGroups::of($this->call('dead_letters.groups', [
            'endpoint_id' => $endpointId,
            'cursor' => $cursor,
        ]));

        return $page->followedBy(fn (string $cursor) => $this->getDLQGroups(endpointId: $endpointId, cursor: $cursor));
    }

    /**
     * Delivers a message of the dead letter queue once more.
     *
     * @param string $messageId The message's id, a UUIDv7 with dashes.
     * @return ReplayMessageResponse
     * @throws HookBridgeException `NOT_FOUND`, `INVALID_STATUS`, `RETENTION_EXPIRED`, `PAYLOAD_UNAVAILABLE`, or
     *     what any call may meet
     */
    public function replayFromDLQ(string $messageId)
    {
        return ReplayMessageResponse::of($this->call('dead_letters.replay', ['message_id' => $messageId]));
    }

    /**
     * Counts what happened in a window of time.
     *
     * @param '1h'|'24h'|'7d'|'30d'|null $window `1h`, `24h`, `7d` or `30d`; `24h` where absent.
     * @param string|null $endpointId Only messages and attempts of this endpoint.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, or what any call may meet
     */
    public function getMetrics(?string $window = '24h', ?string $endpointId = null): Metrics
    {
        return Metrics::of($this->call('metrics.get', ['window' => $window, 'endpoint_id' => $endpointId]));
    }

    /**
     * Counts what happened in each bucket of a window.
     *
     * @param '1h'|'24h'|'7d'|'30d'|null $window `1h`, `24h`, `7d` or `30d`; `24h` where absent.
     * @param string|null $endpointId Only messages and attempts of this endpoint.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, or what any call may meet
     */
    public function getTimeseriesMetrics(?string $window = '24h', ?string $endpointId = null): TimeSeriesMetrics
    {
        return TimeSeriesMetrics::of($this->call('metrics.timeseries', [
            'window' => $window,
            'endpoint_id' => $endpointId,
        ]));
    }

    /**
     * Lists API keys, oldest first.
     *
     * @return list<APIKey>
     * @throws HookBridgeException
     */
    public function listAPIKeys(): array
    {
        return array_map(APIKey::of(...), $this->call('api_keys.list', [])['data']);
    }

    /**
     * Makes an API key.
     *
     * It lets its owner use a sidecar on this outbox. The key is shown only in the answer.
     *
     * @param 'live'|'test'|null $mode `live` where absent.
     * @param string|null $label A label for people, at most 255 characters.
     * @param 'full'|'read'|'send'|null $scope What the key lets its owner do over HTTP, `full` where absent.
     * @throws HookBridgeException
     */
    public function createAPIKey(?string $mode = null, ?string $label = null, ?string $scope = null): APIKeyWithSecret
    {
        return APIKeyWithSecret::of($this->call('api_keys.create', [
            'mode' => $mode,
            'label' => $label,
            'scope' => $scope,
        ]));
    }

    /**
     * Deletes an API key: it lets nobody in any more.
     *
     * @param string $keyId The API key's id, `key_...`.
     * @throws HookBridgeException `NOT_FOUND`, or what any call may meet
     */
    public function deleteAPIKey(string $keyId): void
    {
        $this->call('api_keys.delete', ['key_id' => $keyId]);
    }

    /**
     * Makes a code that signs a browser in to the console once.
     *
     * It works for 60 seconds, at every console of the outbox. The session is that of the caller's API key; in a
     * process it is that of a key which is made for this, with the label `hookbridge console`.
     *
     * @throws HookBridgeException
     */
    public function createLoginCode(): CreateLoginCodeResponse
    {
        return CreateLoginCodeResponse::of($this->call('login_codes.create', []));
    }

    /**
     * Has a CSV file of messages written.
     *
     * The file is written in the background; it is kept for seven days.
     *
     * @param DateTimeInterface|string $startTime Messages accepted at this moment or later.
     * @param DateTimeInterface|string $endTime Messages accepted before this moment.
     * @param 'queued'|'delivering'|'succeeded'|'pending_retry'|'failed_permanent'|null $status Only messages with
     *     this status.
     * @param string|null $endpointId Only messages of this endpoint, which may have been deleted.
     * @throws HookBridgeException `ENDPOINT_NOT_FOUND`, `RATE_LIMIT_EXCEEDED`, or what any call may meet
     */
    public function createExport(
        DateTimeInterface|string $startTime,
        DateTimeInterface|string $endTime,
        ?string $status = null,
        ?string $endpointId = null,
    ): ExportRecord {
        return ExportRecord::of($this->call('exports.create', [
            'start_time' => Codec::moment($startTime),
            'end_time' => Codec::moment($endTime),
            'status' => $status,
            'endpoint_id' => $endpointId,
        ]));
    }

    /**
     * Lists exports, newest first.
     *
     * @return list<ExportRecord>
     * @throws HookBridgeException
     */
    public function listExports(): array
    {
        return array_map(ExportRecord::of(...), $this->call('exports.list', [])['data']);
    }

    /**
     * Shows an export.
     *
     * @param string $exportId The export's id, a UUIDv7 with dashes.
     * @throws HookBridgeException `NOT_FOUND`, or what any call may meet
     */
    public function getExport(string $exportId): ExportRecord
    {
        return ExportRecord::of($this->call('exports.get', ['export_id' => $exportId]));
    }

    /**
     * Says where an export's file is.
     *
     * @param string $exportId The export's id, a UUIDv7 with dashes.
     * @throws HookBridgeException `NOT_FOUND`, `EXPORT_NOT_READY`, `EXPORT_EXPIRED`, or what any call may meet
     */
    public function downloadExport(string $exportId): string
    {
        return $this->call('exports.download', ['export_id' => $exportId])['download_url'];
    }

    /**
     * Removes an export and its file.
     *
     * @param string $exportId The export's id, a UUIDv7 with dashes.
     * @throws HookBridgeException `NOT_FOUND`, or what any call may meet
     */
    public function deleteExport(string $exportId): void
    {
        $this->call('exports.delete', ['export_id' => $exportId]);
    }

    /**
     * Says how the outbox stands.
     *
     * @throws HookBridgeException
     */
    public function stats(): Stats
    {
        return Stats::of($this->call('stats', []));
    }

    /**
     * Says who asks, and what answers.
     *
     * The caller's API key with its scope, the version, the file, and the limits in force.
     *
     * @throws HookBridgeException
     */
    public function whoami(): WhoAmI
    {
        return WhoAmI::of($this->call('whoami', []));
    }

    /**
     * Lists what callers with an API key changed, newest first.
     *
     * Endpoints and keys that were made, changed, paused or deleted, messages that were replayed, cancelled or deleted:
     * by which key, and how many. The newest 100,000 are kept.
     *
     * @param int|null $limit 1 to 500, 50 where absent.
     * @param string|null $cursor The `nextCursor` of the page before.
     * @throws HookBridgeException
     */
    public function listActivity(?int $limit = null, ?string $cursor = null): ActivityResponse
    {
        $page = ActivityResponse::of($this->call('activity.list', ['limit' => $limit, 'cursor' => $cursor]));

        return $page->followedBy(fn (string $cursor) => $this->listActivity(limit: $limit, cursor: $cursor));
    }

    /**
     * The same as `listActivity`, over all pages: each is asked for when it is reached.
     *
     * @param int|null $limit 1 to 500, 50 where absent.
     * @return Generator<int, Activity>
     * @throws HookBridgeException
     */
    public function iterActivity(?int $limit = null): Generator
    {
        yield from Page::walk($this->listActivity(limit: $limit));
    }

    /**
     * Names API keys by their ids.
     *
     * 1 to 100 ids in all. Ids that are unknown are missing in the answer.
     *
     * @param list<string>|null $userIds Ids of users. An outbox has none, so none is found.
     * @param list<string>|null $apiKeyIds Ids of API keys: `key_...`.
     * @throws HookBridgeException
     */
    public function lookupActors(?array $userIds = null, ?array $apiKeyIds = null): ActorLookupResult
    {
        return ActorLookupResult::of($this->call('actors.lookup', [
            'user_id' => Codec::texts('userIds', $userIds),
            'api_key_id' => Codec::texts('apiKeyIds', $apiKeyIds),
        ]));
    }
}
