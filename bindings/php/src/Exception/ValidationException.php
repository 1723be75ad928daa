<?php

declare(strict_types=1);

namespace HookBridge\Exception;

/**
 * The request or a setting is wrong (400, 413).
 */
final class ValidationException extends HookBridgeException
{
}
