from hookbridge import HookBridge, HookBridgeError, NotFoundError

with HookBridge(database="hookbridge.db") as client:
    try:
        client.send("ep_unknown", {"event": "order.created"})
    except NotFoundError as error:
        print(error.exact_code, error.status_code)
    except HookBridgeError as error:
        print(error.exact_code, "again later" if error.is_retryable else "not again")
