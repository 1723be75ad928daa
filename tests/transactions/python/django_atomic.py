"""Django: the connection of `django.db`, or the alias of one."""

import os
from urllib.parse import urlsplit

import django
from django.conf import settings

url = urlsplit(os.environ["DATABASE_URL"])
database = {"HOST": url.hostname, "PORT": url.port, "USER": url.username, "NAME": url.path[1:]}
settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", **database}})
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
