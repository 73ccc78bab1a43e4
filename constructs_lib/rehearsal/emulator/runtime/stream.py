"""`InvokeEndpointWithResponseStream`: the answer comes in parts, as an event stream."""

import struct
from binascii import crc32

from ..api import Answer, refused
from . import _capture
from ._answer import CONTENT_TYPE, answer, headers
from ._call import Call
from ._routing import route
from .realtime import require_synchronous

_PART = 32
_TEXT = 7  # the type of a header whose value is text


def invoke(call: Call) -> Answer:
    """Answer one invocation in parts."""
    require_synchronous(call)
    if any(variant.multi_model for variant in call.variants):
        raise refused(f"Endpoint {call.endpoint.name} is a multi-model endpoint and answers InvokeEndpoint only.")
    found, body = route(call), call.request.get("Body", b"")
    said = answer(call, found, body)
    _capture.keep(call, found, body, said)
    parts = [said[start : start + _PART] for start in range(0, len(said), _PART)]
    told = {"Content-Type": "application/vnd.amazon.eventstream", "X-Amzn-SageMaker-Content-Type": CONTENT_TYPE}
    return 200, told | headers(call, found), b"".join(map(_event, parts))


def _event(payload: bytes) -> bytes:
    """One `PayloadPart`.

    Source: https://smithy.io/2.0/aws/amazon-eventstream.html
    """
    named = {":message-type": "event", ":event-type": "PayloadPart", ":content-type": "application/octet-stream"}
    head = b"".join(_header(name.encode(), value.encode()) for name, value in named.items())
    lengths = struct.pack("!II", 16 + len(head) + len(payload), len(head))
    message = lengths + struct.pack("!I", crc32(lengths)) + head + payload
    return message + struct.pack("!I", crc32(message))


def _header(name: bytes, value: bytes) -> bytes:
    return struct.pack("!B", len(name)) + name + struct.pack("!BH", _TEXT, len(value)) + value
