<?php

declare(strict_types=1);

namespace HookBridge\Tests;

use HookBridge\Exception\HookBridgeException;
use HookBridge\HookBridge;
use HookBridge\Response\SendResponse;
use PHPUnit\Framework\TestCase;
use ReflectionClass;
use ReflectionMethod;
use ReflectionNamedType;
use ReflectionParameter;
use ReflectionProperty;
use ReflectionType;

/** The surface of the published package, of which `tools/generate/published/php.json` has the facts, is a part of ours. */
final class PublishedTest extends TestCase
{
    /** Parameters whose default is null in ours, since it may come from a variable: it is the same value then. */
    private const FROM_THE_ENVIRONMENT = ['apiKey', 'timeout', 'retries'];

    /** @return array<string, mixed> */
    private static function facts(string $part): array
    {
        $text = file_get_contents(__DIR__ . '/../../../tools/generate/published/php.json');
        $facts = json_decode($text, true, 512, JSON_THROW_ON_ERROR)[$part];
        self::assertNotEmpty($facts);

        return $facts;
    }

    /** @return array{list<string>, string, ?string} the types, the name and the default of `?string $label = null` */
    private static function parameter(string $fact): array
    {
        self::assertSame(1, preg_match('/^(\S+) \$(\w+)(?: = (.+))?$/', $fact, $found), $fact);
        $types = explode('|', str_starts_with($found[1], '?') ? substr($found[1], 1) . '|null' : $found[1]);

        return [$types, $found[2], $found[3] ?? null];
    }

    /** @return list<string> */
    private static function types(?ReflectionType $type): array
    {
        $named = $type instanceof ReflectionNamedType ? [$type] : $type?->getTypes() ?? [];
        $names = array_map(static fn ($one) => basename(str_replace('\\', '/', $one->getName())), $named);
        if ($type?->allowsNull() && !in_array('null', $names, true) && $names !== ['mixed']) {
            $names[] = 'null';
        }

        return $names;
    }

    private static function sameDefault(string $fact, ReflectionParameter $ours): bool
    {
        $theirs = json_decode(str_replace("'", '"', $fact), true, 512, JSON_THROW_ON_ERROR);

        return $ours->isDefaultValueAvailable() && $ours->getDefaultValue() === $theirs;
    }

    /** @param list<string> $wider */
    private static function accepts(array $wider, string $type): bool
    {
        $also = ['DateTimeImmutable' => 'DateTimeInterface', 'int' => 'float'];

        return array_intersect([$type, 'mixed', $also[$type] ?? $type], $wider) !== [];
    }

    /** @return array<string, array{string, list<string>}> */
    public function methods(): array
    {
        $facts = self::facts('client');

        return array_combine(array_keys($facts), array_map(null, array_keys($facts), $facts));
    }

    /**
     * @dataProvider methods
     * @param list<string> $facts
     */
    public function testAMethodTakesWhatThePublishedOneTakes(string $name, array $facts): void
    {
        $method = new ReflectionMethod(HookBridge::class, $name);
        self::assertSame($name, $method->getName());
        self::assertFalse($method->isFinal());
        $ours = $method->getParameters();
        $returns = null;
        foreach ($facts as $at => $fact) {
            if (str_starts_with($fact, ': ')) {
                $returns = substr($fact, 2);
                continue;
            }
            [$types, $parameter, $default] = self::parameter($fact);
            self::assertSame($parameter, $ours[$at]->getName());
            foreach ($types as $type) {
                self::assertTrue(self::accepts(self::types($ours[$at]->getType()), $type), "\${$parameter}: {$type}");
            }
            if ($default !== null && !in_array($parameter, self::FROM_THE_ENVIRONMENT, true)) {
                self::assertTrue(self::sameDefault($default, $ours[$at]), "\${$parameter} = {$default}");
            }
            if ($default !== null) {
                self::assertTrue($ours[$at]->isOptional(), $parameter);
            }
        }
        $beyond = array_slice($ours, count(array_filter($facts, static fn ($fact) => $fact[0] !== ':')));
        foreach ($beyond as $parameter) {
            self::assertTrue($parameter->isOptional(), $parameter->getName());
        }
        if ($returns !== null) {
            // Without a type, a class of the caller's that answers nothing may replace the method.
            $same = $returns === 'void' && $method->getReturnType() === null;
            self::assertTrue($same || self::types($method->getReturnType()) === [$returns], "answers {$returns}");
        }
    }

    /** @return array<string, array{string, list<string>}> */
    public function responses(): array
    {
        $facts = self::facts('responses');

        return array_combine(array_keys($facts), array_map(null, array_keys($facts), $facts));
    }

    /**
     * @dataProvider responses
     * @param list<string> $facts
     */
    public function testAResponseIsMadeAndReadLikeThePublishedOne(string $name, array $facts): void
    {
        $class = new ReflectionClass("HookBridge\\Response\\{$name}");
        self::assertSame("HookBridge\\Response\\{$name}", $class->getName());
        self::assertFalse($class->isFinal() || $class->isAbstract());
        $ours = $class->getConstructor()->getParameters();
        foreach ($facts as $at => $fact) {
            [$types, $parameter, $default] = self::parameter($fact);
            self::assertSame($parameter, $ours[$at]->getName());
            self::assertEqualsCanonicalizing($types, self::types($ours[$at]->getType()), $parameter);
            self::assertSame($default !== null, $ours[$at]->isDefaultValueAvailable(), $parameter);
            self::assertTrue($default === null || self::sameDefault($default, $ours[$at]), $parameter);
            $property = new ReflectionProperty($class->getName(), $parameter);
            self::assertTrue($property->isPublic() && $property->isReadOnly());
        }
        foreach (array_slice($ours, count($facts)) as $parameter) {
            self::assertTrue($parameter->isOptional(), $parameter->getName());
        }
    }

    /** @return array<string, array{string, array<string, mixed>}> */
    public function exceptions(): array
    {
        $facts = self::facts('exceptions');

        return array_combine(array_keys($facts), array_map(null, array_keys($facts), $facts));
    }

    /**
     * @dataProvider exceptions
     * @param array<string, mixed> $facts
     */
    public function testAnExceptionIsMadeAndReadLikeThePublishedOne(string $name, array $facts): void
    {
        $class = new ReflectionClass("HookBridge\\Exception\\{$name}");
        self::assertFalse($class->isFinal());
        self::assertSame($facts['parent'], $class->getParentClass()->getShortName());
        $ours = $class->getConstructor()->getParameters();
        foreach ($facts['parameters'] as $at => $fact) {
            [$types, $parameter, $default] = self::parameter($fact);
            self::assertSame($parameter, $ours[$at]->getName());
            self::assertEqualsCanonicalizing($types, self::types($ours[$at]->getType()), $parameter);
            self::assertTrue($default === null || self::sameDefault($default, $ours[$at]), $parameter);
        }
        foreach (array_slice($ours, count($facts['parameters'])) as $parameter) {
            self::assertTrue($parameter->isOptional(), $parameter->getName());
        }
        if (isset($facts['errorCode'])) {
            $error = $class->newInstance('what', 'req_1');
            self::assertInstanceOf(HookBridgeException::class, $error);
            self::assertSame(['what', 'req_1'], [$error->getMessage(), $error->requestId]);
            self::assertSame([$facts['errorCode'], $facts['statusCode']], [$error->errorCode, $error->statusCode]);
            self::assertSame($facts['errorCode'], $error->exactCode);
        }
    }

    public function testThePreciseCodeStandsBesideTheOneOfTheClass(): void
    {
        $error = HookBridgeException::of('none', 'ENDPOINT_NOT_FOUND', 404, 'req_1');
        self::assertSame(['NOT_FOUND', 'ENDPOINT_NOT_FOUND'], [$error->errorCode, $error->exactCode]);
        $error = HookBridgeException::of('slowly', 'RATE_LIMIT_EXCEEDED', 429, null, true, 1.5);
        self::assertSame([2, true], [$error->retryAfter, $error->isRetryable]);
        $error = HookBridgeException::of('busy', 'DELIVERY_IN_PROGRESS', 409, 'req_2', true);
        self::assertSame([HookBridgeException::class, 'DELIVERY_IN_PROGRESS'], [$error::class, $error->errorCode]);
        self::assertSame(['req_2', 409, true], [$error->requestId, $error->statusCode, $error->isRetryable]);
    }

    public function testTheClientCanBeReplacedInTests(): void
    {
        $mock = $this->createMock(HookBridge::class);
        $mock->method('send')->willReturn(new SendResponse('id', 'queued'));
        self::assertSame('id', $mock->send('ep_1', ['n' => 1])->messageId);
        $mock->replay('id');

        $own = new class extends HookBridge {
            /** @var list<string> */
            public array $replayed = [];

            public function __construct()
            {
            }

            public function replay(string $messageId): void
            {
                $this->replayed[] = $messageId;
            }
        };
        $own->replay('id');
        self::assertSame(['id'], $own->replayed);
    }
}
