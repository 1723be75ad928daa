<?php

declare(strict_types=1);

namespace HookBridge\Tests;

use DateTimeImmutable;
use HookBridge\BatchEvent;
use HookBridge\BatchMessage;
use HookBridge\Exception\ValidationException;
use HookBridge\RawJson;

/** Order, time and events: what says when a message goes, and to whom. */
final class OrderTest extends OutboxTestCase
{
    public function testAnOrderingKeyKeepsTheOrder(): void
    {
        $client = $this->open();
        $endpoint = $client->createEndpoint($this->receiver->url);
        $payloads = [new RawJson('{"n": 1.10}'), ['n' => 2], 'three'];
        foreach ($payloads as $payload) {
            $sent = $client->send($endpoint->id, $payload, ['X-A' => 'b'], orderingKey: 'order-1');
            self::assertSame('queued', $sent->status);
        }
        self::assertSame('order-1', $client->getMessage($sent->messageId)->orderingKey);
        $client->sendBatch([new BatchMessage($endpoint->id, null, orderingKey: 'order-1')]);
        self::assertTrue($client->flush());
        $deliveries = $this->receiver->deliveries();
        self::assertSame(['{"n": 1.10}', '{"n":2}', '"three"', 'null'], array_column($deliveries, 'body'));
        self::assertSame('b', $deliveries[0]['headers']['x-a']);
        try {
            $client->send($endpoint->id, new RawJson('1,"x":2'), orderingKey: 'order-1');
            self::fail('it took half a document');
        } catch (ValidationException $error) {
            self::assertStringContainsString('`payload`', $error->getMessage());
        }
    }

    public function testAMessageWaitsForItsTime(): void
    {
        $client = $this->open();
        $endpoint = $client->createEndpoint($this->receiver->url);
        $at = new DateTimeImmutable('@' . (time() + 3600));
        $sent = $client->send($endpoint->id, 1, deliverAt: $at, expiresAt: $at->modify('+1 second'));
        $batch = $client->sendBatch([new BatchMessage($endpoint->id, 1, deliverAt: $at->format(DATE_ATOM))]);
        foreach ([$sent, $batch[0]] as $one) {
            $message = $client->getMessage($one->messageId);
            self::assertSame('queued', $message->status);
            self::assertEquals([$at, $at], [$message->nextAttemptAt, $message->deliverAt]);
        }
        self::assertEquals($at->modify('+1 second'), $client->getMessage($sent->messageId)->expiresAt);
    }

    public function testAnEventGoesToAllThatWantIt(): void
    {
        $client = $this->open();
        $url = $this->receiver->url;
        $client->createEndpoint("{$url}/one", eventTypes: ['order.*']);
        $client->createEndpoint("{$url}/two", eventTypes: ['order.*']);
        $filter = [['pointer' => '/total', 'greater' => 100]];
        $above = $client->createEndpoint("{$url}/big", eventTypes: ['order.*'], filter: $filter);
        self::assertSame(2, $client->sendEvent('order.created', ['total' => 5])->matched);
        self::assertTrue($client->flush());
        $deliveries = $this->receiver->deliveries();
        $paths = array_column($deliveries, 'path');
        sort($paths);
        self::assertSame(['/one', '/two'], $paths);
        foreach ($deliveries as $delivery) {
            self::assertSame('order.created', $delivery['headers']['x-webhook-event']);
            self::assertSame('{"total":5}', $delivery['body']);
        }
        self::assertSame(3, $client->sendEvent('order.created', new RawJson('{"total": 101.0}'))->matched);
        self::assertSame(2, $client->sendEvent('order.created', '{"total": 101}')->matched);
        self::assertSame(0, $client->sendEvent('user.created', null)->matched);
        $soon = new DateTimeImmutable('+1 minute');
        $events = [new BatchEvent('order.paid', ['total' => 101], expiresAt: $soon), new BatchEvent('', 1)];
        $results = $client->sendEventBatch($events)->results;
        $kept = $client->getEvent($results[0]->eventId);
        self::assertSame($soon->getTimestamp(), $kept->expiresAt->getTimestamp());
        self::assertSame([3, null], [$results[0]->matched, $results[1]->matched]);
        self::assertNotNull($results[1]->error);
        self::assertTrue($client->flush());
        self::assertContains('{"total": 101.0}', array_column($this->receiver->deliveries(), 'body'));
        self::assertFalse($client->checkSubscription('order.paid', ['total' => 7], $above->id)->wanted);
    }

    public function testTheCatalogueTakesSchemasAndExamples(): void
    {
        $client = $this->open();
        $schema = ['type' => 'object', 'required' => ['total']];
        $client->createEventType('order.created', schema: $schema, example: ['total' => 1]);
        self::assertEquals($schema, (array) $client->getEventType('order.created')->schema);
        self::assertNull($client->updateEventType('order.created', example: new RawJson('null'))->example);
    }
}
