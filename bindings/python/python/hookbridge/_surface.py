"""What the published package of the hosted service has and an outbox does not."""

from __future__ import annotations

from typing import Any

from .errors import NotFoundError

#: Methods of the hosted service: inbound and pull endpoints, and its bills.
HOSTED_ONLY = frozenset(
    {
        "ack_pull_events",
        "create_inbound_endpoint",
        "create_inbound_signing_key",
        "create_pull_endpoint",
        "delete_inbound_endpoint",
        "delete_inbound_message",
        "delete_inbound_messages_all",
        "delete_inbound_messages_batch",
        "delete_inbound_signing_key",
        "delete_pull_endpoint",
        "delete_pull_event",
        "delete_pull_events_all",
        "delete_pull_events_batch",
        "get_inbound_endpoint",
        "get_inbound_logs",
        "get_inbound_message",
        "get_inbound_message_attempts",
        "get_inbound_metrics",
        "get_inbound_timeseries_metrics",
        "get_invoices",
        "get_pull_endpoint",
        "get_pull_event",
        "get_pull_logs",
        "get_pull_metrics",
        "get_pull_timeseries_metrics",
        "get_subscription",
        "get_usage_history",
        "handle_stripe_webhook",
        "list_inbound_endpoints",
        "list_inbound_rejections",
        "list_inbound_signing_keys",
        "list_pull_endpoints",
        "list_pull_events",
        "listen_inbound_endpoint",
        "pause_inbound_endpoint",
        "pause_pull_endpoint",
        "replay_all_inbound_messages",
        "replay_batch_inbound_messages",
        "replay_inbound_message",
        "resume_inbound_endpoint",
        "resume_pull_endpoint",
        "update_inbound_endpoint",
        "update_pull_endpoint",
    }
)


class HostedNames:
    """Answers the hosted service's own methods with an error of this package that says what they are."""

    def __getattr__(self, name: str) -> Any:
        if name in HOSTED_ONLY:

            def refuse(*_: object, **__: object) -> Any:
                raise NotFoundError(f"`{name}` belongs to the hosted service: an outbox has outbound webhooks only")

            return refuse
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
