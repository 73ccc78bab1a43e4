"""What one endpoint hosts, as the service describes it: its configuration, its models, its inference components."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from constructs_lib.rehearsal._stage import Stage


@dataclass(frozen=True)
class Hosted:
    """An endpoint in service.

    Attributes:
        path: The construct path of the endpoint.
        described: As `DescribeEndpoint` gives it.
        config: As `DescribeEndpointConfig` gives it.
        models: As `DescribeModel` gives each model of its variants, in their order.
    """

    path: str
    described: dict[str, Any]
    config: dict[str, Any]
    models: list[dict[str, Any]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.described["EndpointName"])

    @property
    def variants(self) -> list[dict[str, Any]]:
        return list(self.config["ProductionVariants"])

    @property
    def role(self) -> str | None:
        """The execution role that it reads and writes with."""
        roles = (model.get("ExecutionRoleArn") for model in self.models)
        return next(filter(None, roles), self.config.get("ExecutionRoleArn"))

    def containers(self) -> Iterator[dict[str, Any]]:
        """The containers of its models."""
        for model in self.models:
            yield from [model["PrimaryContainer"]] if "PrimaryContainer" in model else model.get("Containers", [])


def hosted(stage: Stage, path: str, described: dict[str, Any]) -> Hosted:
    """Look at what an endpoint hosts."""
    client = stage.aws.client("sagemaker")
    config = client.describe_endpoint_config(EndpointConfigName=described["EndpointConfigName"])
    names = [variant["ModelName"] for variant in config["ProductionVariants"] if "ModelName" in variant]
    return Hosted(path, described, config, [client.describe_model(ModelName=name) for name in names])


def components(stage: Stage, endpoint: str) -> list[dict[str, Any]]:
    """As `DescribeInferenceComponent` gives each component of an endpoint."""
    client = stage.aws.client("sagemaker")
    pages = client.get_paginator("list_inference_components").paginate(EndpointNameEquals=endpoint)
    names = [each["InferenceComponentName"] for page in pages for each in page["InferenceComponents"]]
    return [client.describe_inference_component(InferenceComponentName=name) for name in names]


def split_s3(uri: str) -> tuple[str, str]:
    """Bucket and key of `s3://bucket/key`."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
