<?php

declare(strict_types=1);

namespace HookBridge\Native;

use FFI;
use FFI\CData;

/**
 * A queue of events of the library; freed with the object.
 *
 * @internal
 */
final class EventQueue
{
    /** @param Engine $engine kept so that it is freed after its queue */
    public function __construct(private readonly CData $events, private readonly Engine $engine)
    {
    }

    public function __destruct()
    {
        Library::get()->hookbridge_events_free($this->events);
    }

    public function next(float $timeout): ?string
    {
        $ffi = Library::get();
        $event = $ffi->new('hookbridge_buffer *');
        $error = $ffi->new('hookbridge_error *');
        $deadline = hrtime(true) + Library::milliseconds($timeout) * 1_000_000;
        do {
            $left = max(0, intdiv($deadline - hrtime(true), 1_000_000));
            $slice = min($left, Engine::SLICE_MS);
            $code = $ffi->hookbridge_events_next($this->events, $slice, FFI::addr($event), FFI::addr($error));
            Library::check($code, $error);
            if (!FFI::isNull($event)) {
                return Library::take($event);
            }
        } while ($left > 0);

        return null;
    }

    public function descriptor(): int
    {
        return Library::get()->hookbridge_events_fd($this->events);
    }

    public function dropped(): int
    {
        return Library::get()->hookbridge_events_dropped($this->events);
    }
}
