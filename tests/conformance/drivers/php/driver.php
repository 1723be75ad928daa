<?php

declare(strict_types=1);

// The driver of PHP. See `tests/conformance/README.md`.

require __DIR__ . '/../../../../bindings/php/autoload.php';

use HookBridge\BatchEvent;
use HookBridge\BatchMessage;
use HookBridge\Events;
use HookBridge\Exception\HookBridgeException;
use HookBridge\Exception\RateLimitException;
use HookBridge\HookBridge;
use HookBridge\Page;
use HookBridge\RawJson;
use HookBridge\Response\SendFailure;

const FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION | JSON_THROW_ON_ERROR;
const MOMENTS = ['start_time', 'end_time', 'created_after', 'created_before'];
/** Properties that are JSON objects, also where they are empty. */
const MAPS = ['headers', 'requestHeaders', 'responseHeaders', 'apiKeys', 'users'];

/** @var array<string, HookBridge> $clients */
$clients = [];
/** @var array<string, Events> $queues */
$queues = [];

function camel(string $name): string
{
    return lcfirst(str_replace('_', '', ucwords($name, '_')));
}

/** Objects as arrays, `%i` as the number of the call. */
function plain(mixed $value, int $number): mixed
{
    return match (true) {
        is_string($value) => str_replace('%i', (string) $number, $value),
        is_object($value), is_array($value) => array_map(static fn ($one) => plain($one, $number), (array) $value),
        default => $value,
    };
}

/** The same, but `{}` stays an object: for payloads. */
function payload(mixed $value, int $number): mixed
{
    if (is_object($value)) {
        return (object) array_map(static fn ($one) => payload($one, $number), (array) $value);
    }

    return is_array($value) ? array_map(static fn ($one) => payload($one, $number), $value) : plain($value, $number);
}

/**
 * The named arguments of a method.
 *
 * @return array<string, mixed>
 */
function arguments(object $args, int $number): array
{
    $named = [];
    foreach ((array) $args as $name => $value) {
        if ($name === 'payload') {
            $named['payload'] = payload($value, $number);
        } elseif ($name === 'payload_text') {
            $named['payload'] = new RawJson(plain($value, $number));
        } elseif ($name === 'payload_base64') {
            $named['payload'] = new RawJson(base64_decode($value, true));
        } elseif ($name === 'messages') {
            $named['messages'] = array_map(static fn ($one) => new BatchMessage(...arguments($one, $number)), $value);
        } elseif ($name === 'events') {
            $named['events'] = array_map(static fn ($one) => new BatchEvent(...arguments($one, $number)), $value);
        } elseif (in_array($name, MOMENTS, true) && is_string($value)) {
            $named[camel($name)] = new DateTimeImmutable($value);
        } else {
            $named[camel($name)] = plain($value, $number);
        }
    }

    return $named;
}

function called(HookBridge $client, string $method, object $args, int $number): mixed
{
    $named = arguments($args, $number);
    if ($method === 'lookup_actors') {
        $named = array_map(static fn (string $ids) => explode(',', $ids), $named);
        $named = array_combine(array_map(static fn (string $name) => "{$name}s", array_keys($named)), $named);
    }

    return $client->{camel($method)}(...$named);
}

function call(HookBridge $client, string $method, object $args, int $number): mixed
{
    $result = called($client, $method, $args, $number);

    // Where a method answers less than an object, the operation's object around it.
    return match (true) {
        $method === 'send_batch' => ['results' => array_map(
            static fn ($one) => $one instanceof SendFailure ? ['error' => shown($one)] : shown($one),
            $result,
        )],
        $method === 'download_export' => ['download_url' => $result],
        $result instanceof Page => ['data' => shown(iterator_to_array($result))] + shown($result),
        is_array($result) => ['data' => shown($result), 'has_more' => false, 'next_cursor' => null],
        default => shown($result),
    };
}

/** @return array<string, mixed> */
function page(Page $page): array
{
    $items = [];
    foreach ($page as $item) {
        $items[] = shown($item);
    }
    $last = count($page) > 0 ? shown($page[count($page) - 1]) : null;

    return ['items' => $items, 'length' => count($page), 'last' => $last] + shown($page);
}

/** @return list<mixed> */
function walked(iterable $items, ?int $count): array
{
    $found = [];
    foreach ($items as $item) {
        $found[] = shown($item);
        if (count($found) === $count) {
            break;
        }
    }

    return $found;
}

/** A result as the suite compares it. */
function shown(mixed $value): mixed
{
    if ($value instanceof DateTimeInterface) {
        $utc = DateTimeImmutable::createFromInterface($value)->setTimezone(new DateTimeZone('UTC'));

        return $utc->format('Y-m-d\TH:i:s.v\Z');
    }
    if (is_array($value)) {
        return array_map('shown', $value);
    }
    if (!is_object($value)) {
        return $value;
    }
    $fields = [];
    foreach (get_object_vars($value) as $name => $field) {
        $isMap = in_array($name, MAPS, true) && $field !== null;
        $fields[snake($name)] = $isMap ? (object) array_map('shown', $field) : shown($field);
    }

    return $fields;
}

function snake(string $name): string
{
    return strtolower(preg_replace('/[A-Z]/', '_$0', $name));
}

/** @return array{ok: mixed}|array{error: array<string, mixed>} */
function replied(callable $run): array
{
    try {
        return ['ok' => $run() ?? new stdClass()];
    } catch (HookBridgeException $error) {
        return ['error' => [
            'class' => str_replace(['HookBridge\\Exception\\', 'Exception'], ['', 'Error'], $error::class),
            'code' => $error->exactCode,
            // The arguments' names are the suite's again.
            'message' => preg_replace_callback('/`\w+/', static fn ($found) => snake($found[0]), $error->getMessage()),
            'status' => $error->statusCode,
            'retryable' => $error->isRetryable,
            'request_id' => $error->requestId,
            'retry_after' => $error instanceof RateLimitException ? $error->retryAfter : null,
        ]];
    } catch (Error $error) {
        return ['error' => ['class' => 'TypeError', 'message' => $error->getMessage()]];
    }
}

function carryOut(object $command): mixed
{
    global $clients, $queues;
    $client = $clients[$command->on ?? ''] ?? null;
    $args = $command->args ?? new stdClass();
    switch ($command->do) {
        case 'hello':
            $fork = function_exists('pcntl_fork') ? ['fork'] : [];
            return ['language' => 'php', 'can' => ['pages', 'request_id', 'published_classes', ...$fork]];
        case 'open':
            $clients[$command->as] = new HookBridge(...arguments($command->options ?? new stdClass(), 0));
            return null;
        case 'call':
            return call($client, $command->method, $args, 0);
        case 'many':
            // PHP has one thread.
            $one = static fn (int $number) => replied(static fn () => call($client, $command->method, $args, $number));
            return ['results' => $command->times === 0 ? [] : array_map($one, range(0, $command->times - 1))];
        case 'events':
            $queue = $queues[$command->on] ??= ($command->watch ?? false) ? $client->watch() : $client->events();
            $deadline = microtime(true) + ($command->timeout ?? 30.0);
            $found = [];
            while (count($found) < $command->count && ($event = $queue->next($deadline - microtime(true))) !== null) {
                $found[] = shown($event);
            }
            return $found;
        case 'flush':
            return $client->flush((float) ($command->timeout ?? 30.0));
        case 'close':
            $client->close(...isset($command->timeout) ? [(float) $command->timeout] : []);
            return null;
        case 'page':
            return page(called($client, $command->method, $args, 0));
        case 'walk':
            return walked(called($client, $command->method, $args, 0), $command->count ?? null);
        case 'exit':
            return null;
        case 'fork':
            return forked($command->commands);
        default:
            throw new HookBridgeException("there is no command `{$command->do}`", 'INVALID_REQUEST');
    }
}

/** @param list<object> $commands */
function forked(array $commands): array
{
    [$ours, $theirs] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    $pid = pcntl_fork();
    if ($pid === 0) {
        fclose($ours);
        $replies = array_map(static fn ($command) => replied(static fn () => carryOut($command)), $commands);
        fwrite($theirs, json_encode($replies, FLAGS));
        exit(0);
    }
    fclose($theirs);
    $replies = json_decode(stream_get_contents($ours), false, 512, JSON_THROW_ON_ERROR);
    pcntl_waitpid($pid, $status);

    return ['replies' => $replies, 'status' => pcntl_wifexited($status) ? pcntl_wexitstatus($status) : -1];
}

while (($line = fgets(STDIN)) !== false) {
    $command = json_decode($line, false, 512, JSON_THROW_ON_ERROR);
    $reply = ['id' => $command->id] + replied(static fn () => carryOut($command));
    fwrite(STDOUT, json_encode($reply, FLAGS) . "\n");
    if ($command->do === 'exit') {
        exit(0);
    }
}
