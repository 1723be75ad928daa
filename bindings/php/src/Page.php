<?php

declare(strict_types=1);

namespace HookBridge;

use ArrayAccess;
use ArrayIterator;
use Closure;
use Countable;
use Generator;
use Iterator;
use IteratorAggregate;
use LogicException;

/**
 * A page of a list: `foreach` walks its items, `count()` counts them, `[0]` is the first, and it knows the next page.
 *
 * @template T
 * @property-read bool $hasMore
 * @property-read string|null $nextCursor
 * @implements IteratorAggregate<int, T>
 * @implements ArrayAccess<int, T>
 */
abstract class Page extends Result implements IteratorAggregate, ArrayAccess, Countable
{
    /** The property that has the items. */
    protected const ITEMS = '';

    private ?Closure $next = null;

    /**
     * The page after this one; null where this is the last.
     *
     * @throws Exception\HookBridgeException
     */
    public function nextPage(): ?static
    {
        $cursor = $this->nextCursor;
        if (!$this->hasMore || $cursor === null) {
            return null;
        }
        if ($this->next === null) {
            throw new LogicException('this page is of no client: pass its `nextCursor` as `cursor`');
        }

        return ($this->next)($cursor);
    }

    public function getIterator(): Iterator
    {
        return new ArrayIterator($this->items());
    }

    public function count(): int
    {
        return count($this->items());
    }

    public function offsetExists(mixed $offset): bool
    {
        return isset($this->items()[$offset]);
    }

    public function offsetGet(mixed $offset): mixed
    {
        return $this->items()[$offset];
    }

    public function offsetSet(mixed $offset, mixed $value): void
    {
        throw new LogicException('a page cannot be changed');
    }

    public function offsetUnset(mixed $offset): void
    {
        throw new LogicException('a page cannot be changed');
    }

    /**
     * The items of this page and of all that follow.
     *
     * @internal
     */
    public static function walk(self $page): Generator
    {
        $next = $page;
        while ($next !== null) {
            foreach ($next->items() as $item) {
                yield $item;
            }
            $next = $next->nextPage();
        }
    }

    /**
     * @internal
     * @param Closure(string): static $next asks for the page at a cursor
     */
    public function followedBy(Closure $next): static
    {
        $this->next = $next;

        return $this;
    }

    /** @return list<string> what is serialized: another process has another client */
    public function __sleep(): array
    {
        return array_keys($this->__debugInfo());
    }

    /** @return list<T> */
    private function items(): array
    {
        return $this->{static::ITEMS};
    }
}
