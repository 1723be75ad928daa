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
use HookBridge\Result\SendFailure;
use HookBridge\Result\SendResult;
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
        self::assertSame(200, $client->getMessageAttempts($result->messageId)->data[0]->responseStatus);
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

    public function testAStringIsSentByteForByte(): void
    {
        $client = $this->open();
        $endpoint = $client->createEndpoint($this->receiver->url);
        $payload = " {\"n\": 9007199254740993, \"x\": 1.10, \"big\": 1e400} \n";
        $client->send($endpoint->id, $payload);
        $batch = $client->sendBatch([
            new BatchMessage($endpoint->id, '{"x": 2.50}', ['X-A' => 'b']),
            new BatchMessage(self::UNKNOWN, null),
        ]);
        self::assertInstanceOf(SendResult::class, $batch[0]);
        self::assertInstanceOf(SendFailure::class, $batch[1]);
        self::assertSame('ENDPOINT_NOT_FOUND', $batch[1]->code);
        self::assertTrue($client->flush());
        $bodies = array_column($this->receiver->deliveries(), 'body');
        sort($bodies);
        self::assertSame([$payload, '{"x": 2.50}'], $bodies);
    }

    public function testFailuresAreExceptionsWithACode(): void
    {
        $client = $this->open();
        $error = self::raised(fn () => $client->send(self::UNKNOWN, []));
        self::assertInstanceOf(NotFoundException::class, $error);
        self::assertSame(['ENDPOINT_NOT_FOUND', 404], [$error->errorCode, $error->statusCode]);
        self::assertFalse($error->isRetryable);
        self::assertNull($error->requestId);

        $endpoint = $client->createEndpoint($this->receiver->url);
        $client->send($endpoint->id, ['n' => 1], idempotencyKey: 'k');
        $error = self::raised(fn () => $client->send($endpoint->id, ['n' => 2], idempotencyKey: 'k'));
        self::assertInstanceOf(IdempotencyException::class, $error);

        foreach (
            [
                'INVALID_REQUEST' => fn () => $client->send($endpoint->id, '{'),
                'INVALID_HEADERS' => fn () => $client->send($endpoint->id, 1, ['X-A' => 1]),
                'PAYLOAD_TOO_LARGE' => fn () => $client->send($endpoint->id, '"' . str_repeat('x', 2 << 20) . '"'),
                'INVALID_CONFIGURATION' => fn () => $this->open(durability: 'maybe'),
            ] as $code => $call
        ) {
            $error = self::raised($call);
            self::assertInstanceOf(ValidationException::class, $error, $code);
            self::assertSame($code, $error->errorCode);
        }
        foreach ([NAN, "\xff", fopen('php://memory', 'r')] as $value) {
            $error = self::raised(fn () => $client->send($endpoint->id, [$value]));
            self::assertSame('INVALID_REQUEST', $error->errorCode);
        }
        foreach ([-1, 1 << 32] as $hours) {
            $error = self::raised(fn () => $client->send($endpoint->id, 1, retentionHours: $hours));
            self::assertSame('INVALID_REQUEST', $error->errorCode);
        }
        $this->assertTrue($client->close());
        $client->close();
        $error = self::raised(fn () => $client->send($endpoint->id, 1));
        self::assertSame([HookBridgeException::class, 'CLOSED'], [$error::class, $error->errorCode]);

        $elsewhere = new HookBridge('KEY', 'http://127.0.0.1:1', retries: 0);
        self::assertInstanceOf(NetworkException::class, self::raised(fn () => $elsewhere->listEndpoints()));
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
        self::assertSame($endpoint->id, $client->listEndpoints(limit: 1)->data[0]->id);
        self::assertTrue($client->pauseEndpoint($endpoint->id)->paused);
        self::assertFalse($client->resumeEndpoint($endpoint->id)->paused);
        $key = $client->rotateEndpointSecret($endpoint->id);
        self::assertCount(2, $client->listEndpointSigningKeys($endpoint->id)->data);
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
        self::assertSame($id, $client->getDLQMessages()->data[0]->messageId);
        self::assertSame($id, $client->getLogs(status: 'failed_permanent')->data[0]->messageId);
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
        self::assertCount(1, $client->listExports()->data);
        $client->deleteExport($export->id);

        $apiKey = $client->createAPIKey('test', 'mine');
        self::assertSame('mine', $client->lookupActors(apiKeyIds: [$apiKey->keyId])->apiKeys[$apiKey->keyId]);
        self::assertCount(1, $client->listAPIKeys()->data);
        $client->deleteAPIKey($apiKey->keyId);

        self::assertSame('deleted', $client->deleteMessagesBatch([$id])->results[0]->outcome);
        self::assertTrue($client->deleteMessage($id)->alreadyDeleted);
        $client->deleteMessagesAll(createdBefore: new DateTimeImmutable('-1 hour'));
        $client->deleteEndpoint($endpoint->id);
        $client->close();
    }

    public function testEveryOperationHasItsMethod(): void
    {
        $rows = json_decode(file_get_contents(__DIR__ . '/../../../tests/conformance/operations.json'), true);
        self::assertGreaterThan(30, count($rows));
        $plural = ['api_key_id' => 'apiKeyIds', 'user_id' => 'userIds'];
        foreach ($rows as $row) {
            $method = new ReflectionMethod(HookBridge::class, self::camel($row['method']));
            $found = array_map(static fn ($one) => $one->getName(), $method->getParameters());
            $wanted = array_map(static fn ($one) => $plural[$one] ?? self::camel($one), $row['args']);
            $wanted = $row['method'] === 'lookup_actors' ? array_values($plural) : $wanted;
            self::assertSame([], array_diff($wanted, $found), $row['method']);
            self::assertNotFalse($method->getDocComment(), $row['method']);
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

    public function testTheExample(): void
    {
        $output = $this->program(
            [PHP_BINARY, __DIR__ . '/../examples/send.php', $this->receiver->url],
            ['HOOKBRIDGE_ALLOW_LOCAL_ENDPOINTS' => 'true', 'HOOKBRIDGE_VERIFY_DNS' => 'false'],
        );
        self::assertMatchesRegularExpression('/^accepted [0-9a-f-]{36}\nsucceeded\n$/', $output);
        self::assertCount(1, $this->receiver->deliveries());
    }
}
