from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from hookbridge import AsyncHookBridge


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncHookBridge(database="hookbridge.db") as client:
        app.state.client = client
        app.state.endpoint = (await client.list_endpoints())[0]
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/orders/{order_id}", status_code=202)
async def create_order(order_id: str, request: Request) -> dict[str, str]:
    state = request.app.state
    result = await state.client.send(
        endpoint_id=state.endpoint.id,
        payload={"event": "order.created", "order_id": order_id},
        idempotency_key=f"{order_id}-created",
    )
    return {"message_id": result.message_id}
