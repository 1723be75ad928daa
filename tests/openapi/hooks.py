"""What the document cannot say, told to schemathesis: which values are taken, and what it must leave alone."""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta
from typing import Any

import schemathesis
from hypothesis import strategies as st

# The key that the run itself shows, and what it made beforehand.
KEY_ID = os.environ["OPENAPI_TEST_KEY_ID"]
ENDPOINT_ID = os.environ["OPENAPI_TEST_ENDPOINT_ID"]
MESSAGE_IDS = os.environ["OPENAPI_TEST_MESSAGE_IDS"].split(",")

# Which of the addresses that look well are public, no schema can say.
hosts = st.from_regex(r"[a-z][a-z0-9]{0,20}(\.[a-z][a-z0-9]{0,20}){0,2}\.example\.com", fullmatch=True)
paths = st.from_regex(r"(/[A-Za-z0-9._~-]{1,20}){0,3}", fullmatch=True)
schemathesis.openapi.format("uri", st.builds("https://{}{}".format, hosts, paths))

# A cursor is taken from a page before, and none stands for the first page.
schemathesis.openapi.format("cursor", st.just(""))


def _known(name: str, value: Any) -> Any:
    """Of ids that are well formed, half become those of something that is there: by chance alone none would be."""
    if name == "endpoint_id" and re.fullmatch("ep_[02468ace][0-9a-f]{31}", str(value)):
        return ENDPOINT_ID
    if name == "message_id" and re.fullmatch("[02468ace][0-9a-f]{7}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", str(value)):
        return MESSAGE_IDS[int(value[-1], 16) % len(MESSAGE_IDS)]
    return value


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text.upper().replace("Z", "+00:00"))
    except (AttributeError, ValueError):
        return None


@schemathesis.hook
def map_case(context: schemathesis.HookContext, case: schemathesis.Case) -> schemathesis.Case:
    """Ids of what is there, two fields that hang together, and names that differ in case alone."""
    if case.operation.definition.raw["operationId"] != "delete_endpoint":
        for fields in (case.path_parameters, case.query, case.body):
            if isinstance(fields, dict):
                fields.update({name: _known(name, value) for name, value in fields.items()})
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
    """The run must not delete its own key, and a path with an empty part is another path.

    PHP writes what is empty as ``[]``, and its SDK sends that: it is taken for an empty object, undocumented.
    """
    if case.body == [] or (isinstance(case.body, dict) and case.body.get("headers") == []):
        return False
    # Where null is allowed too, an empty text is made for a time, which it is not.
    if isinstance(case.body, dict) and case.body.get("before") == "":
        return False
    # JSON Schema takes 99.0 for a whole number; a limit is written as one.
    if isinstance(case.body, dict) and isinstance(case.body.get("limit"), float):
        return False
    parts = (case.path_parameters or {}).values()
    return KEY_ID not in parts and "" not in parts
