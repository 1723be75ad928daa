from hookbridge import HookBridge, RawJson, SendFailure

with HookBridge(database="hookbridge.db") as client:
    endpoint = client.list_endpoints()[0]
    results = client.send_batch(
        [
            {"endpoint_id": endpoint.id, "payload": {"event": "order.created", "order_id": "ord_124"}},
            {"endpoint_id": endpoint.id, "payload": RawJson('{"event": "order.paid", "total": 19.90}')},
            {"endpoint_id": "ep_unknown", "payload": {"event": "order.created"}},
        ]
    )
    for result in results:
        if isinstance(result, SendFailure):
            print("refused", result.code)
        else:
            print("accepted", result.message_id)
    client.flush()
