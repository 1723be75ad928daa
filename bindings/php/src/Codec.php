<?php

declare(strict_types=1);

namespace HookBridge;

use DateTimeImmutable;
use DateTimeInterface;
use HookBridge\Exception\HookBridgeException;
use HookBridge\Exception\ValidationException;
use HookBridge\Result\Page;
use JsonException;
use ReflectionMethod;
use ReflectionNamedType;
use ReflectionParameter;

/**
 * From arguments to the engine's requests, and from its answers to results.
 *
 * @internal
 */
final class Codec
{
    private const FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION
        | JSON_THROW_ON_ERROR;

    /** @var array<class-string, list<ReflectionParameter>> */
    private static array $fields = [];

    /** The bytes that are stored and sent: a string is a JSON document as it stands. */
    public static function payload(mixed $payload): string
    {
        return is_string($payload) ? $payload : self::json($payload, 'the payload');
    }

    /** @param array<mixed> $headers */
    public static function headers(array $headers): string
    {
        return $headers === [] ? '' : self::json(self::map($headers), 'a header', 'INVALID_HEADERS');
    }

    /**
     * A JSON object, also where it is empty or its names are digits.
     *
     * @param array<mixed>|null $headers
     */
    public static function map(?array $headers): ?object
    {
        if ($headers === null) {
            return null;
        }
        foreach ($headers as $value) {
            if (!is_string($value)) {
                throw new ValidationException('header names and values are strings', 'INVALID_HEADERS', 400);
            }
        }

        return (object) $headers;
    }

    /**
     * A request, without the arguments that were not given.
     *
     * @param array<string, mixed> $request
     */
    public static function request(array $request): string
    {
        return self::json((object) array_filter($request, static fn (mixed $value) => $value !== null), 'an argument');
    }

    /** @param iterable<BatchMessage> $messages */
    public static function batch(iterable $messages): string
    {
        $items = [];
        foreach ($messages as $message) {
            if (!$message instanceof BatchMessage) {
                throw new ValidationException('a message of a batch is a BatchMessage', 'INVALID_REQUEST', 400);
            }
            $rest = self::request([
                'endpoint_id' => $message->endpointId,
                'headers' => $message->headers === [] ? null : self::map($message->headers),
                'idempotency_key' => $message->idempotencyKey,
                'retention_hours' => $message->retentionHours,
            ]);
            $items[] = substr($rest, 0, -1) . ',"payload":' . self::payload($message->payload) . '}';
        }

        return '{"messages":[' . implode(',', $items) . ']}';
    }

    /** A moment as the engine takes it. */
    public static function moment(?DateTimeInterface $moment): ?string
    {
        return $moment?->format('Y-m-d\TH:i:s.uP');
    }

    /** @return array<string, mixed> */
    public static function read(string $answer): array
    {
        try {
            return json_decode($answer, true, 512, JSON_THROW_ON_ERROR);
        } catch (JsonException $cause) {
            throw new HookBridgeException("an answer that is no JSON: {$cause->getMessage()}", 'INTERNAL_ERROR', 500);
        }
    }

    /**
     * A single result.
     *
     * @template T of object
     * @param class-string<T> $class
     * @return T
     */
    public static function one(string $class, string $answer): object
    {
        return self::result($class, self::read($answer));
    }

    /**
     * A result that has a list of items.
     *
     * @template T of object
     * @param class-string<T> $class
     * @param class-string $item
     * @return T
     */
    public static function listOf(string $class, string $name, string $item, string $answer): object
    {
        $loaded = self::read($answer);
        $loaded[$name] = self::results($item, $loaded[$name]);

        return self::result($class, $loaded);
    }

    /**
     * A page of results.
     *
     * @template T of object
     * @param class-string<T> $item
     * @return Page<T>
     */
    public static function page(string $item, string $answer, string $itemsIn = 'data'): Page
    {
        $loaded = self::read($answer);

        return new Page(self::results($item, $loaded[$itemsIn]), $loaded['has_more'], $loaded['next_cursor']);
    }

    /**
     * Makes a result of an answer; what a newer engine adds is passed over.
     *
     * @template T of object
     * @param class-string<T> $class
     * @param array<string, mixed> $answer
     * @return T
     */
    public static function result(string $class, array $answer): object
    {
        $values = [];
        foreach (self::$fields[$class] ??= (new ReflectionMethod($class, '__construct'))->getParameters() as $field) {
            $value = $answer[self::snake($field->getName())] ?? null;
            $type = $field->getType();
            $isMoment = $type instanceof ReflectionNamedType && $type->getName() === DateTimeImmutable::class;
            if ($isMoment && is_string($value)) {
                $value = new DateTimeImmutable($value);
            }
            $values[] = $value;
        }

        return new $class(...$values);
    }

    /**
     * @template T of object
     * @param class-string<T> $class
     * @param list<array<string, mixed>> $answers
     * @return list<T>
     */
    private static function results(string $class, array $answers): array
    {
        return array_map(static fn (array $answer) => self::result($class, $answer), $answers);
    }

    private static function snake(string $name): string
    {
        return strtolower((string) preg_replace('/[A-Z]/', '_$0', $name));
    }

    private static function json(mixed $value, string $what, string $code = 'INVALID_REQUEST'): string
    {
        try {
            return json_encode($value, self::FLAGS);
        } catch (JsonException $cause) {
            throw new ValidationException("{$what} is not JSON: {$cause->getMessage()}", $code, 400);
        }
    }
}
