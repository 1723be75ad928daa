<?php

declare(strict_types=1);

namespace HookBridge\Tests;

use DateTimeImmutable;
use HookBridge\Exception\ValidationException;
use HookBridge\HookBridge;
use HookBridge\Page;
use HookBridge\Response\APIKeyWithSecret;
use HookBridge\Response\AttemptRecord;
use HookBridge\Response\AttemptsResponse;
use HookBridge\Response\CreateEndpointResponse;
use HookBridge\Response\EndpointSummary;
use HookBridge\Response\ListEndpointsResponse;
use HookBridge\Response\RotateSecretResponse;
use HookBridge\Response\SendResponse;
use LogicException;

/** What methods answer: pages, printing, and JSON. */
final class ResponseTest extends OutboxTestCase
{
    public function testAPageIsWalkedCountedAndFollowed(): void
    {
        $client = $this->open();
        $made = [];
        for ($number = 0; $number < 5; $number++) {
            array_unshift($made, $client->createEndpoint("{$this->receiver->url}/{$number}")->id);
        }
        $page = $client->listEndpoints(2);
        self::assertInstanceOf(ListEndpointsResponse::class, $page);
        self::assertSame(2, count($page));
        self::assertSame($made[0], $page[0]->id);
        self::assertTrue(isset($page[1]) && !isset($page[2]));
        $seen = $pages = [];
        for ($next = $page; $next !== null; $next = $next->nextPage()) {
            $pages[] = $next::class;
            foreach ($next as $endpoint) {
                self::assertInstanceOf(EndpointSummary::class, $endpoint);
                $seen[] = $endpoint->id;
            }
        }
        self::assertSame($made, $seen);
        self::assertSame(array_fill(0, 3, ListEndpointsResponse::class), $pages);
        $walked = iterator_to_array($client->iterEndpoints(limit: 2));
        self::assertSame($made, array_map(static fn ($endpoint) => $endpoint->id, $walked));

        // The page of another process has no client.
        $copy = unserialize(serialize($page));
        self::assertEquals($page->endpoints, $copy->endpoints);
        foreach ([fn () => $copy->nextPage(), fn () => $page[0] = 1] as $refused) {
            try {
                $refused();
                self::fail('it was not refused');
            } catch (LogicException $error) {
                self::assertNotSame('', $error->getMessage());
            }
        }
        self::assertNull((new ListEndpointsResponse([], false, null))->nextPage());
    }

    public function testMessagesAreWalkedOverPages(): void
    {
        $client = $this->open(maxAttempts: 1);
        $good = $client->createEndpoint($this->receiver->url)->id;
        $bad = $client->createEndpoint("{$this->receiver->url}/status/400")->id;
        $sent = [];
        for ($number = 0; $number < 4; $number++) {
            $sent[] = $client->send($good, $number)->messageId;
            $dead[] = $client->send($bad, $number)->messageId;
        }
        self::assertTrue($client->flush());
        $ids = static fn (iterable $messages) => array_map(
            static fn ($message) => $message->messageId,
            [...$messages],
        );
        $walk = $client->iterLogs('succeeded', limit: 3);
        self::assertEqualsCanonicalizing($sent, $ids($walk));
        self::assertSame(array_reverse($sent), $ids($client->iterLogs(limit: 1, endpointId: $good)));
        self::assertEqualsCanonicalizing($dead, $ids($client->iterDLQMessages(limit: 3)));
        self::assertSame([], $ids($client->iterLogs(endTime: '2001-01-01T00:00:00Z')));
        // A page is asked for when it is reached.
        $lazy = $client->iterLogs('no such status');
        $this->expectException(ValidationException::class);
        $lazy->current();
    }

    public function testASecretIsStoredButNotPrinted(): void
    {
        $client = $this->open();
        $endpoint = $client->createEndpoint($this->receiver->url);
        $key = $client->createEndpointSigningKey($endpoint->id);
        $apiKey = $client->createAPIKey('test');
        self::assertInstanceOf(CreateEndpointResponse::class, $endpoint);
        self::assertInstanceOf(RotateSecretResponse::class, $key);
        self::assertInstanceOf(APIKeyWithSecret::class, $apiKey);
        $secrets = [
            [$endpoint, $endpoint->signingSecret],
            [$key, $key->signingSecret],
            [$apiKey, $apiKey->key],
        ];
        foreach ($secrets as [$result, $secret]) {
            ob_start();
            var_dump($result, [$result]);
            $printed = ob_get_clean() . print_r($result, true);
            self::assertStringNotContainsString($secret, $printed);
            self::assertStringContainsString('(not shown)', $printed);
            self::assertStringContainsString($secret, json_encode($result));
            self::assertContains($secret, $result->toArray());
        }
        try {
            new CreateEndpointResponse('ep_1', 'https://example.com/', 'whsec_secret', [], new DateTimeImmutable());
            self::fail('it took an array for a description');
        } catch (\TypeError $error) {
            self::assertStringNotContainsString('whsec_secret', $error->getTraceAsString());
        }
    }

    public function testTheTraceOfAWrongSettingHasNoKey(): void
    {
        $before = ini_set('zend.exception_ignore_args', '0');
        try {
            new HookBridge('hb_live_secret', durability: 'maybe');
            self::fail('it took the setting');
        } catch (ValidationException $error) {
            // An object in the place of an argument that is not to be shown is printed by its class.
            self::assertStringNotContainsString('hb_live_secret', print_r($error->getTrace(), true));
        } finally {
            ini_set('zend.exception_ignore_args', (string) $before);
        }
    }

    public function testResultsBecomeJsonAndArrays(): void
    {
        $began = new DateTimeImmutable('2026-01-02T03:04:05.678+01:00');
        $attempt = new AttemptRecord('id', 1, $began, responseHeaders: [], requestHeaders: ['1' => 'x']);
        $page = new AttemptsResponse([$attempt], false);
        $json = json_decode(json_encode($page), false, 512, JSON_THROW_ON_ERROR);
        self::assertSame('2026-01-02T02:04:05.678Z', $json->attempts[0]->createdAt);
        self::assertEquals((object) [], $json->attempts[0]->responseHeaders);
        self::assertEquals((object) ['1' => 'x'], $json->attempts[0]->requestHeaders);
        self::assertNull($json->attempts[0]->note);
        self::assertSame(['attempts', 'hasMore', 'nextCursor'], array_keys($page->toArray()));
        self::assertSame($began, $page->toArray()['attempts'][0]['createdAt']);
        self::assertSame('{"messageId":"id","status":"queued"}', json_encode(new SendResponse('id', 'queued')));
        self::assertInstanceOf(Page::class, $page);
    }

    public function testEveryAnswerIsThatOfTheEngine(): void
    {
        $client = $this->open(maxAttempts: 1);
        $url = "{$this->receiver->url}/status/500";
        $endpoint = $client->createEndpoint($url, 'orders', false, 7, 9, ['X-Team' => 'a'], [1, 2.5], 3);
        $found = $client->getEndpoint($endpoint->id);
        self::assertTrue($found->hmacEnabled);
        self::assertSame([7, 9, ['X-Team' => 'a']], [$found->rateLimitRps, $found->burst, $found->headers]);
        self::assertSame(3, $found->maxAttempts);
        self::assertNotNull($found->retrySchedule);
        self::assertSame($endpoint->signingSecret, $endpoint->toArray()['signingSecret']);
        self::assertSame(substr($endpoint->signingSecret, -4), $endpoint->keyHint);
        $changed = $client->updateEndpoint($endpoint->id, null, 'other', true, 0, 0, []);
        self::assertSame(['other', null, null], [$changed->description, $changed->rateLimitRps, $changed->burst]);

        $sent = $client->send($endpoint->id, ['n' => 1], null)->messageId;
        until(fn () => $client->getMessage($sent)->attemptCount === 1, 'it was attempted');
        $message = $client->getMessage($sent);
        self::assertSame([500, 'pending_retry'], [$message->responseStatus, $message->status]);
        $attempts = $client->getMessageAttempts($sent);
        self::assertNull($attempts[0]->responseBodyUrl);
        self::assertSame('slow', $attempts[0]->retryType);
        self::assertNull($attempts->nextPage());
        [$summary] = $client->getLogs()->messages;
        self::assertSame($url, $summary->endpoint);
        self::assertMatchesRegularExpression('/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/', $summary->createdAt);
        $apiKey = $client->createAPIKey('live', 'a key');
        self::assertIsString($apiKey->createdAt);
        self::assertNull($client->listAPIKeys()[0]->lastUsedAt);
        self::assertSame('failed_permanent', $client->cancelRetry($sent)->status);
    }
}
