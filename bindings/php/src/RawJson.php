<?php

declare(strict_types=1);

namespace HookBridge;

/**
 * A payload that is a JSON document already. It is sent byte for byte.
 */
final class RawJson
{
    public function __construct(public readonly string $document)
    {
    }
}
