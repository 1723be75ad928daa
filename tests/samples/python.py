from hookbridge import HookBridge

client = HookBridge(api_key="YOUR_API_KEY")
result = client.send(
    endpoint_id="YOUR_ENDPOINT_ID",
    payload={"event": "order.created", "order_id": "ord_123"},
    headers={"X-Source": "billing-service"},
    idempotency_key="order-123-created-v1",
)
print(result.message_id)
