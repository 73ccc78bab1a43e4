"""`InvokeEndpointAsync`: the request waits in S3, the answer is written there, and a topic tells of it."""

import json
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .. import alarms, neighbours
from ..api import Answer, ApiError, refused
from ..rules import access
from ._answer import CONTENT_TYPE, answer
from ._call import Call
from ._routing import Route, route

_SECONDS = 0.1
_TTL = 21600


@dataclass(frozen=True, slots=True)
class _Queued:
    """A request in the queue of an endpoint: where it reads, where it answers, until when it waits."""

    call: Call
    route: Route
    source: str
    identity: str
    output: str
    failure: str
    received: str
    expires: float


def invoke(call: Call) -> Answer:
    """Take one request into the queue."""
    config = call.endpoint.values.get("AsyncInferenceConfig")
    if config is None:
        raise refused(f"Endpoint {call.endpoint.name} is not asynchronous and does not support InvokeEndpointAsync.")
    source = call.request.get("InputLocation")
    if source is None:
        raise refused("InputLocation must be given.")
    bucket, key = neighbours.split_s3(source)
    if not bucket or not key:
        raise refused(f"InputLocation {source} is not the URI of an object in S3.")
    queued = _queue(call, config["OutputConfig"], source)
    _tell_backlog(call, 1)
    neighbours.later(_SECONDS, lambda: _work(queued))
    headers = {"Content-Type": "application/json", "X-Amzn-SageMaker-OutputLocation": queued.output}
    if queued.failure:
        headers["X-Amzn-SageMaker-FailureLocation"] = queued.failure
    return 202, headers, json.dumps({"InferenceId": queued.identity}).encode()


def _queue(call: Call, config: dict[str, Any], source: str) -> _Queued:
    # The service names the object by an id of its own and not by the InferenceId, which need not be unique.
    name = call.request.get("Filename", str(uuid.uuid4()))
    extension = call.request.get("S3OutputPathExtension", "").strip("/")
    below = f"{extension}/{name}" if extension else name
    failures = config.get("S3FailurePath")
    return _Queued(
        call=call,
        route=route(call),
        source=source,
        identity=call.request.get("InferenceId", str(uuid.uuid4())),
        output=f"{config['S3OutputPath'].rstrip('/')}/{below}.out" if "S3OutputPath" in config else "",
        failure=f"{failures.rstrip('/')}/{below}-error.out" if failures else "",
        received=_now(),
        expires=time.monotonic() + float(call.request.get("RequestTTLSeconds", _TTL)),
    )


def _work(queued: _Queued) -> None:
    call = queued.call
    endpoint = call.sagemaker.records.get("Endpoint", call.endpoint.name)
    if endpoint is not call.endpoint:
        return  # deleted, and its queue with it
    if not any(variant.get("CurrentInstanceCount") for variant in endpoint.values["ProductionVariants"]):
        if time.monotonic() < queued.expires:
            neighbours.later(_SECONDS, lambda: _work(queued))
        return
    config = endpoint.values["AsyncInferenceConfig"]["OutputConfig"]
    try:
        content = _read(queued)
        if queued.output:
            _write(queued, config, "S3OutputPath", queued.output, answer(call, queued.route, content))
    except ApiError as error:
        if queued.failure:
            with suppress(ApiError):  # nobody is left to hear of it
                _write(queued, config, "S3FailurePath", queued.failure, error.message.encode())
        _notify(queued, config, "ErrorTopic", {"invocationStatus": "Failed", "failureReason": error.message})
        return
    told = {"contentType": CONTENT_TYPE, "outputLocation": queued.output}
    _notify(queued, config, "SuccessTopic", {"invocationStatus": "Completed", "responseParameters": told})


def _write(queued: _Queued, config: dict[str, Any], member: str, url: str, content: bytes) -> None:
    if queued.route.role:
        key, place, vpc = config.get("KmsKeyId"), config[member], queued.route.vpc
        access.require_writable("InvokeEndpointAsync", queued.route.role, url, key, place, vpc)
    neighbours.put_object(*neighbours.split_s3(url), content)


def _read(queued: _Queued) -> bytes:
    bucket, key = neighbours.split_s3(queued.source)
    if key not in neighbours.object_keys(bucket, key):
        raise refused(f"ClientError: could not download {queued.source}, which does not exist.")
    if queued.route.role:
        try:
            access.require_readable("InvokeEndpointAsync", queued.route.role, bucket, [key], vpc=queued.route.vpc)
        except ApiError as error:
            raise refused(f"ClientError: could not download {queued.source}. {error.message}") from error
    return neighbours.get_object(bucket, key)


def _notify(queued: _Queued, config: dict[str, Any], member: str, outcome: dict[str, Any]) -> None:
    """Tell the topic, in the form of https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-check-predictions.html."""
    topic = config.get("NotificationConfig", {}).get(member)
    if topic is None:
        return
    call = queued.call
    asked = {"endpointName": call.endpoint.name, "inputLocation": queued.source}
    if "ContentType" in call.request:
        asked["contentType"] = call.request["ContentType"]
    message = {
        "awsRegion": neighbours.scope()[1],
        "eventTime": _now(),
        "receivedTime": queued.received,
        "requestParameters": asked,
        "inferenceId": queued.identity,
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
        **outcome,
    }
    if queued.route.role:
        try:
            access.require_publishable("InvokeEndpointAsync", queued.route.role, topic)
        except ApiError:
            return
    neighbours.publish(topic, json.dumps(message))


def _tell_backlog(call: Call, waiting: int) -> None:
    """Publish what an endpoint with a queue scales on; it has the dimension EndpointName only (TRAPS 21)."""
    serving = sum(int(variant.shown.get("CurrentInstanceCount", 0)) for variant in call.variants)
    alarms.publish_state("HasBacklogWithoutCapacity", 0 if serving else 1, EndpointName=call.endpoint.name)
    alarms.publish_state("ApproximateBacklogSize", waiting, EndpointName=call.endpoint.name)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
