"""What works in a training job but is unwise: warnings with stable ids."""

from collections.abc import Sequence

from constructs import Construct

from constructs_lib._internal.checks import is_token, nearest
from constructs_lib._internal.expressions import is_late
from constructs_lib._internal.warnings import warn
from constructs_lib.compute.outdated import warn_if_outdated
from constructs_lib.containers.algorithm_facts import AlgorithmFacts
from constructs_lib.containers.container_image import ContainerImage
from constructs_lib.training.channels import Channel, InputMode
from constructs_lib.training.distribution import Distribution
from constructs_lib.training.machines import Machines, device_of


def warn_of_machines(scope: Construct, image: ContainerImage, machines: Machines, *, has_key: bool) -> None:
    """Machines that AWS takes away, GPUs that nobody uses, and disks that the key does not cover."""
    for instance_type in dict.fromkeys(machines.instance_types):
        warn_if_outdated(scope, instance_type)
        if image.facts and instance_type.family and image.facts.wastes(device=device_of(instance_type)):
            warn(
                scope,
                f"idle-gpus/{instance_type.name}",
                f"{image.algorithm} is documented for CPUs only, so the GPUs of {instance_type.name} cost and do "
                f"nothing; see {image.facts.page}",
            )
    if has_key and machines.leaves_key_out():
        warn(
            scope,
            "volume-key-left-out",
            "some of the instance types have disks of their own, and SageMaker refuses a volume key beside them: the "
            "volumes of the other types are encrypted with a key of SageMaker's",
        )


def warn_of_channels(
    scope: Construct, image: ContainerImage, channels: Sequence[Channel], input_mode: InputMode
) -> None:
    """What the algorithm is not documented to read (TRAPS 37), and Pipe mode, which is ending (TRAPS 40)."""
    if image.facts:
        _warn_of_undocumented(scope, image.algorithm or "", image.facts, channels, input_mode)
    for channel in channels:
        mode = channel.mode or input_mode
        # What only Pipe mode can do is no choice to warn of; what cannot be piped at all was told so.
        takes = image.facts is None or image.facts.takes(mode.value)
        if mode is InputMode.PIPE and not channel.is_pipe_only and takes:
            warn(
                scope,
                f"pipe-mode/{channel.name}",
                f"channel {channel.name!r} is read in Pipe mode, which FastFile mode has replaced: the same streaming, "
                "but the container sees ordinary files",
            )


def _warn_of_undocumented(
    scope: Construct, algorithm: str, facts: AlgorithmFacts, channels: Sequence[Channel], input_mode: InputMode
) -> None:
    names = [channel.name for channel in channels]
    missing = [] if any(map(is_token, names)) else facts.missing_channels(names)
    if missing:
        warn(
            scope,
            f"missing-channels/{','.join(missing)}",
            f"{algorithm} is documented to need the channels {', '.join(missing)} besides what it has; see "
            f"{facts.page}",
        )
    for channel in channels:
        name, mode = channel.name, channel.mode or input_mode
        if not is_token(name) and name not in facts.channels:
            warn(
                scope,
                f"unknown-channel/{name}",
                f"{algorithm} does not read a channel {name!r}{nearest(name, facts.channels)}; it reads "
                f"{', '.join(sorted(facts.channels))}",
            )
        stated = channel.content_type
        if stated and not is_token(stated) and not is_late(stated) and not facts.reads(name, stated):
            warn(
                scope,
                f"content-type/{name}",
                f"{algorithm} is not documented to read {stated!r} in channel {name!r}, but "
                f"{', '.join(sorted(facts.content_types))}; see {facts.page}",
            )
        if not facts.takes(mode.value):
            warn(
                scope,
                f"input-mode/{name}",
                f"{algorithm} is documented for {' and '.join(sorted(facts.input_modes))} mode, and channel {name!r} "
                f"is read in {mode.value} mode; see {facts.page}",
            )


def warn_of_distribution(scope: Construct, image: ContainerImage, distribution: Distribution | None) -> None:
    """An image of which nothing says that it holds what the distribution needs, or that cannot use the GPUs."""
    if distribution is None:
        return
    texts = {
        "distribution-version": distribution.doubt(*image.distributed_on),
        "distribution-library": distribution.lacks_library(image.repository),
        "distribution-device": f"distribution {distribution.method} starts a process for each device, and the image is "
        "built for CPUs: the devices cost and do nothing"
        if distribution.leaves_devices_idle(image.device)
        else None,
    }
    for id, text in texts.items():
        if text is not None:
            warn(scope, id, text)


def warn_of_choices(
    scope: Construct,
    *,
    spot_without_checkpoints: bool,
    debugger: bool,
    profiler_rules: bool,
    remote_debug_isolated: bool,
    idle_gpus: bool,
) -> None:
    """Arguments that go together badly, or that AWS is ending."""
    if spot_without_checkpoints:
        warn(
            scope,
            "spot-without-checkpoints",
            "a job on spot capacity starts from nothing after each interruption unless it has checkpoints",
        )
    if debugger:
        warn(scope, "debugger-closed", "SageMaker Debugger has been closed to new customers in 2026")
    if profiler_rules:
        warn(scope, "profiler-rules-closed", "the profiler's rules have been closed to new customers in 2026")
    if remote_debug_isolated:
        warn(
            scope,
            "remote-debug-isolated",
            "an isolated container cannot reach Systems Manager, so remote_debug opens nothing",
        )
    if idle_gpus:
        warn(
            scope,
            "parameter-server",
            "a parameter server uses one GPU of each machine only; MultiWorkerMirroredStrategy or Horovod use all",
        )
