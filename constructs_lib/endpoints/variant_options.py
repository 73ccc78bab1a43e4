"""What a variant on machines may be told besides its model: disks, timeouts, routing, reservations, access."""

from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from constructs_lib._internal.checks import has, require, unique
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.rendering import given
from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.foundation.s3_location import S3Location

if TYPE_CHECKING:
    from constructs_lib.models.model_base import ModelBase


@dataclass(frozen=True, slots=True)
class InstancePool:
    """One type of machine among those that a variant may run on.

    Attributes:
        instance_type: The machines.
        model: Serves on this type instead of the model of the variant, such as one compiled for its accelerator;
            None keeps the variant's.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InstancePool.html
    """

    instance_type: InstanceType
    _: KW_ONLY
    model: "ModelBase | None" = None

    def __post_init__(self) -> None:
        require(
            "InstancePool",
            field_problems(self),
            model_problem("model", self.model) if self.model is not None else None,
        )


@dataclass(frozen=True, slots=True)
class InstancePools:
    """Several types of machine, the first one wanted most: `InstancePools(InstancePool(…), InstancePool(…))`.

    Where the first type is not to be had, SageMaker takes the next. One to five pools, each type once.

    Attributes:
        pools: In the order in which they are tried.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InstancePool.html
    """

    pools: tuple[InstancePool, ...]

    def __init__(self, *pools: InstancePool) -> None:
        object.__setattr__(self, "pools", pools)
        require("InstancePools", field_problems(self))
        require("InstancePools", unique("instance types of the pools", [pool.instance_type.name for pool in pools]))

    def render(self) -> list[dict[str, Any]]:
        """The `InstancePools` member; priorities count from 1."""
        return [
            {
                "InstanceType": pool.instance_type.name,
                "Priority": priority,
                **given(ModelNameOverride=pool.model.model_name if pool.model is not None else None),
            }
            for priority, pool in enumerate(self.pools, 1)
        ]


def types_of(machines: InstanceType | InstancePools) -> tuple[InstanceType, ...]:
    """The types of machine that a variant may run on."""
    if isinstance(machines, InstancePools):
        return tuple(pool.instance_type for pool in machines.pools)
    return (machines,)


def render_machines(machines: InstanceType | InstancePools) -> dict[str, Any]:
    """The member of `ProductionVariant` for its machines."""
    if isinstance(machines, InstancePools):
        return {"InstancePools": machines.render()}
    return {"InstanceType": machines.name}


class RoutingStrategy(StrEnum):
    """How requests are spread over the machines or copies; the values are the API's.

    `KV_AWARE` needs a container that supports it, such as AWS's vLLM images. CloudFormation's schema did not list it
    when this was written, so a deployment may be refused (untested against a live account).
    """

    LEAST_OUTSTANDING_REQUESTS = "LEAST_OUTSTANDING_REQUESTS"
    RANDOM = "RANDOM"
    KV_AWARE = "KV_AWARE"


@dataclass(frozen=True, kw_only=True, slots=True)
class PrefixAwareRouting:
    """Sends requests that begin alike to the same machine, whose cache then knows the beginning.

    Attributes:
        prefix_length: How much of the request counts as its beginning, 1024 to 65536; bytes of the body for
            `InvokeEndpoint`.
        concurrency_threshold: Requests under way from which on another machine is taken, 1 to 1024.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PrefixAwareRoutingConfig.html
    """

    prefix_length: int
    concurrency_threshold: int

    def __post_init__(self) -> None:
        require("PrefixAwareRouting", field_problems(self))


@dataclass(frozen=True, kw_only=True, slots=True)
class VariantOptions:
    """What every variant on machines may be told.

    Attributes:
        volume_size_gib: Disk of each machine, 1 to 512 GiB; None takes SageMaker's. Types with NVMe storage have no
            such disk (TRAPS 13).
        routing: A `RoutingStrategy` or `PrefixAwareRouting(…)`; None spreads at random.
        model_data_download_timeout_seconds: Time for fetching and unpacking the artifact, 60 to 3600.
        container_startup_health_check_timeout_seconds: Time until the container answers `/ping`, 60 to 3600.
        variant_instance_provision_timeout_seconds: Time for getting machines, 300 to 3600.
        inference_ami_version: Drivers of the machines, such as `al2-ami-sagemaker-inference-gpu-2`.
        capacity_reservation_arn: Takes machines from this ML capacity reservation only; None takes them from anywhere.
        core_dumps: Where a container that crashes leaves its memory; the role of the model gets to write there.
        ssm_access: Lets people into the machines through Systems Manager; for debugging.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
    """

    volume_size_gib: int | None = None
    routing: RoutingStrategy | PrefixAwareRouting | None = None
    model_data_download_timeout_seconds: int | None = None
    container_startup_health_check_timeout_seconds: int | None = None
    variant_instance_provision_timeout_seconds: int | None = None
    inference_ami_version: str | None = None
    capacity_reservation_arn: str | None = None
    core_dumps: S3Location | None = None
    ssm_access: bool = False

    def render_options(self) -> dict[str, Any]:
        """The members of `ProductionVariant` that stand for the options."""
        dumps = self.core_dumps
        reservation = self.capacity_reservation_arn
        return given(
            VolumeSizeInGB=self.volume_size_gib,
            RoutingConfig=_routing(self.routing) if self.routing is not None else None,
            ModelDataDownloadTimeoutInSeconds=self.model_data_download_timeout_seconds,
            ContainerStartupHealthCheckTimeoutInSeconds=self.container_startup_health_check_timeout_seconds,
            VariantInstanceProvisionTimeoutInSeconds=self.variant_instance_provision_timeout_seconds,
            InferenceAmiVersion=self.inference_ami_version,
            CapacityReservationConfig={
                "CapacityReservationPreference": "capacity-reservations-only",
                "MlReservationArn": reservation,
            }
            if reservation is not None
            else None,
            CoreDumpConfig=given(DestinationS3Uri=dumps.destination, KmsKeyId=dumps.key_arn) if dumps else None,
            EnableSSMAccess=self.ssm_access or None,
        )


def _routing(routing: RoutingStrategy | PrefixAwareRouting) -> dict[str, Any]:
    if isinstance(routing, RoutingStrategy):
        return {"RoutingStrategy": routing.value}
    lengths = {"PrefixLength": routing.prefix_length, "ConcurrencyThreshold": routing.concurrency_threshold}
    return {"RoutingStrategy": "PREFIX_AWARE", "PrefixAwareRoutingConfig": lengths}


def model_problem(field: str, model: Any) -> str | None:
    """A model that is none; a name or an ARN is the usual slip, or one that only a running workflow makes."""
    if not str(getattr(model, "model_name", "")).startswith("{%"):
        # Not by the name alone, which an L1 of the CDK has too.
        return has(field, model, "from_marketplace", "a Model construct, or Model.from_model_name(…)", optional=False)
    return (
        f"{field} must be there when the stack is deployed, and a workflow makes this one, got {model.model_name!r}; "
        "give Model.from_model_name(…) the name that an execution has given out"
    )
