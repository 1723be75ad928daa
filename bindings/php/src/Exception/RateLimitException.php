<?php

declare(strict_types=1);

namespace HookBridge\Exception;

/**
 * Too much at once (429); `$retryAfter` is in seconds where it is known.
 */
final class RateLimitException extends HookBridgeException
{
}
