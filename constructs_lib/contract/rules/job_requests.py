"""What processing and transform jobs ask for together, and the names of jobs."""

import json
from collections.abc import Iterator

from .._jobs import processings
from .._states import requests
from .._structure import repeated, requested
from .._unresolved import PATH_SUFFIX
from . import UNKNOWN, Fault, Severity, Template, boolean, number, rule

_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference"
_INPUT = f"{_API}/API_ProcessingInput.html"
_OUTPUT = f"{_API}/API_ProcessingOutput.html"
_TRANSFORM = f"{_API}/API_CreateTransformJob.html"

# Operation to the member that names the job; names are unique per account and region for good.
_NAMED = {
    "CreateHyperParameterTuningJob": "HyperParameterTuningJobName",
    "CreateLabelingJob": "LabelingJobName",
    "CreateProcessingJob": "ProcessingJobName",
    "CreateTrainingJob": "TrainingJobName",
    "CreateTransformJob": "TransformJobName",
}


@rule("ST251", "inputs and outputs of a processing job have names of their own", source=_INPUT)
def unique_names(template: Template) -> Iterator[Fault]:
    for job in processings(template):
        for path, member in (("ProcessingInputs", "InputName"), ("ProcessingOutputConfig.Outputs", "OutputName")):
            for one, name in repeated(job.items(path), member):
                yield one.fault(
                    member,
                    f"{member} must be unique in a job, got {name!r} twice",
                    fix="give each a name of its own",
                    value=name,
                )


@rule("ST252", "an input of a processing job has one source", source=_INPUT)
def one_source(template: Template) -> Iterator[Fault]:
    for job in processings(template):
        for one in job.items("ProcessingInputs"):
            given = [name for name in ("S3Input", "DatasetDefinition") if one.has(name)]
            if len(given) != 1:
                yield one.fault(
                    "",
                    f"an input must have either S3Input or DatasetDefinition, got {' and '.join(given) or 'none'}",
                    fix="keep one of them; make an input of the other",
                )


@rule("ST253", "an output of a processing job has one destination", source=_OUTPUT)
def one_destination(template: Template) -> Iterator[Fault]:
    for job in processings(template):
        for one in job.items("ProcessingOutputConfig.Outputs"):
            given = [name for name in ("S3Output", "FeatureStoreOutput") if one.has(name)]
            if len(given) != 1:
                yield one.fault(
                    "",
                    f"an output must have either S3Output or FeatureStoreOutput, got {' and '.join(given) or 'none'}",
                    fix="keep one of them; make an output of the other",
                )


@rule("ST254", "what goes to a feature store is managed by the application", source=_OUTPUT)
def feature_store_output(template: Template) -> Iterator[Fault]:
    for job in processings(template):
        for one in job.items("ProcessingOutputConfig.Outputs"):
            if one.has("FeatureStoreOutput") and boolean(one.get("AppManaged", False)) is False:
                yield one.fault(
                    "AppManaged",
                    "AppManaged must be true where FeatureStoreOutput is given, got false",
                    fix="write AppManaged: true",
                )


@rule("ST255", "paths of a processing job are below /opt/ml/processing", source=f"{_API}/API_ProcessingS3Input.html")
def local_paths(template: Template) -> Iterator[Fault]:
    for job in processings(template):
        places = [(one, "S3Input") for one in job.items("ProcessingInputs")]
        places += [(one, "S3Output") for one in job.items("ProcessingOutputConfig.Outputs")]
        for one, member in places:
            managed = boolean(one.get("AppManaged", False))
            path = one.get(f"{member}.LocalPath", "none")
            if managed is not False or not one.has(member) or not isinstance(path, str):
                continue
            if not path.startswith("/opt/ml/processing/"):
                yield one.fault(
                    f"{member}.LocalPath",
                    f"LocalPath must be below /opt/ml/processing/, got {path}",
                    fix="write a path below it",
                    value=path,
                )


@rule(
    "ST256",
    "machines of a processing job are of one type or by preference",
    source=f"{_API}/API_ProcessingClusterConfig.html",
)
def processing_machines(template: Template) -> Iterator[Fault]:
    for job in processings(template):
        cluster = job.below("ProcessingResources.ClusterConfig")
        given = [name for name in ("InstanceType", "InstancePreferences") if cluster.has(name)]
        if cluster.values and len(given) != 1:
            yield cluster.fault(
                "",
                "ClusterConfig must have either InstanceType or InstancePreferences, got "
                f"{' and '.join(given) or 'none'}",
                fix="keep one of them",
            )


@rule("ST257", "all payloads of a transform job together are at most 100 MB", source=_TRANSFORM)
def payloads(template: Template) -> Iterator[Fault]:
    for job in requested(template, "CreateTransformJob"):
        size = number(job.get("MaxPayloadInMB", 6))
        at_once = number(job.get("MaxConcurrentTransforms", 1))
        if size is None or at_once is None:
            continue
        if size > 100 or size * at_once > 100:
            path = "MaxPayloadInMB" if job.has("MaxPayloadInMB") else "MaxConcurrentTransforms"
            yield job.fault(
                path,
                f"MaxPayloadInMB times MaxConcurrentTransforms must be at most 100, got {size} times {at_once}",
                fix="lower one of them",
                value=size,
            )


@rule("ST258", "a transform job that joins records splits its files", source=_TRANSFORM)
def batches(template: Template) -> Iterator[Fault]:
    for job in requested(template, "CreateTransformJob"):
        if job.get("BatchStrategy") == "MultiRecord" and job.get("TransformInput.SplitType", "None") == "None":
            yield job.fault(
                "TransformInput.SplitType",
                "SplitType must be Line, RecordIO or TFRecord where BatchStrategy is MultiRecord, got None",
                fix="say how a file is split into records",
            )


@rule(
    "ST261",
    "a job in a state machine has another name in each execution",
    source=f"{_API}/API_CreateTrainingJob.html",
    severity=Severity.WARNING,
)
def constant_name(template: Template) -> Iterator[Fault]:
    for job in requested(template, *_NAMED):
        member = _NAMED[job.operation]
        name = job.get(member)
        if isinstance(name, str):
            yield job.fault(
                member,
                f"{member} should come from the execution, got {name!r}: names are unique for good, so the second "
                "execution is refused",
                fix=f'write "{member}.$": "$$.Execution.Name", or States.Format with it',
                value=name,
            )


@rule(
    "ST262",
    "two jobs of a state machine have different names",
    source=f"{_API}/API_CreateTrainingJob.html",
    severity=Severity.WARNING,
)
def same_name(template: Template) -> Iterator[Fault]:
    seen: dict[tuple[str, str, str], str] = {}
    for job in requested(template, *_NAMED):
        member = _NAMED[job.operation]
        name = job.values.get(f"{member}{PATH_SUFFIX}", job.values.get(member, UNKNOWN))
        # Texts that are constant are another rule's.
        if name is UNKNOWN or isinstance(job.get(member), str):
            continue
        key = (job.resource.logical_id, job.operation, json.dumps(name))
        if key in seen:
            yield job.fault(
                member,
                f"{member} should differ from that of {seen[key]}, got {name!r} in both: the second job is refused if "
                "both run",
                fix="add something of its own to each name",
                value=name,
            )
        seen.setdefault(key, job.state)


@rule(
    "ST263",
    "jobs of a Map have a name for each item",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/state-map.html",
    severity=Severity.WARNING,
)
def name_in_map(template: Template) -> Iterator[Fault]:
    for request in template.once(requests):
        if request.operation not in _NAMED or request.members is None or request.service != "sagemaker":
            continue
        member = _NAMED[request.operation]
        name = request.members.get(f"{member}{PATH_SUFFIX}", request.members.get(member))
        in_map = ".ItemProcessor." in request.path or ".Iterator." in request.path
        if in_map and name in ("$$.Execution.Name", "{% $states.context.Execution.Name %}"):
            yield request.machine.fault(
                f"{request.path}.{member}",
                f"{request.state.name}: {member} should hold something of the item, got {name!r}, which is the same "
                "for every item of the Map",
                fix="join it with $$.Map.Item.Index, or with a member of the item",
                value=name,
            )
