"""Rules between the arguments of a training job, which no API model knows: one sentence a problem."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from constructs_lib._internal.checks import at_least, between, is_token, nearest, unique
from constructs_lib.training.channels import Channel, InputMode
from constructs_lib.training.debugging import Debugger
from constructs_lib.training.distribution import Distribution
from constructs_lib.training.machines import Machines, device_of
from constructs_lib.training.spot import ManagedSpot

if TYPE_CHECKING:
    from constructs_lib.containers.container_image import ContainerImage

# "The maximum value is 28 days": API_StoppingCondition.html
_LONGEST_SECONDS = 28 * 24 * 3600
# https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html
_LONGEST_WAIT_WITHOUT_CHECKPOINTS = 3600


def channel_problems(
    channels: Sequence[Channel], *, input_mode: InputMode, groups: Sequence[str] | None, has_network: bool
) -> list[str]:
    """What is wrong with the inputs of a job.

    Args:
        channels: The inputs.
        input_mode: How data reaches the container where a channel does not say.
        groups: The instance groups of the job; None where there are none.
        has_network: Whether the job is in a VPC.
    """
    names = [channel.name for channel in channels if not is_token(channel.name)]
    problems = [problem for problem in [unique("channels", names)] if problem]
    for channel in channels:
        subject = f"channel {channel.name!r}"
        mode = channel.mode or input_mode
        if channel.needs_pipe and mode is not InputMode.PIPE:
            problems.append(f"{channel.needs_pipe} of {subject} works in Pipe mode only, got mode {mode.value}")
        if channel.source.file_system is not None and not has_network:
            kind = channel.source.file_system.kind.api_name
            problems.append(f"{subject} mounts a file system ({kind}), which takes a network; got none")
        problems += [
            f"instance_groups of {subject} need a HeterogeneousCluster, got {name!r} without one"
            if groups is None
            else f"instance_groups of {subject} hold {name!r}, which the cluster has not{nearest(name, groups)}"
            for name in channel.source.instance_groups
            if not is_token(name) and name not in (groups or ())
        ]
    return problems


def algorithm_problems(image: "ContainerImage", machines: Machines) -> list[str]:
    """Why a built-in algorithm cannot train on *machines*, by its page in the developer guide."""
    if image.facts is None:
        return []
    count = machines.largest_count
    known = 1 if is_token(count) else count
    # A type that is a token may be of any device: then only the count is looked at.
    devices = dict.fromkeys(device_of(kind) if kind.family else "gpu" for kind in machines.instance_types)
    found = [image.facts.cluster_problem(device=device, count=known) for device in devices]
    return [f"algorithm {image.algorithm!r} {problem}" for problem in dict.fromkeys(found) if problem]


def runtime_problem(seconds: int | None) -> str | None:
    """Whether a job may run so long."""
    return between("max_runtime, in seconds,", seconds, 1, _LONGEST_SECONDS)


def time_problems(
    spot: ManagedSpot | None,
    machines: Machines,
    *,
    max_runtime_seconds: int,
    has_checkpoints: bool,
    limits_wait: bool,
) -> list[str]:
    """What is wrong with the time and the capacity of a job (TRAPS 31).

    Args:
        spot: Whether the job runs on spare capacity.
        machines: What it runs on.
        max_runtime_seconds: How long it may run.
        has_checkpoints: Whether it can go on where it was interrupted.
        limits_wait: Whether the algorithm is one whose wait SageMaker limits while it has no checkpoints.
    """
    found = [runtime_problem(max_runtime_seconds)]
    if spot is not None:
        wait = spot.max_wait_seconds
        found.append(at_least("spot.max_wait_seconds", wait, "max_runtime, in seconds,", max_runtime_seconds))
        if limits_wait and not has_checkpoints and not is_token(wait) and wait > _LONGEST_WAIT_WITHOUT_CHECKPOINTS:
            found.append(
                "spot.max_wait_seconds must be at most 3600 for a built-in or Marketplace algorithm without "
                f"checkpoints, got {wait}; give checkpoints if the algorithm writes them"
            )
        keeps = machines.keep_alive_seconds not in (None, 0)
        excluded = (
            machines.not_spot,
            "cluster.keep_alive_seconds (a warm pool)" if keeps else None,
            "cluster.training_plan_arn (capacity that is reserved)" if machines.training_plan_arn is not None else None,
        )
        found += [f"spot does not go with {what}; leave one of the two out" for what in excluded if what]
    return [problem for problem in found if problem]


def image_problems(
    *,
    algorithm: str | None,
    marketplace: bool,
    needs_isolation: bool,
    private_registry: bool,
    serves_only: bool,
    has_source: bool,
    has_distribution: bool,
    has_command: bool,
    isolated: bool,
    has_network: bool,
) -> list[str]:
    """What does not go with the image.

    Args:
        algorithm: The name of a built-in algorithm; None for an image that runs scripts.
        marketplace: Whether it is an algorithm of the AWS Marketplace.
        needs_isolation: Whether SageMaker runs it in network isolation only (TRAPS 38).
        private_registry: Whether it comes from a registry inside the job's VPC.
        serves_only: Whether it is an image of AWS's that serves models and has no training toolkit.
        has_source: Whether there is a script.
        has_distribution: Whether the script is distributed.
        has_command: Whether it runs something else than what the image says.
        isolated: Whether the container is cut off the network.
        has_network: Whether the job is in a VPC.
    """
    problems = []
    whole = f"built-in algorithm {algorithm!r}" if algorithm else "Marketplace algorithm" if marketplace else None
    if whole and has_source:
        problems.append(f"source must be left out: a {whole} runs no script of yours")
    if whole and has_distribution:
        problems.append(f"distribution must be left out: a {whole} distributes itself when the count is above 1")
    if serves_only and not has_command:
        # https://aws.github.io/deep-learning-containers/reference/available_images/
        problems.append(
            "image must be one for training: what starts a training job is not in an image for inference; take the "
            "training repository or ImagePurpose.TRAINING, or give a command"
        )
    if needs_isolation and not isolated:
        kind = f"a {whole}" if whole else "an image that needs it"
        problems.append(f"network_isolation must be True for {kind}, got False")
    if private_registry and not has_network:
        problems.append("an image of a private registry in your VPC takes a network; got none")
    return problems


def isolation_problems(isolated: bool, environment: Mapping[str, str]) -> list[str]:
    """What an isolated container cannot do (TRAPS 19)."""
    model = environment.get("HF_MODEL_ID")
    # A path is a model that a channel brings.
    if not isolated or model is None or is_token(model) or model.startswith("/"):
        return []
    return [
        f"environment['HF_MODEL_ID'] makes the script download {model!r} from a hub, which network_isolation cuts off; "
        "bring the model through a channel and name its path"
    ]


def reserved_problems(given: Iterable[str], reserved: Mapping[str, str]) -> list[str]:
    """Hyperparameters that another argument sets.

    Args:
        given: Names that the caller has set.
        reserved: Name to the argument that sets it.
    """
    return [f"hyperparameters[{name!r}] is set by {reserved[name]}; leave it out" for name in given if name in reserved]


def debugger_problems(debugger: Debugger | None, distribution: Distribution | None) -> list[str]:
    """What SageMaker Debugger cannot watch."""
    # https://docs.aws.amazon.com/sagemaker/latest/dg/debugger-supported-frameworks.html; the SDK drops the hook there.
    if debugger is None or distribution is None or distribution.method != "parameter_server":
        return []
    return ["debugger must be left out: SageMaker Debugger does not support parameter servers"]
