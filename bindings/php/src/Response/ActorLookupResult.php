<?php

// Written by `hookbridge-generate`: change the definition, not this file.

declare(strict_types=1);

namespace HookBridge\Response;

use HookBridge\Result;

/**
 * The actors that are known. A map is present only where ids of its kind were asked for.
 */
class ActorLookupResult extends Result
{
    protected const MAPS = ['apiKeys', 'users'];

    /**
     * @param array<string, APIKeyActor>|null $apiKeys API keys by id.
     * @param array<string, UserActor>|null $users Users by id.
     */
    public function __construct(
        public readonly ?array $apiKeys = null,
        public readonly ?array $users = null,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $answer
     */
    public static function of(array $answer): self
    {
        return new self(
            apiKeys: isset($answer['api_keys']) ? array_map(APIKeyActor::of(...), $answer['api_keys']) : null,
            users: isset($answer['users']) ? array_map(UserActor::of(...), $answer['users']) : null,
        );
    }
}
