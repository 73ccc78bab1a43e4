"""Data capture: a share of the requests and answers, written to S3 as the service lays them out.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
"""

import base64
import json
import random
import uuid
from datetime import UTC, datetime
from typing import Any

from .. import neighbours
from ..api import ApiError
from ..rules import access
from ._answer import CONTENT_TYPE
from ._call import Call
from ._routing import Route

_SIDES = {"Input": ("Input",), "Output": ("Output",), "InputAndOutput": ("Input", "Output")}


def keep(call: Call, route: Route, request: bytes, answer: bytes) -> None:
    """Write one request and its answer, where the endpoint captures and the draw says so."""
    config = call.endpoint.values.get("DataCaptureConfig")
    if not config or config["CaptureStatus"] != "Started":
        return
    if random.random() * 100 >= config["CurrentSamplingPercentage"]:  # noqa: S311 -- since it is a sample of traffic
        return
    now = datetime.now(UTC)
    wanted = {side for option in config["CaptureOptions"] for side in _SIDES[option["CaptureMode"]]}
    contents = {
        "Input": (call.request.get("ContentType", "application/octet-stream"), request),
        "Output": (CONTENT_TYPE, answer),
    }
    captured = {f"endpoint{side}": _side(side, *contents[side], config) for side in sorted(wanted)}
    line: dict[str, Any] = {
        "captureData": captured,
        "eventMetadata": {"eventId": str(uuid.uuid4()), "inferenceTime": f"{now:%Y-%m-%dT%H:%M:%SZ}"},
        "eventVersion": "0",
    }
    if "InferenceId" in call.request:
        line["eventMetadata"]["inferenceId"] = call.request["InferenceId"]
    bucket, prefix = neighbours.split_s3(config["DestinationS3Uri"])
    name = f"{now:%M-%S}-{now.microsecond // 1000:03}-{uuid.uuid4()}.jsonl"
    parts = [*([prefix.rstrip("/")] if prefix else []), call.endpoint.name, route.variant, f"{now:%Y/%m/%d/%H}", name]
    place, key = config["DestinationS3Uri"], "/".join(parts)
    if route.role:
        url, seal = f"s3://{bucket}/{key}", config.get("KmsKeyId")
        try:
            access.require_writable(call.operation, route.role, url, seal, place, route.vpc)
        except ApiError:  # the answer is given all the same
            return
    neighbours.put_object(bucket, key, json.dumps(line).encode() + b"\n")


def _side(side: str, content_type: str, content: bytes, config: dict[str, Any]) -> dict[str, str]:
    encoding, data = _encoded(content_type, content, config.get("CaptureContentTypeHeader", {}))
    return {"observedContentType": content_type, "mode": side.upper(), "data": data, "encoding": encoding}


def _encoded(content_type: str, content: bytes, named: dict[str, list[str]]) -> tuple[str, str]:
    plain = content_type.partition(";")[0].strip()
    for encoding, member in (("CSV", "CsvContentTypes"), ("JSON", "JsonContentTypes")):
        if plain in named.get(member, []):
            return encoding, content.decode(errors="replace")
    return "BASE64", base64.b64encode(content).decode()
