<?php

declare(strict_types=1);

namespace HookBridge;

use DateTimeImmutable;
use DateTimeZone;
use JsonSerializable;

/**
 * What a method answers. It is printed without its secrets; `toArray` and JSON have them, since they must be stored.
 */
abstract class Result implements JsonSerializable
{
    /** Properties that are not printed. */
    protected const SECRETS = [];
    /** Properties that are JSON objects, also where they are empty. */
    protected const MAPS = [];

    /**
     * The properties by name; what is in them is an array likewise. Points in time stay objects.
     *
     * @return array<string, mixed>
     */
    public function toArray(): array
    {
        return array_map(self::asArray(...), get_object_vars($this));
    }

    private static function asArray(mixed $value): mixed
    {
        return match (true) {
            $value instanceof self => $value->toArray(),
            is_array($value) => array_map(self::asArray(...), $value),
            default => $value,
        };
    }

    /** The properties by name; points in time are RFC 3339 text in UTC. */
    public function jsonSerialize(): array
    {
        $fields = [];
        foreach (get_object_vars($this) as $name => $value) {
            $fields[$name] = match (true) {
                $value instanceof DateTimeImmutable =>
                    $value->setTimezone(new DateTimeZone('UTC'))->format('Y-m-d\TH:i:s.v\Z'),
                is_array($value) && in_array($name, static::MAPS, true) => (object) $value,
                default => $value,
            };
        }

        return $fields;
    }

    /** @return array<string, mixed> what `var_dump` and `print_r` show */
    public function __debugInfo(): array
    {
        $fields = get_object_vars($this);
        foreach (static::SECRETS as $name) {
            $fields[$name] = isset($fields[$name]) ? '(not shown)' : null;
        }

        return $fields;
    }
}
