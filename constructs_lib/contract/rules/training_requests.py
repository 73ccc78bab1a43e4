"""What a training job asks for together: machines, spare capacity, channels. Tuning jobs define theirs alike."""

from collections.abc import Iterator

from .._jobs import processings, trainings
from .._nearest import nearest
from .._structure import Structure, repeated, requested
from .._unresolved import is_unresolved
from ..instance_facts import family_of, has_local_storage
from . import Fault, Severity, Template, boolean, number, rule

_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference"
_SPOT = f"{_GUIDE}/model-managed-spot-training.html"
_RESOURCES = f"{_API}/API_ResourceConfig.html"
_CHANNEL = f"{_API}/API_Channel.html"


def _spot(template: Template) -> list[Structure]:
    return [job for job in trainings(template) if boolean(job.get("EnableManagedSpotTraining"))]


@rule("ST201", "managed spot training says how long it may wait", source=_SPOT)
def spot_wait(template: Template) -> Iterator[Fault]:
    for job in _spot(template):
        if job.lacks("StoppingCondition.MaxWaitTimeInSeconds"):
            yield job.fault(
                "StoppingCondition.MaxWaitTimeInSeconds",
                "MaxWaitTimeInSeconds must be given where EnableManagedSpotTraining is true, got none",
                fix="write how long it may wait and run together, at least MaxRuntimeInSeconds",
            )


@rule("ST202", "the wait is not shorter than the run", source=f"{_API}/API_StoppingCondition.html")
def wait_and_run(template: Template) -> Iterator[Fault]:
    for job in trainings(template):
        limits = job.below("StoppingCondition")
        wait, run = number(limits.get("MaxWaitTimeInSeconds")), number(limits.get("MaxRuntimeInSeconds"))
        if wait is not None and run is not None and wait < run:
            yield limits.fault(
                "MaxWaitTimeInSeconds",
                f"MaxWaitTimeInSeconds must be at least MaxRuntimeInSeconds ({run}), got {wait}",
                fix="raise it: it covers the run as well",
                value=wait,
            )


@rule("ST203", "only managed spot training waits", source=f"{_API}/API_StoppingCondition.html")
def wait_without_spot(template: Template) -> Iterator[Fault]:
    for job in trainings(template):
        if boolean(job.get("EnableManagedSpotTraining", False)) is False:
            limits = job.below("StoppingCondition")
            if limits.has("MaxWaitTimeInSeconds"):
                yield limits.fault(
                    "MaxWaitTimeInSeconds",
                    "MaxWaitTimeInSeconds must not be given where EnableManagedSpotTraining is not true",
                    fix="take it out, or train on spare capacity",
                )


@rule("ST204", "managed spot training has checkpoints to go on from", source=_SPOT, severity=Severity.WARNING)
def spot_checkpoints(template: Template) -> Iterator[Fault]:
    for job in _spot(template):
        if job.lacks("CheckpointConfig"):
            yield job.fault(
                "CheckpointConfig",
                "CheckpointConfig should be given for managed spot training: a job that is interrupted begins anew",
                fix="write where in S3 checkpoints go, and let the script write them",
            )


@rule("ST205", "managed spot training has one type of machine, not reserved", source=_RESOURCES)
def spot_machines(template: Template) -> Iterator[Fault]:
    for job in _spot(template):
        resources = job.below("ResourceConfig")
        for name in ("InstanceGroups", "InstancePreferences", "TrainingPlanArn"):
            if resources.has(name):
                yield resources.fault(
                    name,
                    f"{name} must not be used with EnableManagedSpotTraining",
                    fix="leave one of the two out",
                )


@rule("ST206", "a warm pool is of equal machines that are not spare", source=f"{_GUIDE}/train-warm-pools.html")
def warm_pool(template: Template) -> Iterator[Fault]:
    for job in trainings(template):
        resources = job.below("ResourceConfig")
        # Zero keeps nothing.
        if not number(resources.get("KeepAlivePeriodInSeconds")):
            continue
        excluded = ["EnableManagedSpotTraining"] if boolean(job.get("EnableManagedSpotTraining")) else []
        excluded += ["InstanceGroups"] if resources.has("InstanceGroups") else []
        for name in excluded:
            yield resources.fault(
                "KeepAlivePeriodInSeconds",
                f"KeepAlivePeriodInSeconds must not be used with {name}",
                fix="leave one of the two out",
            )


@rule("ST207", "machines are of one type, in groups, or by preference", source=_RESOURCES)
def kind_of_cluster(template: Template) -> Iterator[Fault]:
    for job in trainings(template):
        resources = job.below("ResourceConfig")
        given = [name for name in ("InstanceType", "InstanceGroups", "InstancePreferences") if resources.has(name)]
        if resources.values and len(given) != 1:
            yield resources.fault(
                "",
                f"ResourceConfig must have exactly one of InstanceType, InstanceGroups and InstancePreferences, got "
                f"{' and '.join(given) or 'none'}",
                fix="keep one of them",
            )


@rule("ST208", "a job has a machine", source=_RESOURCES)
def no_machine(template: Template) -> Iterator[Fault]:
    for job in trainings(template):
        resources = job.below("ResourceConfig")
        for part in [resources, *resources.items("InstanceGroups")]:
            if number(part.get("InstanceCount")) == 0:
                yield part.fault("InstanceCount", "InstanceCount must be at least 1, got 0", fix="ask for one", value=0)


@rule("ST209", "a volume key is for machines without disks of their own", source=_RESOURCES)
def key_on_local_disks(template: Template) -> Iterator[Fault]:
    clusters = [job.below("ResourceConfig") for job in trainings(template)]
    clusters += [job.below("HyperParameterTuningResourceConfig") for job in trainings(template)]
    clusters += [job.below("ProcessingResources.ClusterConfig") for job in processings(template)]
    clusters += [job.below("TransformResources") for job in requested(template, "CreateTransformJob")]
    for cluster in clusters:
        if cluster.lacks("VolumeKmsKeyId"):
            continue
        several = [one for name in ("InstanceGroups", "InstancePreferences") for one in cluster.items(name)]
        kinds = (part.get("InstanceType") for part in [cluster, *several])
        for kind in dict.fromkeys(kind for kind in kinds if isinstance(kind, str)):
            if has_local_storage(family_of(kind)):
                yield cluster.fault(
                    "VolumeKmsKeyId",
                    f"VolumeKmsKeyId must not be used with {kind}, whose disks are inside the machine and encrypted "
                    "with a key of their own",
                    fix="take the key out, or take a type without local disks",
                )


@rule("ST210", "channels have names of their own", source=_CHANNEL)
def unique_channels(template: Template) -> Iterator[Fault]:
    for job in trainings(template):
        for channel, name in repeated(job.items("InputDataConfig"), "ChannelName"):
            yield channel.fault(
                "ChannelName",
                f"ChannelName must be unique in a job, got {name!r} twice",
                fix="give each channel a name of its own",
                value=name,
            )


@rule("ST211", "a file system is mounted in a VPC", source=f"{_API}/API_FileSystemDataSource.html")
def file_system_network(template: Template) -> Iterator[Fault]:
    for job in trainings(template):
        for channel in job.items("InputDataConfig"):
            if channel.has("DataSource.FileSystemDataSource") and job.lacks("VpcConfig"):
                yield channel.fault(
                    "DataSource.FileSystemDataSource",
                    "FileSystemDataSource must be used in a job with VpcConfig, got none",
                    fix="add VpcConfig with the subnets and security groups that reach the file system",
                )


@rule("ST212", "a channel has one source", source=f"{_API}/API_DataSource.html")
def one_source(template: Template) -> Iterator[Fault]:
    for job in trainings(template):
        for channel in job.items("InputDataConfig"):
            source = channel.below("DataSource")
            given = [name for name in ("S3DataSource", "FileSystemDataSource", "DatasetSource") if source.has(name)]
            if channel.has("DataSource") and isinstance(channel.get("DataSource"), dict) and len(given) != 1:
                yield source.fault(
                    "",
                    f"DataSource must have exactly one of S3DataSource, FileSystemDataSource and DatasetSource, got "
                    f"{' and '.join(given) or 'none'}",
                    fix="keep one of them; make a channel of the other",
                )


@rule("ST213", "an augmented manifest is read through Pipe mode", source=f"{_API}/API_S3DataSource.html")
def augmented_manifest(template: Template) -> Iterator[Fault]:
    for job in trainings(template):
        for channel in job.items("InputDataConfig"):
            mode = channel.get("InputMode", job.get("AlgorithmSpecification.TrainingInputMode"))
            if channel.get("DataSource.S3DataSource.S3DataType") == "AugmentedManifestFile" and mode in (
                "File",
                "FastFile",
            ):
                yield channel.fault(
                    "InputMode",
                    f"InputMode must be Pipe where S3DataType is AugmentedManifestFile, got {mode}",
                    fix="write InputMode: Pipe",
                    value=mode,
                )


@rule("ST214", "instance groups have names of their own, and channels go to groups that there are", source=_RESOURCES)
def instance_groups(template: Template) -> Iterator[Fault]:
    for job in trainings(template):
        groups = job.items("ResourceConfig.InstanceGroups")
        for group, name in repeated(groups, "InstanceGroupName"):
            yield group.fault(
                "InstanceGroupName",
                f"InstanceGroupName must be unique in a job, got {name!r} twice",
                fix="give each group a name of its own",
                value=name,
            )
        listed = job.get("ResourceConfig.InstanceGroups", [])
        known = [name for group in groups if isinstance(name := group.get("InstanceGroupName"), str)]
        if not isinstance(listed, list) or len(known) != len(listed):
            continue
        for channel in job.items("InputDataConfig"):
            source = channel.below("DataSource.S3DataSource")
            wanted = source.get("InstanceGroupNames")
            for name in wanted if isinstance(wanted, list) else ():
                if isinstance(name, str) and not is_unresolved(name) and name not in known:
                    close = nearest(name, known)
                    hint = f"; did you mean {close!r}" if close else ""
                    yield source.fault(
                        "InstanceGroupNames",
                        f"InstanceGroupNames must be of groups of the job ({', '.join(known) or 'none'}), got "
                        f"{name!r}{hint}",
                        fix="name a group of ResourceConfig.InstanceGroups",
                        value=name,
                    )
