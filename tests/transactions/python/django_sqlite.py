"""Django over SQLite."""

import os

import django
from django.conf import settings

options = {"transaction_mode": "IMMEDIATE"}
database = {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["SQLITE_FILE"], "OPTIONS": options}
settings.configure(DATABASES={"default": database})
django.setup()

from django.db import connection, models, transaction  # noqa: E402
from hookbridge import HookBridge, NotFoundError  # noqa: E402

ENDPOINT, ORDER = os.environ["ENDPOINT_ID"], os.environ["ORDER"]
PAYLOAD = {"order": ORDER, "to": "Zoë / Øre", "paid": True}


class Order(models.Model):
    id = models.AutoField(primary_key=True)
    reference = models.TextField()

    class Meta:
        app_label, db_table = "shop", "orders"


with HookBridge() as client:
    with transaction.atomic():
        Order.objects.create(reference=f"{ORDER} committed")
        receipt = client.send(ENDPOINT, PAYLOAD, headers={"X-Source": "orders"}, transaction=connection)
    print("committed", receipt.message_id)

    with transaction.atomic():
        Order.objects.create(reference=f"{ORDER} rolled back")
        receipt = client.send(ENDPOINT, PAYLOAD, transaction="default")
        transaction.set_rollback(True)
    print("rolled back", receipt.message_id)

    try:
        with transaction.atomic():
            Order.objects.create(reference=f"{ORDER} refused")
            client.send("ep_unknown", PAYLOAD, transaction=connection)
    except NotFoundError as refusal:
        print("refused", refusal.exact_code, refusal.status_code)
