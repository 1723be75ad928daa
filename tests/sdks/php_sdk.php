<?php

declare(strict_types=1);

// A program for the surface of the published PHP package: only methods, arguments and properties that it has. It runs
// with the package whose autoloader is named, in the way that the environment says: `php php_sdk.php autoload.php`. It
// prints a line for each check.

namespace HookBridge\Tests;

use DateTimeImmutable;
use HookBridge\Exception\AuthenticationException;
use HookBridge\Exception\HookBridgeException;
use HookBridge\Exception\IdempotencyException;
use HookBridge\Exception\NotFoundException;
use HookBridge\Exception\ReplayLimitException;
use HookBridge\Exception\ValidationException;
use HookBridge\HookBridge;
use HookBridge\Response\APIKey;
use HookBridge\Response\AttemptRecord;
use HookBridge\Response\CreateEndpointResponse;
use HookBridge\Response\DLQResponse;
use HookBridge\Response\ListEndpointsResponse;
use HookBridge\Response\LogsResponse;
use HookBridge\Response\Message;
use HookBridge\Response\MessageSummary;
use HookBridge\Response\SigningKey;
use RuntimeException;
use Throwable;

require $argv[1];
require __DIR__ . '/../../bindings/php/tests/Receiver.php';

// What our package takes from variables, beside the constructor's arguments that both have.
$settings = json_decode(getenv('SDK_TEST_SETTINGS'), true, 512, JSON_THROW_ON_ERROR) + ['verify_dns' => false];
foreach ($settings as $name => $value) {
    putenv('HOOKBRIDGE_' . strtoupper($name) . '=' . (is_bool($value) ? json_encode($value) : $value));
}

const UNKNOWN_MESSAGE = '00000000-0000-7000-8000-000000000000';

/** Fails the check where `$found` is not `$wanted`. */
function same(mixed $wanted, mixed $found, string $what = ''): void
{
    if ($wanted !== $found) {
        throw new RuntimeException(trim("{$what}: ", ': ') . json_encode($found) . ' is not ' . json_encode($wanted));
    }
}

function holds(bool $claim, string $what): void
{
    same(true, $claim, $what);
}

/** The call must raise exactly this. */
function refused(string $class, string $code, int $status, callable $call): HookBridgeException
{
    try {
        $call();
    } catch (HookBridgeException $error) {
        same([$class, $code, $status], [$error::class, $error->errorCode, $error->statusCode], $error->getMessage());

        return $error;
    }
    throw new RuntimeException("nothing was raised instead of {$class}");
}

/** Every method whose name begins with `check` is one, in the order in which they are written. */
final class Checks
{
    private readonly HookBridge $client;
    private readonly Receiver $receiver;
    private readonly string $key;
    private readonly string $mode;
    private readonly string $log;
    private int $endpoints = 0;

    public function __construct()
    {
        $this->key = getenv('SDK_TEST_KEY');
        $this->mode = getenv('SDK_TEST_MODE');
        $this->log = tempnam(sys_get_temp_dir(), 'hookbridge-php-sdk-');
        $this->receiver = new Receiver($this->log);
        $this->client = new HookBridge($this->key);
    }

    public function end(): void
    {
        $this->receiver->stop();
        unlink($this->log);
    }

    // What checks begin with.

    private function endpoint(int $status = 200, mixed ...$more): CreateEndpointResponse
    {
        $path = ($status === 200 ? '' : "/status/{$status}") . '/' . ++$this->endpoints;

        return $this->client->createEndpoint($this->receiver->url . $path, ...$more);
    }

    private function sent(CreateEndpointResponse $endpoint): string
    {
        $answer = $this->client->send($endpoint->id, ['event' => 'order.created', 'id' => bin2hex(random_bytes(8))]);
        same('queued', $answer->status);

        return $answer->messageId;
    }

    private function settled(string $id, string $status, int $attempts): Message
    {
        $end = microtime(true) + 60;
        while (true) {
            $message = $this->client->getMessage($id);
            if ($message->status === $status && $message->attemptCount === $attempts) {
                return $message;
            }
            holds(microtime(true) < $end, "{$id} is {$message->status} after {$message->attemptCount} attempts");
            usleep(20_000);
        }
    }

    /** @return list<array{path: string, headers: array<string, string>, body: string}> */
    private function deliveries(CreateEndpointResponse $endpoint): array
    {
        $path = parse_url($endpoint->url, PHP_URL_PATH);

        return array_values(array_filter($this->receiver->deliveries(), static fn ($one) => $one['path'] === $path));
    }

    /**
     * An endpoint's messages in a list.
     *
     * @param list<MessageSummary> $messages
     * @return list<MessageSummary>
     */
    private static function of(CreateEndpointResponse $endpoint, array $messages): array
    {
        return array_values(array_filter($messages, static fn ($one) => $one->endpoint === $endpoint->url));
    }

    // The checks.

    public function checkTheKey(): void
    {
        refused(ValidationException::class, 'VALIDATION_ERROR', 400, static fn () => new HookBridge(''));
        if ($this->mode !== 'embedded') {
            $wrong = new HookBridge('hb_test_' . str_repeat('0', 32));
            $call = static fn () => $wrong->getLogs();
            $error = refused(AuthenticationException::class, 'AUTHENTICATION_ERROR', 401, $call);
            holds($error->requestId !== null, 'it has no request id');
        }
    }

    public function checkTheConstructor(): void
    {
        $url = getenv('HOOKBRIDGE_BASE_URL') ?: null;
        $client = new HookBridge($this->key, $url, $url, 30.0, 3);
        holds($client->listEndpoints() instanceof ListEndpointsResponse, 'it lists no endpoints');
    }

    public function checkEndpoints(): void
    {
        $url = 'https://example.com/hooks';
        $created = $this->client->createEndpoint($url, 'orders', true, 7, 9, ['X-Team' => 'a']);
        same(1, preg_match('/^ep_[0-9a-f]{32}$/', $created->id));
        same(1, preg_match('/^whsec_.{32}$/', $created->signingSecret));
        same([$url, 'orders'], [$created->url, $created->description]);
        holds(abs($created->createdAt->getTimestamp() - time()) < 300, 'it was made long ago');
        $found = $this->client->getEndpoint($created->id);
        same([true, false], [$found->hmacEnabled, $found->paused]);
        same([7, 9, ['X-Team' => 'a']], [$found->rateLimitRps, $found->burst, $found->headers]);
        $changed = $this->client->updateEndpoint($created->id, null, 'new', null, 0, 0, ['X-Team' => 'b']);
        same([$url, 'new', ['X-Team' => 'b']], [$changed->url, $changed->description, $changed->headers]);
        holds(($changed->rateLimitRps ?? 0) === 0 && ($changed->burst ?? 0) === 0, 'the limits stay');
        $this->client->updateEndpoint(endpointId: $created->id, hmacEnabled: false, rateLimitRps: 5);
        same(5, $this->client->getEndpoint($created->id)->rateLimitRps);
        $this->client->deleteEndpoint($created->id);
        foreach (['getEndpoint', 'deleteEndpoint'] as $method) {
            refused(NotFoundException::class, 'NOT_FOUND', 404, fn () => $this->client->$method($created->id));
        }
    }

    public function checkPagesOfEndpoints(): void
    {
        $made = [$this->endpoint()->id, $this->endpoint()->id, $this->endpoint()->id];
        $seen = [];
        $cursor = null;
        do {
            $page = $this->client->listEndpoints(2, $cursor);
            holds(count($page->endpoints) <= 2, 'the page is too long');
            foreach ($page->endpoints as $endpoint) {
                $seen[] = $endpoint->id;
                same(false, $endpoint->paused);
            }
            $cursor = $page->nextCursor;
        } while ($page->hasMore);
        same([], array_diff($made, $seen));
        same(count($seen), count(array_unique($seen)));
        refused(ValidationException::class, 'VALIDATION_ERROR', 400, fn () => $this->client->listEndpoints(101));
    }

    public function checkBadEndpoints(): void
    {
        foreach (['ftp://example.com/', 'http://169.254.169.254/latest'] as $url) {
            refused(ValidationException::class, 'VALIDATION_ERROR', 400, fn () => $this->client->createEndpoint($url));
        }
        $call = fn () => $this->client->createEndpoint('https://example.com/x', headers: ['Host' => 'elsewhere']);
        refused(ValidationException::class, 'VALIDATION_ERROR', 400, $call);
    }

    public function checkSigningKeys(): void
    {
        $endpoint = $this->endpoint();
        $keys = $this->client->listEndpointSigningKeys($endpoint->id);
        same(1, count($keys));
        holds($keys[0] instanceof SigningKey && $keys[0]->createdAt instanceof DateTimeImmutable, 'it is no key');
        same(substr($endpoint->signingSecret, -4), $keys[0]->keyHint);
        $second = $this->client->createEndpointSigningKey($endpoint->id);
        same(2, count($this->client->listEndpointSigningKeys($endpoint->id)));
        $again = fn () => $this->client->rotateEndpointSecret($endpoint->id);
        refused(HookBridgeException::class, 'MAX_SIGNING_KEYS_REACHED', 409, $again);
        $this->client->deleteEndpointSigningKey($endpoint->id, $keys[0]->id);
        $last = fn () => $this->client->deleteEndpointSigningKey($endpoint->id, $second->id);
        refused(HookBridgeException::class, 'CANNOT_DELETE_LAST_SIGNING_KEY', 409, $last);
        $this->settled($this->sent($endpoint), 'succeeded', 1);
        $this->verify($this->deliveries($endpoint)[0], $second->signingSecret);
    }

    /** @param array{headers: array<string, string>, body: string} $delivery */
    private function verify(array $delivery, string $secret): void
    {
        $stamp = $delivery['headers']['x-webhook-timestamp'];
        $wanted = 'sha256=' . hash_hmac('sha256', "{$stamp}.{$delivery['body']}", $secret);
        same($wanted, $delivery['headers']['x-webhook-signature'], 'the signature');
    }

    public function checkADelivery(): void
    {
        $endpoint = $this->endpoint(headers: ['X-Team' => 'endpoint', 'X-Kept' => 'yes']);
        $payload = ['event' => 'order.created', 'amount' => 12.5, 'text' => 'Grüße', 'nested' => ['list' => [1, null]]];
        $sent = $this->client->send($endpoint->id, $payload, ['X-Team' => 'message'], 'order-1');
        $message = $this->settled($sent->messageId, 'succeeded', 1);
        [$delivery] = $this->deliveries($endpoint);
        same($payload, json_decode($delivery['body'], true));
        same(['message', 'yes'], [$delivery['headers']['x-team'], $delivery['headers']['x-kept']]);
        $this->verify($delivery, $endpoint->signingSecret);
        same(hash('sha256', $delivery['body']), $message->payloadSha256);
        same([strlen($delivery['body']), 'application/json'], [$message->sizeBytes, $message->contentType]);
        same([$endpoint->id, 'succeeded', 0], [$message->endpointId, $message->status, $message->replayCount]);
        holds($message->createdAt <= $message->updatedAt, 'it was changed before it was made');
        same([200, null], [$message->responseStatus, $message->lastError]);
        holds($message->responseLatencyMs >= 0 && $message->projectId !== '', 'it has no latency or no project');
        $attempts = $this->client->getMessageAttempts($sent->messageId);
        same([1, false], [count($attempts->attempts), $attempts->hasMore]);
        $attempt = $attempts->attempts[0];
        holds($attempt instanceof AttemptRecord, 'it is no attempt');
        same([1, 200, '127.0.0.1'], [$attempt->attemptNo, $attempt->responseStatus, $attempt->resolvedIp]);
        holds($attempt->requestHeaders !== [] && $attempt->responseBodyUrl === null, 'its headers or its body');
        same([], $this->client->getMessageAttempts(UNKNOWN_MESSAGE)->attempts);
        refused(NotFoundException::class, 'NOT_FOUND', 404, fn () => $this->client->getMessage(UNKNOWN_MESSAGE));
    }

    public function checkIdempotency(): void
    {
        $endpoint = $this->endpoint();
        $payload = ['n' => 1];
        $first = $this->client->send(endpointId: $endpoint->id, payload: $payload, headers: null, idempotencyKey: 'k');
        $again = $this->client->send($endpoint->id, $payload, null, 'k');
        same($first->messageId, $again->messageId);
        $other = fn () => $this->client->send($endpoint->id, ['n' => 2], idempotencyKey: 'k');
        refused(IdempotencyException::class, 'IDEMPOTENCY_MISMATCH', 409, $other);
        $this->settled($first->messageId, 'succeeded', 1);
    }

    public function checkBadSends(): void
    {
        $id = $this->endpoint()->id;
        $bad = static fn (callable $call) => refused(ValidationException::class, 'VALIDATION_ERROR', 400, $call);
        $bad(fn () => $this->client->send($id, ['n' => 1], ['Content-Length' => '1']));
        $bad(fn () => $this->client->send($id, ['n' => 1], null, 'no spaces'));
        $large = fn () => $this->client->send($id, ['text' => str_repeat('x', 1 << 20)]);
        refused(HookBridgeException::class, 'PAYLOAD_TOO_LARGE', 413, $large);
        if ($this->mode !== 'relay') {
            // A relay learns of an endpoint that there is not only when it forwards.
            $call = fn () => $this->client->send('ep_' . str_repeat('0', 32), ['n' => 1]);
            refused(NotFoundException::class, 'NOT_FOUND', 404, $call);
        }
    }

    public function checkPauseAndResume(): void
    {
        $endpoint = $this->endpoint();
        $paused = $this->client->pauseEndpoint($endpoint->id);
        same([$endpoint->id, true], [$paused->id, $paused->paused]);
        same(true, $this->client->getEndpoint($endpoint->id)->paused);
        $sent = $this->sent($endpoint);
        $resumed = $this->client->resumeEndpoint($endpoint->id);
        same([$endpoint->id, false], [$resumed->id, $resumed->paused]);
        holds($resumed->messagesRequeued >= 0, 'it does not say how many');
        $this->settled($sent, 'succeeded', 1);
    }

    public function checkRetries(): void
    {
        $endpoint = $this->endpoint(500);
        $sent = $this->sent($endpoint);
        $message = $this->settled($sent, 'pending_retry', 1);
        holds($message->nextAttemptAt > new DateTimeImmutable('+25 minutes'), 'the next attempt is too early');
        holds($message->responseStatus === 500 && $message->lastError !== null, 'it does not say what failed');
        $attempt = $this->client->getMessageAttempts($sent)->attempts[0];
        same('slow', $attempt->retryType);
        $this->client->retryNow($sent);
        $this->settled($sent, 'pending_retry', 2);
        $this->client->cancelRetry($sent);
        $this->settled($sent, 'failed_permanent', 2);
        refused(ValidationException::class, 'VALIDATION_ERROR', 400, fn () => $this->client->cancelRetry($sent));
        $dead = $this->client->getDLQMessages(1000);
        holds($dead instanceof DLQResponse && !$dead->hasMore, 'it is no page of dead letters');
        [$summary] = self::of($endpoint, $dead->messages);
        same(['failed_permanent', 2], [$summary->status, $summary->attemptCount]);
        $this->client->updateEndpoint($endpoint->id, $this->receiver->url . '/mended');
        $this->client->replayFromDLQ($sent);
        $this->settled($sent, 'succeeded', 3);
        refused(NotFoundException::class, 'NOT_FOUND', 404, fn () => $this->client->replayFromDLQ(UNKNOWN_MESSAGE));
    }

    public function checkReplay(): void
    {
        $sent = $this->sent($this->endpoint());
        $this->settled($sent, 'succeeded', 1);
        for ($number = 1; $number <= 10; $number++) {
            $this->client->replay($sent);
            same($number, $this->settled($sent, 'succeeded', $number + 1)->replayCount);
        }
        refused(ReplayLimitException::class, 'REPLAY_LIMIT_EXCEEDED', 429, fn () => $this->client->replay($sent));
        refused(NotFoundException::class, 'NOT_FOUND', 404, fn () => $this->client->replay(UNKNOWN_MESSAGE));
    }

    public function checkReplayOfMany(): void
    {
        $endpoint = $this->endpoint(400);
        foreach (range(1, 3) as $ignored) {
            $this->settled($this->sent($endpoint), 'failed_permanent', 1);
        }
        $dead = array_column(self::of($endpoint, $this->client->getDLQMessages()->messages), 'messageId');
        same(3, count($dead));
        $this->client->updateEndpoint($endpoint->id, $this->receiver->url . '/many');
        $one = $this->client->replayAllMessages('failed_permanent', $endpoint->id, 1);
        same([1, 0, 0, []], [$one->replayed, $one->failed, $one->stuck, $one->stuckMessageIds]);
        $rest = $this->client->replayAllMessages(status: 'failed_permanent', endpointId: $endpoint->id);
        $replayed = [...$one->replayedMessageIds, ...$rest->replayedMessageIds];
        same([], array_diff($dead, $replayed));
        foreach ($dead as $id) {
            $this->settled($id, 'succeeded', 2);
        }
        $batch = $this->client->replayBatchMessages([$dead[0], UNKNOWN_MESSAGE]);
        same([1, 1, 0], [$batch->replayed, $batch->failed, $batch->stuck]);
        same(['replayed', 'failed'], array_column($batch->results, 'status'));
        holds($batch->results[0]->error === null && $batch->results[1]->error !== null, 'the errors');
        $this->settled($dead[0], 'succeeded', 3);
    }

    public function checkLogs(): void
    {
        $begin = new DateTimeImmutable('-1 second');
        $endpoint = $this->endpoint();
        foreach (range(1, 3) as $ignored) {
            $this->settled($this->sent($endpoint), 'succeeded', 1);
        }
        $end = gmdate('Y-m-d\TH:i:s\Z', time() + 2);
        $seen = [];
        $cursor = null;
        do {
            $page = $this->client->getLogs('succeeded', $begin, $end, 2, $cursor);
            holds($page instanceof LogsResponse && count($page->messages) <= 2, 'the page');
            array_push($seen, ...self::of($endpoint, $page->messages));
            $cursor = $page->nextCursor;
        } while ($page->hasMore);
        same(3, count($seen));
        foreach ($seen as $summary) {
            holds($summary instanceof MessageSummary && is_string($summary->createdAt), 'its time is no text');
            holds(is_string($summary->deliveredAt) && $summary->responseStatus === 200, 'it was not delivered');
            same($summary->messageId, $this->client->getMessage($summary->messageId)->id);
        }
        same([], $this->client->getLogs(endTime: '2001-01-01T00:00:00Z')->messages);
        refused(ValidationException::class, 'VALIDATION_ERROR', 400, fn () => $this->client->getLogs('lost'));
    }

    public function checkMetrics(): void
    {
        $endpoint = $this->endpoint();
        $this->settled($this->sent($endpoint), 'succeeded', 1);
        same('24h', $this->client->getMetrics()->window);
        foreach (['1h' => 60, '24h' => 24, '7d' => 28, '30d' => 30] as $window => $buckets) {
            $metrics = $this->client->getMetrics($window);
            same($window, $metrics->window);
            holds($metrics->totalMessages > 0 && $metrics->succeeded > 0, 'nothing was counted');
            holds(is_float($metrics->successRate) && is_int($metrics->avgLatencyMs), 'the types');
            $series = $this->client->getTimeseriesMetrics($window, $endpoint->id);
            holds(in_array(count($series->buckets), [$buckets, $buckets + 1], true), 'the buckets');
            same(1, array_sum(array_column($series->buckets, 'succeeded')));
            holds($series->buckets[0]->timestamp instanceof DateTimeImmutable, 'its time');
        }
        refused(ValidationException::class, 'VALIDATION_ERROR', 400, fn () => $this->client->getMetrics('1y'));
    }

    public function checkApiKeys(): void
    {
        $made = $this->client->createAPIKey('test', 'mine');
        holds(str_starts_with($made->key, 'hb_test_') && str_starts_with($made->key, $made->prefix), 'the key');
        same(['mine', true], [$made->label, is_string($made->createdAt)]);
        $listed = fn () => array_filter($this->client->listAPIKeys(), static fn ($one) => $one->keyId === $made->keyId);
        [$found] = array_values($listed());
        holds($found instanceof APIKey, 'it is no key');
        same([$made->prefix, 'mine', $made->createdAt], [$found->prefix, $found->label, $found->createdAt]);
        $this->client->deleteAPIKey($made->keyId);
        same([], $listed());
        refused(NotFoundException::class, 'NOT_FOUND', 404, fn () => $this->client->deleteAPIKey($made->keyId));
    }

    public function checkExports(): void
    {
        $endpoint = $this->endpoint();
        $this->settled($this->sent($endpoint), 'succeeded', 1);
        $end = new DateTimeImmutable('+1 hour');
        $export = $this->client->createExport('2001-01-01T00:00:00Z', $end, 'succeeded', $endpoint->id);
        same('2001-01-01', $export->filterStartTime->format('Y-m-d'));
        same('succeeded', $export->filterStatus);
        for ($tries = 0; $tries < 600 && $this->client->getExport($export->id)->status !== 'completed'; $tries++) {
            usleep(50_000);
        }
        $done = $this->client->getExport($export->id);
        same(['completed', 1], [$done->status, $done->rowCount]);
        holds($done->completedAt instanceof DateTimeImmutable && $done->fileSizeBytes > 0, 'the file');
        same(2, substr_count(file_get_contents($this->client->downloadExport($export->id)), "\n"));
        holds(in_array($export->id, array_column($this->client->listExports(), 'id'), true), 'it is not listed');
        $this->client->deleteExport($export->id);
        refused(NotFoundException::class, 'NOT_FOUND', 404, fn () => $this->client->getExport($export->id));
    }
}

$checks = new Checks();
$failed = 0;
foreach (get_class_methods($checks) as $name) {
    if (!str_starts_with($name, 'check')) {
        continue;
    }
    try {
        $checks->$name();
        echo "ok {$name}\n";
    } catch (Throwable $wrong) {
        $failed++;
        echo "FAILED {$name}: ", $wrong::class, ": {$wrong->getMessage()} at line {$wrong->getLine()}\n";
    }
}
$checks->end();
exit($failed === 0 ? 0 : 1);
