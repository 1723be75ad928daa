<?php

declare(strict_types=1);

namespace HookBridge\Exception;

/**
 * The message was replayed as often as is allowed (429).
 */
final class ReplayLimitException extends HookBridgeException
{
}
