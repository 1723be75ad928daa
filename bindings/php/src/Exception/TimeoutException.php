<?php

declare(strict_types=1);

namespace HookBridge\Exception;

/**
 * A server did not answer in time.
 */
final class TimeoutException extends HookBridgeException
{
}
