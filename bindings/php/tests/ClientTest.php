<?php

declare(strict_types=1);

namespace HookBridge\Tests;

use DateTimeImmutable;
use HookBridge\BatchMessage;
use HookBridge\Exception\HookBridgeException;
use HookBridge\Exception\IdempotencyException;
use HookBridge\Exception\NetworkException;
use HookBridge\Exception\NotFoundException;
use HookBridge\Exception\ValidationException;
use HookBridge\HookBridge;
use HookBridge\Native\Library;
use HookBridge\RawJson;
use HookBridge\Response\SendFailure;
use HookBridge\Response\SendResponse;
use ReflectionMethod;

final class ClientTest extends OutboxTestCase
{
    private const UNKNOWN = 'ep_00000000000000000000000000000000';

    public function testASentMessageArrivesSignedByBothSchemes(): void
    {
        $client = $this->open(apiKey: 'KEY');
        $endpoint = $client->createEndpoint($this->receiver->url . '/hooks');
        $result = $client->send(
            endpointId: $endpoint->id,
            payload: ['event' => 'order.created', 'name' => 'Zoë/☃', 'empty' => (object) [], 'n' => 1.0],
            headers: ['X-Source' => 'billing-service'],
            idempotencyKey: 'order-123-created-v1',
        );
        self::assertTrue($client->flush());
        [$delivery] = $this->receiver->deliveries();
        self::assertSame('{"event":"order.created","name":"Zoë/☃","empty":{},"n":1.0}', $delivery['body']);
        self::assertSame('billing-service', $delivery['headers']['x-source']);
        self::assertSame($result->messageId, $delivery['headers']['webhook-id']);
        $expected = self::signatures(
            [$endpoint->signingSecret],
            $result->messageId,
            $delivery['headers']['x-webhook-timestamp'],
            $delivery['body'],
        );
        $found = [$delivery['headers']['x-webhook-signature'], $delivery['headers']['webhook-signature']];
        self::assertSame($expected, $found);

        $message = $client->getMessage($result->messageId);
        self::assertSame('succeeded', $message->status);
        self::assertSame('order-123-created-v1', $message->idempotencyKey);
        self::assertInstanceOf(DateTimeImmutable::class, $message->deliveredAt);
        self::assertEqualsWithDelta(time(), $message->createdAt->getTimestamp(), 60);
        self::assertSame(200, $client->getMessageAttempts($result->messageId)[0]->responseStatus);
        $client->close();
    }

    public function testTheSharedSignatureVectors(): void
    {
        $vectors = json_decode(file_get_contents(__DIR__ . '/../../../tests/conformance/signatures.json'), true);
        self::assertNotEmpty($vectors);
        foreach ($vectors as $one) {
            $made = self::signatures($one['secrets'], $one['message_id'], (string) $one['timestamp'], $one['body']);
            self::assertSame([$one['webhook'], $one['standard']], $made);
        }
    }

    /** @return array{string, string} */
    private static function signatures(array $secrets, string $id, string $timestamp, string $body): array
    {
        $webhook = $standard = [];
        foreach ($secrets as $secret) {
            $webhook[] = 'sha256=' . hash_hmac('sha256', "{$timestamp}.{$body}", $secret);
            $key = base64_decode(substr($secret, strlen('whsec_')), true);
            $standard[] = 'v1,' . base64_encode(hash_hmac('sha256', "{$id}.{$timestamp}.{$body}", $key, true));
        }

        return [implode(',', $webhook), implode(' ', $standard)];
    }

    public function testTextIsAJsonStringAndADocumentIsSentByteForByte(): void
    {
        $client = $this->open();
        $endpoint = $client->createEndpoint($this->receiver->url);
        $document = " {\"n\": 9007199254740993, \"x\": 1.10, \"big\": 1e400} \n";
        $client->send($endpoint->id, new RawJson($document));
        $client->send($endpoint->id, '{"x": 1}');
        $batch = $client->sendBatch([
            new BatchMessage($endpoint->id, new RawJson('{"x": 2.50}'), ['X-A' => 'b']),
            new BatchMessage(self::UNKNOWN, null),
            new BatchMessage($endpoint->id, 'text', []),
        ]);
        self::assertInstanceOf(SendResponse::class, $batch[0]);
        self::assertInstanceOf(SendFailure::class, $batch[1]);
        self::assertSame('ENDPOINT_NOT_FOUND', $batch[1]->code);
        self::assertTrue($client->flush());
        $bodies = array_column($this->receiver->deliveries(), 'body');
        sort($bodies);
        self::assertSame([$document, '"text"', '"{\\"x\\": 1}"', '{"x": 2.50}'], $bodies);
    }

    public function testARawPayloadOfABatchCannotBeginAnotherMessage(): void
    {
        $client = $this->open();
        $endpoint = $client->createEndpoint($this->receiver->url);
        $smuggled = '1},{"endpoint_id":"' . $endpoint->id . '","payload":2';
        foreach ([$smuggled, '1,2', '', 'NaN', '{'] as $document) {
            $messages = [new BatchMessage($endpoint->id, 0), new BatchMessage($endpoint->id, new RawJson($document))];
            $error = self::raised(fn () => $client->sendBatch($messages));
            self::assertInstanceOf(ValidationException::class, $error);
            self::assertStringContainsString('`messages[1]->payload`', $error->getMessage());
        }
        self::assertTrue($client->flush());
        self::assertSame([], $this->receiver->deliveries());
    }

    public function testFailuresAreExceptionsWithACode(): void
    {
        $client = $this->open();
        $error = self::raised(fn () => $client->send(self::UNKNOWN, []));
        self::assertInstanceOf(NotFoundException::class, $error);
        self::assertSame('NOT_FOUND', $error->errorCode);
        self::assertSame(['ENDPOINT_NOT_FOUND', 404], [$error->exactCode, $error->statusCode]);
        self::assertFalse($error->isRetryable);
        self::assertMatchesRegularExpression('/^req_[0-9a-f]{32}$/', $error->requestId ?? '');

        $endpoint = $client->createEndpoint($this->receiver->url);
        $client->send($endpoint->id, ['n' => 1], idempotencyKey: 'k');
        $error = self::raised(fn () => $client->send($endpoint->id, ['n' => 2], idempotencyKey: 'k'));
        self::assertInstanceOf(IdempotencyException::class, $error);

        foreach (
            [
                'INVALID_REQUEST' => fn () => $client->send($endpoint->id, new RawJson('{')),
                'INVALID_HEADERS' => fn () => $client->send($endpoint->id, 1, ['X-A' => 1]),
                'INVALID_STATUS' => fn () => $client->retryNow($client->send($endpoint->id, 1)->messageId),
                'INVALID_CONFIGURATION' => fn () => $this->open(durability: 'maybe'),
            ] as $code => $call
        ) {
            $error = self::raised($call);
            self::assertInstanceOf(ValidationException::class, $error, $code);
            self::assertSame([$code, 'VALIDATION_ERROR'], [$error->exactCode, $error->errorCode]);
        }
        $error = self::raised(fn () => $client->send($endpoint->id, str_repeat('x', 2 << 20)));
        self::assertSame(
            [HookBridgeException::class, 'PAYLOAD_TOO_LARGE', 413],
            [$error::class, $error->errorCode, $error->statusCode],
        );
        $this->assertTrue($client->close());
        $client->close();
        $error = self::raised(fn () => $client->send($endpoint->id, 1));
        self::assertSame([HookBridgeException::class, 'CLOSED'], [$error::class, $error->errorCode]);

        $elsewhere = new HookBridge('KEY', 'http://127.0.0.1:1', retries: 0);
        $error = self::raised(fn () => $elsewhere->listEndpoints());
        self::assertInstanceOf(NetworkException::class, $error);
        self::assertTrue($error->isRetryable);
    }

    public function testWhatIsWrongIsNamedAsTheCallerWroteIt(): void
    {
        $client = $this->open();
        $id = $client->createEndpoint($this->receiver->url)->id;
        foreach (
            [
                '`apiKey` must not be empty' => fn () => new HookBridge(''),
                '`maxInFlight`' => fn () => $this->open(maxInFlight: 0),
                '`rateLimitRps`' => fn () => $client->updateEndpoint($id, rateLimitRps: 1001),
                '`payload`' => fn () => $client->send($id, [NAN]),
                '`headers[\'X-A\']`' => fn () => $client->send($id, 1, ['X-A' => 1]),
                '`idempotencyKey`' => fn () => $client->send($id, 1, idempotencyKey: 'no spaces'),
                '`retentionHours`' => fn () => $client->send($id, 1, retentionHours: -1),
                '`messages[1]`' => fn () => $client->sendBatch([new BatchMessage($id, 1), ['endpointId' => $id]]),
                '`messages[0]->payload`' => fn () => $client->sendBatch([new BatchMessage($id, "\xff")]),
                '`messageIds[1]`' => fn () => $client->replayBatchMessages(['one', 2]),
                '`description`' => fn () => $client->createEndpoint($this->receiver->url, "\xff"),
            ] as $name => $call
        ) {
            self::assertStringContainsString($name, self::raised($call)->getMessage());
        }
        $schedule = ['often'];
        $call = fn () => $client->createEndpoint($this->receiver->url, retrySchedule: $schedule);
        self::assertStringContainsString('`retrySchedule[0]`', self::raised($call)->getMessage());
        $strict = new HookBridge(database: "{$this->folder}/strict.db");
        foreach (['http://example.com/hooks', 'https://127.0.0.1/hooks'] as $url) {
            $error = self::raised(fn () => $strict->createEndpoint($url));
            self::assertStringContainsString('`allowLocalEndpoints`', $error->getMessage());
        }
        foreach (["\xff", fopen('php://memory', 'r')] as $value) {
            self::assertSame('INVALID_REQUEST', self::raised(fn () => $client->send($id, [$value]))->exactCode);
        }
        $error = self::raised(fn () => $client->send($id, 1, retentionHours: 1 << 32));
        self::assertSame('INVALID_REQUEST', $error->exactCode);
        try {
            $client->send($id, 1, idempotencykey: 'k');
            self::fail('it took an argument that there is not');
        } catch (\Error $error) {
            self::assertStringContainsString('$idempotencykey', $error->getMessage());
        }
        self::assertInstanceOf(NotFoundException::class, self::raised(fn () => $client->listInboundEndpoints()));
        $this->expectException(\BadMethodCallException::class);
        $client->sned($id, 1);
    }

    private static function raised(callable $call): HookBridgeException
    {
        try {
            $call();
        } catch (HookBridgeException $error) {
            return $error;
        }
        self::fail('nothing was raised');
    }

    public function testTheOtherMethods(): void
    {
        $client = $this->open(maxAttempts: 1);
        $url = $this->receiver->url . '/status/500';
        $endpoint = $client->createEndpoint($url, description: 'one', headers: ['1' => 'x']);
        self::assertSame('x', $client->getEndpoint($endpoint->id)->headers['1']);
        self::assertSame('two', $client->updateEndpoint($endpoint->id, description: 'two')->description);
        self::assertSame([], (array) $client->updateEndpoint($endpoint->id, headers: [])->headers);
        self::assertSame($endpoint->id, $client->listEndpoints(limit: 1)->endpoints[0]->id);
        self::assertTrue($client->pauseEndpoint($endpoint->id)->paused);
        self::assertFalse($client->resumeEndpoint($endpoint->id)->paused);
        $key = $client->rotateEndpointSecret($endpoint->id);
        self::assertCount(2, $client->listEndpointSigningKeys($endpoint->id));
        $client->deleteEndpointSigningKey($endpoint->id, $key->id);

        $events = $client->events();
        $id = $client->send($endpoint->id, [])->messageId;
        $readable = [$events->stream()];
        $none = null;
        self::assertSame(1, stream_select($readable, $none, $none, 30));
        $event = $events->next(30.0);
        while ($event !== null && $event->kind !== 'message_dead') {
            $event = $events->next(30.0);
        }
        self::assertSame($id, $event?->messageId);
        self::assertSame([0, []], [$events->dropped(), iterator_to_array($events)]);
        self::assertSame($id, $client->getDLQMessages()->messages[0]->messageId);
        self::assertSame($id, $client->getLogs('failed_permanent')->messages[0]->messageId);
        self::assertSame($id, $client->replayFromDLQ($id)->messageId);
        self::assertTrue($client->flush());
        self::assertSame([$id], $client->replayAllMessages('failed_permanent')->replayedMessageIds);
        self::assertTrue($client->flush());
        self::assertSame(1, $client->replayBatchMessages([$id])->replayed);
        self::assertTrue($client->flush());
        self::assertSame(1, $client->getMetrics('1h')->totalMessages);
        self::assertInstanceOf(DateTimeImmutable::class, $client->getTimeseriesMetrics('1h')->buckets[0]->timestamp);
        self::assertSame(1, $client->stats()->dead);
        self::assertSame(getmypid(), $client->stats()->deliverer?->pid);

        $export = $client->createExport(new DateTimeImmutable('-1 hour'), new DateTimeImmutable('+1 hour'));
        until(fn () => $client->getExport($export->id)->status === 'completed', 'the export is written');
        self::assertStringContainsString($id, file_get_contents($client->downloadExport($export->id)));
        self::assertCount(1, $client->listExports());
        $client->deleteExport($export->id);

        $apiKey = $client->createAPIKey('test', 'mine');
        $actors = $client->lookupActors(apiKeyIds: [$apiKey->keyId, 'key_unknown']);
        self::assertSame([$apiKey->keyId], array_keys($actors->apiKeys));
        self::assertSame('mine', $actors->apiKeys[$apiKey->keyId]->label);
        self::assertNull($actors->users);
        self::assertSame([], $client->lookupActors(userIds: ['user-1'])->users);
        self::assertCount(1, $client->listAPIKeys());
        $client->deleteAPIKey($apiKey->keyId);

        self::assertSame('deleted', $client->deleteMessagesBatch([$id])->results[0]->outcome);
        self::assertTrue($client->deleteMessage($id)->alreadyDeleted);
        self::assertSame(0, $client->deleteMessagesAll(createdBefore: new DateTimeImmutable('-1 hour'))->deleted);
        $none = $client->deleteMessagesAll('queued, delivering', createdAfter: '2001-01-01T00:00:00Z');
        self::assertSame([0, []], [$none->deleted, $none->deletedMessageIds]);
        self::assertSame(0, $client->deleteMessagesAll(['succeeded', 'queued'])->deleted);
        $client->deleteEndpoint($endpoint->id);
        $client->close();
    }

    public function testEveryOperationHasItsMethod(): void
    {
        $rows = json_decode(file_get_contents(__DIR__ . '/../../../tests/conformance/operations.json'), true);
        self::assertGreaterThan(30, count($rows));
        $plural = ['api_key_id' => 'apiKeyIds', 'user_id' => 'userIds'];
        $methods = get_class_methods(HookBridge::class);
        foreach ($rows as $row) {
            $method = new ReflectionMethod(HookBridge::class, self::camel($row['method']));
            $found = array_map(static fn ($one) => $one->getName(), $method->getParameters());
            $wanted = array_map(static fn ($one) => $plural[$one] ?? self::camel($one), $row['args']);
            $wanted = $row['method'] === 'lookup_actors' ? array_values($plural) : $wanted;
            self::assertSame([], array_diff($wanted, $found), $row['method']);
            self::assertNotFalse($method->getDocComment(), $row['method']);
            self::assertContains($method->getName(), $methods);
        }
    }

    private static function camel(string $name): string
    {
        return lcfirst(str_replace('_', '', ucwords($name, '_')));
    }

    public function testTheInterfaceIsThatOfTheHeader(): void
    {
        $header = file_get_contents(__DIR__ . '/../../../include/hookbridge.h');
        self::assertStringContainsString('HOOKBRIDGE_ABI_VERSION ' . Library::ABI_VERSION . "\n", $header);
        self::assertFileEquals(__DIR__ . '/../../../include/hookbridge_ffi.h', __DIR__ . '/../native/hookbridge_ffi.h');
    }
}
