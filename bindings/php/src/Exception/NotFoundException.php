<?php

declare(strict_types=1);

namespace HookBridge\Exception;

/**
 * No such endpoint, message or key (404).
 */
final class NotFoundException extends HookBridgeException
{
}
