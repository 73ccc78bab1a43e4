"""Roles that were granted an invocation do it, with credentials of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from constructs_lib.rehearsal._hosted import Hosted, hosted
from constructs_lib.rehearsal._kinds import invoke, models_of
from constructs_lib.rehearsal._policies import listed, matches
from constructs_lib.rehearsal._stage import Caller, Stage

_INVOKE, _ASYNC = "sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointAsync"
_STREAM = "sagemaker:InvokeEndpointWithResponseStream"
_MODEL, _CONTAINER = "sagemaker:TargetModel", "sagemaker:TargetContainerHostname"
_BODY = json.dumps({"instances": [[0.0]]}).encode()


def invoke_as(stage: Stage, caller: Caller) -> tuple[int, frozenset[str]]:
    """Let a role invoke each endpoint that a statement of its own names an invocation of.

    Whether it may is in what the embedded AWS keeps of its requests.

    Returns:
        How many endpoints it asked, and the condition keys that limit it, such as `sagemaker:TargetModel`.
    """
    asked, limited, asking = 0, set[str](), replace(stage, caller=caller)
    for statement in caller.statements:
        actions = [action for action in listed(statement.get("Action")) if action.startswith(_INVOKE)]
        if statement["Effect"] != "Allow" or not actions:
            continue
        targets = dict(_targets(statement))
        limited |= targets.keys()
        for path, described in stage.endpoints.items():
            if any(matches(described["EndpointArn"], resource) for resource in listed(statement.get("Resource"))):
                _invoke(asking, hosted(stage, path, _now(stage, described)), actions, targets)
                asked += 1
    return asked, frozenset(limited)


def _now(stage: Stage, described: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = stage.aws.client("sagemaker").describe_endpoint(EndpointName=described["EndpointName"])
    return found


def _invoke(stage: Stage, endpoint: Hosted, actions: list[str], targets: Mapping[str, list[str]]) -> None:
    client = stage.asking("sagemaker-runtime")
    fitting = _ASYNC if "AsyncInferenceConfig" in endpoint.config else _INVOKE
    granted = {each for each in (_INVOKE, _ASYNC, _STREAM) if any(matches(each, action) for action in actions)}
    try:
        if targets:
            for target in _chosen(stage, endpoint, targets):
                client.invoke_endpoint(EndpointName=endpoint.name, Body=_BODY, **target)
        elif fitting in granted:
            invoke(stage, endpoint)
        elif _STREAM in granted and fitting != _ASYNC:
            client.invoke_endpoint_with_response_stream(EndpointName=endpoint.name, Body=_BODY)
    except ClientError as error:
        if not is_denied(error):
            raise


def is_denied(error: ClientError) -> bool:
    """Whether a caller was refused for its rights, which is kept with its requests and said in its row."""
    return str(error.response["Error"]["Code"]).startswith("AccessDenied")


@contextmanager
def unless_denied() -> Iterator[None]:
    """Leave off where a caller is refused for its rights."""
    try:
        yield
    except ClientError as error:
        if not is_denied(error):
            raise


def _targets(statement: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for operator, conditions in statement.get("Condition", {}).items():
        for key, values in conditions.items():
            if key in (_MODEL, _CONTAINER) and "Not" not in operator:
                yield key, listed(values)


def _chosen(stage: Stage, endpoint: Hosted, targets: Mapping[str, list[str]]) -> Iterator[dict[str, str]]:
    """One model or container that is there for each pattern that the statement lets in."""
    for pattern in targets.get(_MODEL, ()):
        model = next((name for name in models_of(stage, endpoint) if matches(name, pattern)), None)
        if model:
            yield {"TargetModel": model}
    names = [str(each.get("ContainerHostname", "")) for each in endpoint.containers()]
    for pattern in targets.get(_CONTAINER, ()):
        name = next((each for each in names if matches(each, pattern)), None)
        if name:
            yield {"TargetContainerHostname": name}
