<?php

declare(strict_types=1);

namespace HookBridge\Exception;

/**
 * A server could not be reached.
 */
final class NetworkException extends HookBridgeException
{
}
