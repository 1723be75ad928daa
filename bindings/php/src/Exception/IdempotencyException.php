<?php

declare(strict_types=1);

namespace HookBridge\Exception;

/**
 * The idempotency key was used with another payload (409).
 */
final class IdempotencyException extends HookBridgeException
{
}
