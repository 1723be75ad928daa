from hookbridge import HookBridge

with HookBridge(database="hookbridge.db") as client:
    page = client.list_endpoints(limit=20)
    print(len(page), page[0].id)
    if page.next_page() is None:
        print("that is all")

    for message in client.iter_logs(status="succeeded"):
        print(message.message_id, message.status)
