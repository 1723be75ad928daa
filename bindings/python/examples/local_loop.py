from hookbridge import HookBridge

with HookBridge(database="local.db", allow_local_endpoints=True) as client:
    endpoint = client.create_endpoint("http://127.0.0.1:9000/hooks")
    result = client.send(endpoint.id, {"event": "order.created"})
    client.flush()
    print(client.get_message(result.message_id).status)
