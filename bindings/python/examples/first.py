from hookbridge import HookBridge

with HookBridge(database="hookbridge.db") as client:
    endpoint = client.create_endpoint("https://example.com/hooks")
    print(endpoint.id, endpoint.signing_secret)  # the secret is shown only here

    result = client.send(
        endpoint_id=endpoint.id,
        payload={"event": "order.created", "order_id": "ord_123"},
        headers={"X-Source": "billing-service"},
        idempotency_key="order-123-created-v1",
    )
    print(result.message_id)
    client.flush()  # waits until it is delivered
