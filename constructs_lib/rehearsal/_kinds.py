"""The kinds of endpoints, and how each is called."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from constructs_lib.rehearsal._asynchronous import invoke_queue
from constructs_lib.rehearsal._hosted import Hosted, components, split_s3
from constructs_lib.rehearsal._stage import Stage
from constructs_lib.rehearsal._steps import StepFailed, counted

_BODY = json.dumps({"instances": [[0.0]]}).encode()


@dataclass(frozen=True)
class EndpointKind:
    """How one kind of endpoint is called.

    Attributes:
        name: As the table shows it.
        matches: Whether an endpoint is of this kind.
        invoke: Calls the endpoint and returns what answered; raises on anything else than success.
    """

    name: str
    matches: Callable[[Hosted], bool]
    invoke: Callable[[Stage, Hosted], str]


def _ask(stage: Stage, endpoint: Hosted, **target: str) -> dict[str, Any]:
    answer: dict[str, Any] = stage.asking("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint.name, ContentType="application/json", Accept="application/json", Body=_BODY, **target
    )
    body = answer["Body"].read()
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    if status != 200:
        raise StepFailed(f"{endpoint.name} answered {status}: {body[:200]!r}")
    return answer


def _invoke_now(stage: Stage, endpoint: Hosted) -> str:
    answer = _ask(stage, endpoint)
    return f"variant {answer.get('InvokedProductionVariant', '?')} answered 200"


def _invoke_shadowed(stage: Stage, endpoint: Hosted) -> str:
    shadows = [str(variant["VariantName"]) for variant in endpoint.described.get("ShadowProductionVariants", [])]
    if not shadows:
        raise StepFailed(f"{endpoint.name} has a shadow variant in its configuration and does not show it")
    return f"{_invoke_now(stage, endpoint)}, shadowed by {', '.join(shadows)}"


def models_of(stage: Stage, endpoint: Hosted) -> list[str]:
    """The names of the models below the prefix of a multi-model endpoint; none of another endpoint."""
    container = next(filter(_is_multi_model, endpoint.containers()), None)
    if container is None:
        return []
    bucket, prefix = _models_place(container)
    pages = stage.aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = [str(item["Key"]) for page in pages for item in page.get("Contents", ())]
    return [key.removeprefix(prefix) for key in keys if not key.endswith("/")]


def _models_place(container: dict[str, Any]) -> tuple[str, str]:
    source = container.get("ModelDataSource", {}).get("S3DataSource", {})
    return split_s3(source.get("S3Uri") or container["ModelDataUrl"])


def _invoke_model(stage: Stage, endpoint: Hosted) -> str:
    models = models_of(stage, endpoint)
    if not models:
        bucket, prefix = _models_place(next(filter(_is_multi_model, endpoint.containers())))
        return f"not asked: there is no model below s3://{bucket}/{prefix} (rehearsal.json can put one there)"
    # An archive is a model by itself; what is not is one object of several below a prefix of their own.
    model = next((name for name in models if name.endswith(".tar.gz")), models[0])
    _ask(stage, endpoint, TargetModel=model)
    return f"model {model} of {len(models)} answered 200"


def _invoke_containers(stage: Stage, endpoint: Hosted) -> str:
    names = [str(container["ContainerHostname"]) for container in endpoint.containers()]
    for name in names:
        _ask(stage, endpoint, TargetContainerHostname=name)
    return f"containers {', '.join(names)} answered 200"


def _invoke_pipeline(stage: Stage, endpoint: Hosted) -> str:
    return f"{_invoke_now(stage, endpoint)} through {counted(len(list(endpoint.containers())), 'container')}"


def _invoke_components(stage: Stage, endpoint: Hosted) -> str:
    found = components(stage, endpoint.name)
    asleep = [each for each in found if _copies(each) == 0 and not _is_adapter(each)]
    awake = [str(each["InferenceComponentName"]) for each in found if each not in asleep]
    for name in awake:
        _ask(stage, endpoint, InferenceComponentName=name)
    said = [f"component {', '.join(awake)} answered 200"] if awake else []
    said += [f"component {each['InferenceComponentName']} has no copy" for each in asleep]
    return "; ".join(said) or "not asked: it hosts no inference component yet"


def _copies(component: dict[str, Any]) -> int:
    return int(component.get("RuntimeConfig", {}).get("CurrentCopyCount", 0))


def _is_adapter(component: dict[str, Any]) -> bool:
    return "BaseInferenceComponentName" in component.get("Specification", {})


def _is_multi_model(container: dict[str, Any]) -> bool:
    return container.get("Mode") == "MultiModel"


def _is_direct(endpoint: Hosted) -> bool:
    return any(model.get("InferenceExecutionConfig", {}).get("Mode") == "Direct" for model in endpoint.models)


# A new kind of endpoint is one entry here; the first that matches is taken.
KINDS = (
    EndpointKind(
        "inference components",
        lambda endpoint: any("ModelName" not in variant for variant in endpoint.variants),
        _invoke_components,
    ),
    EndpointKind("asynchronous", lambda endpoint: "AsyncInferenceConfig" in endpoint.config, invoke_queue),
    EndpointKind(
        "serverless",
        lambda endpoint: any("ServerlessConfig" in variant for variant in endpoint.variants),
        _invoke_now,
    ),
    EndpointKind("multi-model", lambda endpoint: any(map(_is_multi_model, endpoint.containers())), _invoke_model),
    EndpointKind("multi-container", _is_direct, _invoke_containers),
    EndpointKind(
        "pipeline", lambda endpoint: any("Containers" in model for model in endpoint.models), _invoke_pipeline
    ),
    EndpointKind("shadow", lambda endpoint: bool(endpoint.config.get("ShadowProductionVariants")), _invoke_shadowed),
    EndpointKind("real-time", lambda endpoint: True, _invoke_now),
)


def invoke(stage: Stage, endpoint: Hosted) -> tuple[str, str]:
    """Call the endpoint in the way of its kind; return the kind and what answered."""
    kind = next(kind for kind in KINDS if kind.matches(endpoint))
    answer = kind.invoke(stage, endpoint)
    return kind.name, answer + _captured(stage, endpoint)


def _captured(stage: Stage, endpoint: Hosted) -> str:
    """Look for what data capture wrote, where it keeps every request."""
    capture = endpoint.described.get("DataCaptureConfig") or {}
    if capture.get("CaptureStatus") != "Started" or capture.get("CurrentSamplingPercentage") != 100:
        return ""
    bucket, prefix = split_s3(f"{capture['DestinationS3Uri'].rstrip('/')}/{endpoint.name}/")
    found = stage.aws.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", ())
    if not any(item["Key"].endswith(".jsonl") for item in found):
        raise StepFailed(f"{endpoint.name} captures every request, and none is below s3://{bucket}/{prefix}")
    return ", captured"
