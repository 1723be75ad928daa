from hookbridge import HookBridge

with HookBridge(database="hookbridge.db") as client:
    for message in client.iter_dlq_messages():
        print(message.message_id, message.last_error)
        client.replay_from_dlq(message.message_id)
    client.flush()
