<?php

declare(strict_types=1);

namespace HookBridge\Native;

use FFI;
use FFI\CData;
use HookBridge\Codec;
use SensitiveParameter;

/**
 * An engine of the library; freed with the object. On the command line what was accepted is delivered before.
 *
 * @internal
 */
final class Engine
{
    /** How long a wait stays in the library, in milliseconds, before PHP may handle a signal. */
    public const SLICE_MS = 50;

    private CData $engine;

    public function __construct(#[SensitiveParameter] string $configuration)
    {
        $ffi = Library::get();
        $bytes = Library::bytes($configuration);
        $slice = $ffi->new('hookbridge_slice');
        Library::point($slice, $bytes, 0, strlen($configuration));
        $engine = $ffi->new('hookbridge_engine *');
        $error = $ffi->new('hookbridge_error *');
        Library::check($ffi->hookbridge_open($slice, FFI::addr($engine), FFI::addr($error)), $error);
        $this->engine = $engine;
    }

    public function __destruct()
    {
        // Not there where the engine could not be opened.
        if (!isset($this->engine)) {
            return;
        }
        $ffi = Library::get();
        // A web request waits for nobody's delivery; freeing has half a second's patience for attempts under way.
        if (PHP_SAPI === 'cli') {
            $ffi->hookbridge_finish($this->engine, null, null);
        }
        $ffi->hookbridge_free($this->engine);
    }

    /** @return string the message's id */
    public function send(
        string $endpointId,
        string $payload,
        string $headers,
        string $idempotencyKey,
        ?int $retentionHours,
    ): string {
        // A C integer would wrap around.
        if ($retentionHours !== null && ($retentionHours < 0 || $retentionHours > 0xFFFFFFFF)) {
            throw Codec::refused('`retentionHours` must be a whole number from 0 to 4294967295');
        }
        $ffi = Library::get();
        // One allocation for all four: they are copied only once.
        $bytes = Library::bytes($endpointId . $payload . $headers . $idempotencyKey);
        $message = $ffi->new('hookbridge_message');
        $offset = 0;
        Library::point($message->endpoint_id, $bytes, $offset, $length = strlen($endpointId));
        Library::point($message->payload, $bytes, $offset += $length, $length = strlen($payload));
        Library::point($message->headers, $bytes, $offset += $length, $length = strlen($headers));
        Library::point($message->idempotency_key, $bytes, $offset + $length, strlen($idempotencyKey));
        if ($retentionHours !== null) {
            $message->retention_hours = $retentionHours;
            $message->has_retention_hours = true;
        }
        $id = $ffi->new('char[37]');
        $error = $ffi->new('hookbridge_error *');
        Library::check($ffi->hookbridge_send($this->engine, FFI::addr($message), $id, FFI::addr($error)), $error);

        return FFI::string($id);
    }

    /** @return string the operation's JSON */
    public function call(string $operation, string $request): string
    {
        $ffi = Library::get();
        $bytes = Library::bytes($operation . $request);
        $name = $ffi->new('hookbridge_slice');
        Library::point($name, $bytes, 0, strlen($operation));
        $document = $ffi->new('hookbridge_slice');
        Library::point($document, $bytes, strlen($operation), strlen($request));
        $answer = $ffi->new('hookbridge_buffer *');
        $error = $ffi->new('hookbridge_error *');
        $code = $ffi->hookbridge_call($this->engine, $name, $document, FFI::addr($answer), FFI::addr($error));
        Library::check($code, $error);

        return Library::take($answer);
    }

    public function flush(float $timeout): bool
    {
        $ffi = Library::get();
        $flushed = $ffi->new('bool');
        $error = $ffi->new('hookbridge_error *');
        $left = Library::milliseconds($timeout);
        do {
            $slice = min($left, self::SLICE_MS);
            $code = $ffi->hookbridge_flush($this->engine, $slice, FFI::addr($flushed), FFI::addr($error));
            Library::check($code, $error);
            $left -= $slice;
        } while (!$flushed->cdata && $left > 0);

        return $flushed->cdata;
    }

    public function close(float $timeout): bool
    {
        $ffi = Library::get();
        $error = $ffi->new('hookbridge_error *');
        $ended = $ffi->new('bool');
        $patience = Library::milliseconds($timeout);
        $code = $ffi->hookbridge_close($this->engine, $patience, FFI::addr($ended), FFI::addr($error));
        Library::check($code, $error);

        return $ended->cdata;
    }

    public function events(): EventQueue
    {
        return $this->queue('hookbridge_events_open');
    }

    public function watch(): EventQueue
    {
        return $this->queue('hookbridge_events_watch');
    }

    private function queue(string $open): EventQueue
    {
        $ffi = Library::get();
        $events = $ffi->new('hookbridge_events *');
        $error = $ffi->new('hookbridge_error *');
        Library::check($ffi->$open($this->engine, FFI::addr($events), FFI::addr($error)), $error);

        return new EventQueue($events, $this);
    }
}
