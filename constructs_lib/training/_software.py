"""What a training job runs: the image, the script in it, how it is distributed, and what both are told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aws_cdk import Tokenization
from constructs import Construct

from constructs_lib._internal.checks import is_token
from constructs_lib._internal.statements import Statement
from constructs_lib.containers.container_image import ContainerImage
from constructs_lib.containers.encoding import HyperparameterEncoding
from constructs_lib.training import _request, _rules
from constructs_lib.training._source import bind_source
from constructs_lib.training.channels import Channel, InputMode
from constructs_lib.training.container_command import ContainerCommand
from constructs_lib.training.distribution import Distribution
from constructs_lib.training.hyperparameters import (
    Hyperparameter,
    LateNumber,
    encode,
    hyperparameter_problems,
    metric_problems,
)
from constructs_lib.training.machines import Machines
from constructs_lib.training.source_code import SourceCode


@dataclass(frozen=True, kw_only=True, slots=True)
class Software:
    """What the caller gave of it.

    Attributes:
        image: The algorithm or framework.
        source: The script; None where the image brings its own.
        distribution: How the script is distributed.
        command: What the container runs instead.
        hyperparameters: As the caller wrote them.
        metrics: Metric name to the expression that finds it.
        metrics_time_series: Whether the course of the metrics is kept.
        input_mode: How data reaches the container where a channel does not say.
    """

    image: ContainerImage
    source: SourceCode | None
    distribution: Distribution | None
    command: ContainerCommand | None
    hyperparameters: Mapping[str, Hyperparameter]
    metrics: Mapping[str, str]
    metrics_time_series: bool | None
    input_mode: InputMode


@dataclass(frozen=True, kw_only=True, slots=True)
class BoundSoftware:
    """It as one job uses it.

    Attributes:
        algorithm: The `AlgorithmSpecification` member.
        hyperparameters: As texts, the reserved ones among them.
        channels: Channels that it brings along.
        statements: What the job's role needs to fetch it.
        problems: What does not fit together.
        is_algorithm: Whether it is an algorithm as a whole, AWS's or of the Marketplace, and not a script.
        services: Services that it calls besides those that every workload does.
    """

    algorithm: dict[str, Any]
    hyperparameters: dict[str, str]
    channels: tuple[Channel, ...]
    statements: tuple[Statement, ...]
    problems: tuple[str, ...]
    is_algorithm: bool
    services: tuple[str, ...]


def bind_software(
    scope: Construct, software: Software, machines: Machines, *, isolated: bool, has_network: bool
) -> BoundSoftware:
    """Make what *software* needs in *scope*, and render its part of the request."""
    image, source, distribution, command = software.image, software.source, software.distribution, software.command
    bound = image.bind(scope)
    algorithm_name, registry, framework = bound.algorithm_name, bound.registry_config, image.framework
    built_in = None if framework else image.algorithm
    code = bind_source(scope, source, isolated=isolated) if source else None
    of_source = code.hyperparameters if code else {}
    of_distribution = distribution.hyperparameters(machines) if distribution else {}
    given = {name: _late(value) for name, value in software.hyperparameters.items()}
    # What reads a script or a distribution is the training toolkit, and that reads JSON, in an image of yours too.
    toolkit = source is not None or distribution is not None
    encoding = HyperparameterEncoding.JSON if toolkit else image.hyperparameter_encoding

    def problems() -> Iterator[str]:
        yield from hyperparameter_problems(given, encoding)
        yield from metric_problems(software.metrics)
        yield from _rules.reserved_problems(
            given, {**dict.fromkeys(of_source, "source"), **dict.fromkeys(of_distribution, "distribution")}
        )
        yield from _rules.image_problems(
            algorithm=built_in,
            marketplace=algorithm_name is not None,
            needs_isolation=image.requires_network_isolation,
            private_registry=(registry or {}).get("TrainingRepositoryAccessMode") == "Vpc",
            serves_only="-inference" in (image.repository or ""),
            has_source=source is not None,
            has_command=command is not None,
            has_distribution=distribution is not None,
            isolated=isolated,
            has_network=has_network,
        )
        if distribution:
            script = source.entry_point if source else None
            runs_on, version = image.distributed_on
            yield from distribution.problems(
                machines, framework=runs_on, framework_version=version, entry_point=script, device=image.device
            )

    return BoundSoftware(
        algorithm=_request.algorithm_specification(
            image_uri=bound.uri,
            algorithm_name=algorithm_name,
            registry_config=registry,
            input_mode=software.input_mode.value,
            metrics=software.metrics,
            metrics_time_series=software.metrics_time_series,
            entrypoint=command.entrypoint if command else (),
            arguments=command.arguments if command else (),
        ),
        hyperparameters=encode({**given, **of_source, **of_distribution}, encoding),
        channels=code.channels if code else (),
        statements=(*bound.statements, *(code.statements if code else ())),
        problems=tuple(problems()),
        is_algorithm=built_in is not None or algorithm_name is not None,
        services=bound.services,
    )


def _late(value: Hyperparameter) -> Hyperparameter:
    """A number that is a token as the text of that token: written out, it would be the token's placeholder."""
    if isinstance(value, int | float) and is_token(value):
        return LateNumber(Tokenization.stringify_number(float(value)))
    return value
