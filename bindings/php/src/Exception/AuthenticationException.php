<?php

declare(strict_types=1);

namespace HookBridge\Exception;

/**
 * The API key is missing or unknown (401).
 */
final class AuthenticationException extends HookBridgeException
{
}
