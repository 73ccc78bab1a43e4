"""SageMaker Runtime: an endpoint answers what it was asked, in the way of its kind."""

import json
import random
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from .api import Answer, Handler
from .records import Record
from .sagemaker import SageMaker

_PATH = re.compile(r"/endpoints/(?P<endpoint>[^/]+)/(?P<action>[a-z-]+)$")

# (endpoint, headers, body) -> answer. A kind of invocation that comes later is one more line in _ACTIONS.
_Invoke = Callable[[Record, dict[str, str], bytes], Answer]


def is_invocation(path: str) -> bool:
    """Whether a request signed for SageMaker is for its runtime and not for its control plane."""
    return _PATH.fullmatch(path) is not None


def runtime_handler(sagemaker: SageMaker) -> Handler:
    """The runtime as a MiniStack service handler."""

    async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Answer:
        found = _PATH.fullmatch(path)
        invoke = _ACTIONS.get(found["action"]) if found else None
        if found is None or invoke is None:
            return _error(404, "ValidationError", f"{method} {path} is not part of the embedded AWS yet")
        name = unquote(found["endpoint"])
        endpoint = sagemaker.records.get("Endpoint", name)
        # While an update runs, the endpoint goes on serving.
        if endpoint is None or endpoint.status not in ("InService", "Updating"):
            account_says = f"Endpoint {name} of account {_account(sagemaker, name)} not found."
            return _error(400, "ValidationError", account_says)
        return invoke(endpoint, headers, body)

    return handle


def _invoke_in_real_time(endpoint: Record, headers: dict[str, str], body: bytes) -> Answer:
    if "AsyncInferenceConfig" in endpoint.values:
        return _error(
            400, "ValidationError", f"Endpoint {endpoint.name} is asynchronous and answers InvokeEndpointAsync only."
        )
    variants = endpoint.values["ProductionVariants"]
    wanted = headers.get("x-amzn-sagemaker-target-variant")
    if wanted is not None:
        variants = [variant for variant in variants if variant["VariantName"] == wanted]
        if not variants:
            return _error(400, "ValidationError", f"Variant {wanted} not found for endpoint {endpoint.name}.")
    variant = _chosen(variants)["VariantName"]
    answer = {"endpoint": endpoint.name, "variant": variant, "bytes": len(body)}
    answer_headers = {"Content-Type": "application/json", "x-Amzn-Invoked-Production-Variant": variant}
    return 200, answer_headers, json.dumps(answer).encode()


_ACTIONS: dict[str, _Invoke] = {"invocations": _invoke_in_real_time}


def _chosen(variants: list[dict[str, Any]]) -> dict[str, Any]:
    weights = [float(variant["CurrentWeight"]) for variant in variants]
    if not any(weights):
        return variants[0]
    return random.choices(variants, weights)[0]  # noqa: S311 -- since it is traffic


def _account(sagemaker: SageMaker, name: str) -> str:
    return sagemaker.arn("Endpoint", name).split(":")[4]


def _error(status: int, code: str, message: str) -> Answer:
    headers = {"Content-Type": "application/json", "x-amzn-errortype": code}
    return status, headers, json.dumps({"Message": message}).encode()
