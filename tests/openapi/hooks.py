"""What the document cannot say, told to schemathesis: which values are taken, and what it must leave alone."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any

import schemathesis
from hypothesis import strategies as st

# The key that the run itself shows.
KEY_ID = os.environ["OPENAPI_TEST_KEY_ID"]

# Which of the addresses that look well are public, no schema can say.
hosts = st.from_regex(r"[a-z][a-z0-9]{0,20}(\.[a-z][a-z0-9]{0,20}){0,2}\.example\.com", fullmatch=True)
paths = st.from_regex(r"(/[A-Za-z0-9._~-]{1,20}){0,3}", fullmatch=True)
schemathesis.openapi.format("uri", st.builds("https://{}{}".format, hosts, paths))

# A cursor is taken from a page before, and none stands for the first page.
schemathesis.openapi.format("cursor", st.just(""))


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text.upper().replace("Z", "+00:00"))
    except (AttributeError, ValueError):
        return None


@schemathesis.hook
def map_case(context: schemathesis.HookContext, case: schemathesis.Case) -> schemathesis.Case:
    """Two fields that hang together, and names that are the same: what stands for itself in a schema."""
    body = case.body
    if isinstance(body, dict):
        start, end = _moment(body.get("start_time")), _moment(body.get("end_time"))
        if start and end and end <= start:
            body["start_time"], body["end_time"] = body["end_time"], (start + timedelta(days=1)).isoformat()
        headers = body.get("headers")
        if isinstance(headers, dict):
            body["headers"] = dict({name.lower(): (name, value) for name, value in headers.items()}.values())
    return case


@schemathesis.hook
def filter_case(context: schemathesis.HookContext, case: schemathesis.Case) -> bool:
    """The run must not delete its own key, and a path with an empty part is another path."""
    parts = (case.path_parameters or {}).values()
    return KEY_ID not in parts and "" not in parts
