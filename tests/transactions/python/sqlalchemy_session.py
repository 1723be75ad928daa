"""SQLAlchemy's Session, over psycopg 3 or SQLite."""

import os

from hookbridge import HookBridge, NotFoundError
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

ENDPOINT, ORDER = os.environ["ENDPOINT_ID"], os.environ["ORDER"]
PAYLOAD = {"order": ORDER, "to": "Zoë / Øre", "paid": True}


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str]


engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:"))
with HookBridge() as client:
    with Session(engine) as session, session.begin():
        session.add(Order(reference=f"{ORDER} committed"))
        receipt = client.send(ENDPOINT, PAYLOAD, headers={"X-Source": "orders"}, transaction=session)
    print("committed", receipt.message_id)

    with Session(engine) as session:
        session.add(Order(reference=f"{ORDER} rolled back"))
        receipt = client.send(ENDPOINT, PAYLOAD, transaction=session)
        session.rollback()
    print("rolled back", receipt.message_id)

    try:
        with Session(engine) as session, session.begin():
            session.add(Order(reference=f"{ORDER} refused"))
            client.send("ep_unknown", PAYLOAD, transaction=session)
    except NotFoundError as refusal:
        print("refused", refusal.exact_code, refusal.status_code)
