"""What `CreateModel` is asked for, by constructs and by steps of a workflow alike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib._internal.api import request_problems
from constructs_lib._internal.checks import known_at_synth, require
from constructs_lib._internal.execution import job_statements
from constructs_lib._internal.kinds import kind_problems
from constructs_lib._internal.statements import Statement
from constructs_lib._internal.warnings import warn
from constructs_lib.containers.bound_image import BoundImage
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.models.composition import Composition
from constructs_lib.models.container import Container

# Members of one container, and of the request.
_CONTAINER_ARGUMENTS = {
    "ContainerHostname": "hostname",
    "Image": "image",
    "ModelDataUrl": "artifact",
    "ModelDataSource": "artifact",
    "ModelDataSource.S3DataSource.HubAccessConfig.HubContentArn": "artifact.hub_content_arn",
    "AdditionalModelDataSources": "additional_artifacts",
    "Environment": "environment",
    "ModelPackageName": "model_package.name",
    "InferenceSpecificationName": "inference_specification",
    "ContainerMetricsConfig": "metrics",
    "ContainerMetricsConfig.MetricsEndpoints[0].MetricsEndpointPath": "metrics.path",
}
_REQUEST_ARGUMENTS = {"VpcConfig": "network", "ExecutionRoleArn": "role", "Tags": "tags"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelRequest:
    """A model, checked.

    Attributes:
        members: The request, all but the name.
        statements: What its role needs.
        network_isolation: Whether the containers are cut off the network.
    """

    members: dict[str, Any]
    statements: tuple[Statement, ...]
    network_isolation: bool


def check_kinds(
    subject: Construct, composition: Composition, *, network: Any, network_isolation: Any, role: Any
) -> None:
    """Refuse what is no container, network, switch or role.

    Raises:
        ConfigurationError: Something is none; all problems are listed.
    """
    require(
        subject,
        composition.faults,
        kind_problems("network", network, NetworkBase | None),
        kind_problems("network_isolation", network_isolation, bool | None),
        known_at_synth("network_isolation", network_isolation, "it decides what is checked"),
        kind_problems("role", role, iam.IRole | None),
    )


def bind_model(
    scope: Construct,
    composition: Composition,
    *,
    role: iam.IRole,
    network: NetworkBase | None,
    network_isolation: bool | None,
    tags: Sequence[Mapping[str, str]] = (),
) -> ModelRequest:
    """Render and check the request, in the stack of *scope*; warnings lie there.

    Raises:
        ConfigurationError: SageMaker would refuse the model; all problems are listed.
    """
    images = _bind_images(scope, composition)
    isolated = not composition.needs_network if network_isolation is None else network_isolation
    members: dict[str, Any] = {
        "ExecutionRoleArn": role.role_arn,
        **composition.render(list(map(Container.render, composition.containers, images))),
        "EnableNetworkIsolation": isolated,
    }
    if network is not None:
        members["VpcConfig"] = network.vpc_config()
    if tags:
        members["Tags"] = list(tags)
    check_request(
        scope,
        members,
        arguments=_arguments(composition),
        problems=[
            *composition.problems,
            *filter(None, [composition.environment_problem()]),
            *_network_problems(composition, images, network, isolated),
        ],
    )
    if isolated and composition.hub_models:
        warn(
            scope,
            "hub-model-under-isolation",
            f"HF_MODEL_ID {composition.hub_models[0]!r} is fetched from a hub, which network isolation cuts off; pass "
            "network_isolation=False, or put the weights into the artifact",
        )
    if network is not None:
        network.expect_services(scope, [service for image in images if image for service in image.services])
        if composition.hub_models and not isolated:
            network.expect_hub(scope, composition.hub_models[0])
    statements = (
        *(statement for image in images if image for statement in image.statements),
        *(statement for container in composition.containers for statement in container.statements()),
        *job_statements(scope, "Endpoints", volume_key_arn=None),
        *(network.statements() if network else ()),
    )
    return ModelRequest(members=members, statements=statements, network_isolation=isolated)


def check_request(
    subject: Construct, members: Mapping[str, Any], *, arguments: Mapping[str, str], problems: Sequence[str]
) -> None:
    """Hold the request against the API and the rules between arguments.

    Raises:
        ConfigurationError: There is a problem; all are listed.
    """
    # The name is left to CloudFormation or the workflow; any valid one stands in for it.
    named = {"ModelName": "unnamed", **members}
    require(subject, problems, request_problems("CreateModel", named, arguments))


def _bind_images(scope: Construct, composition: Composition) -> list[BoundImage | None]:
    images = [each.image if each.model_package is None else each.model_package.image for each in composition.containers]
    if len(images) == 1:
        return [images[0].bind(scope) if images[0] else None]
    # An image that the CDK builds makes a child of a fixed id, so each container gets a scope of its own.
    parent = Construct(scope, "Containers")
    return [
        image.bind(Construct(parent, f"Container{number}")) if image else None
        for number, image in enumerate(images, start=1)
    ]


def _arguments(composition: Composition) -> dict[str, str]:
    """Where each part of the request comes from, for the words of an error."""
    arguments = {**_REQUEST_ARGUMENTS, "Containers": composition.field}
    for path, argument in zip(composition.paths(), composition.arguments, strict=True):
        arguments[path] = argument
        for member, name in _CONTAINER_ARGUMENTS.items():
            arguments[f"{path}.{member}"] = f"{argument}.{name}"
    return arguments


def _network_problems(
    composition: Composition, images: Sequence[BoundImage | None], network: NetworkBase | None, isolated: bool
) -> Iterator[str]:
    for argument, image in zip(composition.arguments, images, strict=True):
        if image is not None and image.registry_config is not None and network is None:
            reached = "which is reached through a network of yours; give network"
            yield f"{argument}.image lies in a private registry, {reached}"
    if composition.is_from_marketplace and not isolated:
        yield "network_isolation must be True for a model package of AWS Marketplace, got False"
