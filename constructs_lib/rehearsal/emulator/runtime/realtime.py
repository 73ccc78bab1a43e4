"""`InvokeEndpoint`: the answer comes at once."""

from ..api import Answer, refused
from . import _capture
from ._answer import CONTENT_TYPE, answer, headers
from ._call import Call
from ._routing import route


def invoke(call: Call) -> Answer:
    """Answer one invocation, and capture it where the endpoint does."""
    require_synchronous(call)
    found, body = route(call), call.request.get("Body", b"")
    said = answer(call, found, body)
    _capture.keep(call, found, body, said)
    return 200, {"Content-Type": CONTENT_TYPE, **headers(call, found)}, said


def require_synchronous(call: Call) -> None:
    """Refuse an endpoint that answers into S3 only."""
    if "AsyncInferenceConfig" in call.endpoint.values:
        raise refused(f"Endpoint {call.endpoint.name} is asynchronous and answers InvokeEndpointAsync only.")
