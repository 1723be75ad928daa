<?php

declare(strict_types=1);

namespace HookBridge;

use DateTimeInterface;
use HookBridge\Exception\HookBridgeException;
use HookBridge\Exception\ValidationException;
use HookBridge\Native\Names;
use JsonException;
use SensitiveParameter;

/**
 * From arguments to the engine's requests, and from its answers to arrays.
 *
 * @internal
 */
final class Codec
{
    private const FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION
        | JSON_THROW_ON_ERROR;

    /** The bytes that are stored and sent. */
    public static function payload(string $name, mixed $payload): string
    {
        if ($payload instanceof RawJson) {
            return $payload->document;
        }
        try {
            return json_encode($payload, self::FLAGS);
        } catch (JsonException $cause) {
            throw self::unwritable($name, $cause);
        }
    }

    /** @param array<mixed>|null $headers */
    public static function headers(?array $headers): string
    {
        return $headers === null || $headers === [] ? '' : self::json('headers', self::map('headers', $headers));
    }

    /**
     * A JSON object, also where it is empty or its names are digits.
     *
     * @param array<mixed>|null $map
     */
    public static function map(string $name, ?array $map): ?object
    {
        if ($map === null) {
            return null;
        }
        foreach ($map as $key => $value) {
            if (!is_string($value)) {
                $type = get_debug_type($value);
                throw self::refused("`{$name}['{$key}']` must be a string, not {$type}", ErrorCode::INVALID_HEADERS);
            }
        }

        return (object) $map;
    }

    /**
     * Several strings.
     *
     * @param array<mixed>|null $values
     * @return list<string>|null
     */
    public static function texts(string $name, ?array $values): ?array
    {
        foreach ($values ?? [] as $at => $value) {
            if (!is_string($value)) {
                throw self::refused("`{$name}[{$at}]` must be a string, not " . get_debug_type($value));
            }
        }

        return $values === null ? null : array_values($values);
    }

    /**
     * One word, several with commas between them, or a list.
     *
     * @param string|array<mixed>|null $words
     * @return list<string>|null
     */
    public static function words(string $name, string|array|null $words): ?array
    {
        if (is_string($words)) {
            $words = array_filter(array_map('trim', explode(',', $words)), static fn (string $word) => $word !== '');
        }

        return self::texts($name, $words);
    }

    /** A point in time as the engine takes it. */
    public static function moment(DateTimeInterface|string|null $moment): ?string
    {
        return $moment instanceof DateTimeInterface ? $moment->format('Y-m-d\TH:i:s.uP') : $moment;
    }

    /**
     * A request, without the arguments that were not given. A payload always is: null is one.
     *
     * @param array<string, mixed> $request
     */
    public static function request(#[SensitiveParameter] array $request): string
    {
        $fields = [];
        foreach ($request as $name => $value) {
            if ($value !== null || $name === 'payload') {
                $fields[] = "\"{$name}\":" . self::value(Names::ARGUMENTS[$name] ?? $name, $value);
            }
        }

        return '{' . implode(',', $fields) . '}';
    }

    /** A message as JSON. `$of` stands before the names of its fields where one is refused. */
    public static function message(BatchMessage $message, string $of = ''): string
    {
        $rest = self::request([
            'endpoint_id' => $message->endpointId,
            'headers' => $message->headers === [] ? null : self::map("{$of}headers", $message->headers),
            'idempotency_key' => $message->idempotencyKey,
            'retention_hours' => $message->retentionHours,
            'ordering_key' => $message->orderingKey,
            'deliver_at' => self::moment($message->deliverAt),
            'expires_at' => self::moment($message->expiresAt),
        ]);

        return substr($rest, 0, -1) . ',"payload":' . self::value("{$of}payload", $message->payload) . '}';
    }

    /** @param iterable<BatchMessage> $messages */
    public static function batch(iterable $messages): string
    {
        $items = [];
        foreach ($messages as $message) {
            $name = 'messages[' . count($items) . ']';
            if (!$message instanceof BatchMessage) {
                throw self::refused("`{$name}` must be a BatchMessage, not " . get_debug_type($message));
            }
            $items[] = self::message($message, "{$name}->");
        }

        return '{"messages":[' . implode(',', $items) . ']}';
    }

    /**
     * Several events as one document.
     *
     * @param iterable<BatchEvent> $events
     */
    public static function several(string $name, iterable $events): RawJson
    {
        $items = [];
        foreach ($events as $event) {
            if (!$event instanceof BatchEvent) {
                $place = "{$name}[" . count($items) . ']';
                throw self::refused("`{$place}` must be a BatchEvent, not " . get_debug_type($event));
            }
            $items[] = self::request($event->request());
        }

        return new RawJson('[' . implode(',', $items) . ']');
    }

    /** A value as part of a larger document. */
    private static function value(string $name, #[SensitiveParameter] mixed $value): string
    {
        if (!$value instanceof RawJson) {
            return self::json($name, $value);
        }
        // It is laid in as it stands: half a document would end what it is part of.
        if (!self::isDocument($value->document)) {
            throw self::refused("`{$name}` is not one JSON document");
        }

        return $value->document;
    }

    /** Whether a text is one JSON document. */
    private static function isDocument(string $text): bool
    {
        json_decode($text, true, 0x7FFFFFFF, JSON_BIGINT_AS_STRING);

        return json_last_error() === JSON_ERROR_NONE;
    }

    /** @return array<string, mixed> */
    public static function read(string $answer): array
    {
        // An operation without an answer has the text `null`, or none.
        try {
            return $answer === '' ? [] : json_decode($answer, true, 512, JSON_THROW_ON_ERROR) ?? [];
        } catch (JsonException $cause) {
            $message = "an answer that is no JSON: {$cause->getMessage()}";
            throw new HookBridgeException($message, ErrorCode::INTERNAL_ERROR, null, 500);
        }
    }

    /** An argument that is refused before the engine sees it. */
    public static function refused(string $message, string $code = ErrorCode::INVALID_REQUEST): ValidationException
    {
        return new ValidationException($message, exactCode: $code);
    }

    private static function json(string $name, #[SensitiveParameter] mixed $value): string
    {
        try {
            return json_encode($value, self::FLAGS);
        } catch (JsonException $cause) {
            $code = $name === 'headers' ? ErrorCode::INVALID_HEADERS : ErrorCode::INVALID_REQUEST;
            throw self::unwritable($name, $cause, $code);
        }
    }

    private static function unwritable(
        string $name,
        JsonException $cause,
        string $code = ErrorCode::INVALID_REQUEST,
    ): ValidationException {
        return self::refused("`{$name}` cannot be written as JSON: {$cause->getMessage()}", $code);
    }
}
