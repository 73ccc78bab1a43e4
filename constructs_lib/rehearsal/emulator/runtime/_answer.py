"""What a container says here, as long as no model is loaded: who it is and how much it was sent."""

import json

from ._call import Call
from ._routing import Route

CONTENT_TYPE = "application/json"


def answer(call: Call, route: Route, body: bytes) -> bytes:
    """The body of an answer."""
    said = {"endpoint": call.endpoint.name, **route.names, "bytes": len(body)}
    return json.dumps(said).encode()


def headers(call: Call, route: Route) -> dict[str, str]:
    """The headers that tell who answered."""
    told = {"x-Amzn-Invoked-Production-Variant": route.variant}
    if "CustomAttributes" in call.request:
        told["X-Amzn-SageMaker-Custom-Attributes"] = call.request["CustomAttributes"]
    return told
