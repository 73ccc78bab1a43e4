"""Write docs/api-coverage.md: which members of the requests for what the constructs make can be set.

Run `python tools/api_coverage.py`; with `--check` it only compares. The members are those of botocore's model. One
counts as covered when a request holds it that `tests.written_by_hand.same_request` has compared whole: what a construct
rendered with what is written out by hand, as tests/unit/*/test_requests_*.py do. Nothing is covered by claim. Endpoints
and feature groups are made by CloudFormation, whose types name their properties as the API does: there the properties
of the template count, and what a type lacks does not.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape

from constructs_lib.contract import service_model

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "api-coverage.md"
CASES = "tests/unit/*/test_requests_*.py"
OPERATIONS = (
    "CreateTrainingJob",
    "CreateHyperParameterTuningJob",
    "CreateProcessingJob",
    "CreateTransformJob",
    "CreateModel",
    "CreateEndpointConfig",
    "CreateEndpoint",
    "CreateInferenceComponent",
    "CreateFeatureGroup",
)
# What CloudFormation makes, by operation. Models are made in workflows too, through the API.
TYPES = {
    "CreateEndpointConfig": "AWS::SageMaker::EndpointConfig",
    "CreateEndpoint": "AWS::SageMaker::Endpoint",
    "CreateInferenceComponent": "AWS::SageMaker::InferenceComponent",
    "CreateFeatureGroup": "AWS::SageMaker::FeatureGroup",
}
LACKING = "CloudFormation's type has no such member"
# What the service itself refuses or has ended: no user may set it. By a part of the path.
REFUSED = {
    ".Selected": "read-only: Describe answers it, and Create does not take it",
    ".ResolvedOutputS3Uri": "read-only: Describe answers it, and Create does not take it",
    ".AcceleratorType": "Elastic Inference has ended (TRAPS 39)",
    "ShadowProductionVariants[].ServerlessConfig": "a shadow is never serverless (TRAPS 24)",
    "ShadowProductionVariants[].ManagedInstanceScaling": "only variants for components scale so (TRAPS 23)",
}
_ANEW = "each execution of a workflow makes a new one, because names are unique for good (TRAPS 35)"
# Why a member is not there, by the end of its path.
REASONS = {
    "HyperParameterTuningResourceConfig.InstanceType": "the same as one member of InstanceConfigs, which is there",
    "HyperParameterTuningResourceConfig.InstanceCount": "the same as one member of InstanceConfigs, which is there",
    "HyperParameterTuningResourceConfig.VolumeSizeInGB": "the same as one member of InstanceConfigs, which is there",
    "TrainingJobName": _ANEW,
    "HyperParameterTuningJobName": _ANEW,
    "ProcessingJobName": _ANEW,
    "TransformJobName": _ANEW,
    "ModelName": "left to CloudFormation or the workflow, because each change makes a new model (TRAPS 1)",
    "EndpointConfigName": "left to CloudFormation, because each change makes a new configuration (TRAPS 1)",
}
NOT_YET = "no request in the tests holds it yet"

# Enumerations of ours, with the shapes of the API whose values they are.
CLASSES = {
    "AssemblyType": ("AssemblyType",),
    "AthenaResultCompressionType": ("AthenaResultCompressionType",),
    "AthenaResultFormat": ("AthenaResultFormat",),
    "BatchStrategy": ("BatchStrategy",),
    "CaptureMode": ("CaptureMode",),
    "Compression": ("CompressionType", "ProcessingS3CompressionType"),
    "CustomizationTechnique": ("CustomizationTechnique",),
    "EvaluationType": ("EvaluationType",),
    "FeatureType": ("FeatureType",),
    "HyperParameterScalingType": ("HyperParameterScalingType",),
    "InputMode": ("TrainingInputMode", "InputMode", "ProcessingS3InputMode"),
    "JoinSource": ("JoinSource",),
    "ModelCompression": ("ModelCompressionType",),
    "ObjectiveType": ("HyperParameterTuningJobObjectiveType",),
    "OutputCompression": ("OutputCompressionType",),
    "Peft": ("Peft",),
    "PlacementStrategy": ("InferenceComponentPlacementStrategy",),
    "RecordWrapper": ("RecordWrapper",),
    "RedshiftResultCompressionType": ("RedshiftResultCompressionType",),
    "RedshiftResultFormat": ("RedshiftResultFormat",),
    "RoutingStrategy": ("RoutingStrategy",),
    "S3DataDistribution": ("S3DataDistribution", "ProcessingS3DataDistributionType", "DataDistributionType"),
    "S3UploadMode": ("ProcessingS3UploadMode",),
    "ScaleInStrategy": ("ManagedInstanceScalingScaleInStrategy",),
    "SplitType": ("SplitType",),
    "StorageType": ("StorageType",),
    "TableFormat": ("TableFormat",),
    "WarmStartType": ("HyperParameterTuningJobWarmStartType",),
}
# Where a class of ours and a shape differ, both ways.
APART = {
    ("InputMode", "InputMode"): "`ProcessingInput` refuses FAST_FILE, which processing does not know",
    ("InputMode", "ProcessingS3InputMode"): "`ProcessingInput` refuses FAST_FILE, which processing does not know",
    ("CaptureMode", "CaptureMode"): "the API's InputAndOutput is the same as Input and Output, which are there",
    ("StorageType", "StorageType"): "CloudFormation's type has no Standard_V2",
    ("TableFormat", "TableFormat"): "the API's Default is Glue, which CloudFormation's type has",
    ("RoutingStrategy", "RoutingStrategy"): "PREFIX_AWARE is a `PrefixAwareRouting`, which has numbers",
}
_INSTANCE = "`InstanceType`, any text: families come faster than this library"
_CLARIFY = "`explainer_config`, in the API's own spelling: Clarify is closed to new customers"
# Enumerations that are any text here; what the API does not know ends in an error at synth.
AS_TEXT = {
    "ClarifyFeatureType": _CLARIFY,
    "ClarifyTextGranularity": _CLARIFY,
    "ClarifyTextLanguage": _CLARIFY,
    "ProcessingInstanceType": _INSTANCE,
    "ProductionVariantInferenceAmiVersion": "`inference_ami_version`, any text",
    "ProductionVariantInstanceType": _INSTANCE,
    "TrainingInstanceType": _INSTANCE,
    "TransformInstanceType": _INSTANCE,
}
# What decides the value where there is no enumeration of ours; each value is in a request written by hand.
DECIDED_BY = {
    "AsyncNotificationTopicTypes": "`include_response_in_topics`, with the topics that are given",
    "AutotuneMode": "`autotune`",
    "AvailabilityZoneBalanceEnforcementMode": "`Placement`",
    "CapacityReservationPreference": "`capacity_reservation_arn`",
    "CapacitySizeType": "`CapacitySize.percent`, `CapacitySize.instances`",
    "CompleteOnConvergence": "`CompletionCriteria(complete_on_convergence=…)`",
    "ContainerMode": "`MultiModel`, `ModelArtifact.from_models`",
    "FileSystemAccessMode": "`read_only` of `Channel.from_efs` and `Channel.from_fsx_lustre`",
    "FileSystemType": "`Channel.from_efs`, `Channel.from_fsx_lustre`",
    "HyperParameterTuningAllocationStrategy": "`TuningDefinition(instances=…)`",
    "HyperParameterTuningJobStrategyType": "`TuningStrategy`",
    "InferenceExecutionMode": "`PipelineModel`, `MultiContainerModel`",
    "ManagedInstanceScalingStatus": "`ManagedInstanceScaling`",
    "ModelCacheSetting": "`cache` of `MultiModel`",
    "ProcessingS3DataType": "`ProcessingInput.from_s3`, `ProcessingInput.from_manifest`",
    "RepositoryAccessMode": "`ContainerImage.from_private_registry`",
    "S3DataType": "the `from_…` methods of `Channel` and `TransformInput`",
    "S3ModelDataType": "`ModelArtifact`",
    "ServerlessJobType": "`ServerlessJob.fine_tuning`, `ServerlessJob.evaluation`",
    "TrafficRoutingConfigType": "`AllAtOnce`, `Canary`, `Linear`",
    "TrainingJobEarlyStoppingType": "`early_stopping`",
    "TrainingRepositoryAccessMode": "`ContainerImage.from_private_registry`",
    "ThroughputMode": "`Throughput.on_demand`, `Throughput.provisioned`",
    "TtlDurationUnit": "`TimeToLive.days` and its like",
}
_IN_ECR = "the same as leaving the member out: the image is in ECR"
# Why a value is not there, by operation or shape and value.
WITHOUT = {
    ("TrainingRepositoryAccessMode", "Platform"): _IN_ECR,
    ("RepositoryAccessMode", "Platform"): _IN_ECR,
    ("ContainerMode", "SingleModel"): "the same as leaving the member out",
    ("ManagedInstanceScalingStatus", "DISABLED"): "the same as leaving the structure out",
    ("CreateTransformJob", "AugmentedManifestFile"): "the API reference calls it not compatible with transform jobs",
    ("CreateTransformJob", "Converse"): "conversations train language models; a transform sends requests to a model",
}
NO_VALUE_YET = "nothing in the tests holds it yet"


class EnumRow(NamedTuple):
    """An enumeration as one operation has it.

    Attributes:
        operation: Such as `CreateTrainingJob`.
        shape: Its name in the API.
        values: All of its values.
        how: What gives the value.
        without: The values that nothing gives, with the reason of each.
    """

    operation: str
    shape: str
    values: tuple[str, ...]
    how: str
    without: dict[str, str]


def leaves(shape: Shape, path: str = "") -> Iterator[str]:
    """Every member that holds a value: structures and lists are walked, maps are values."""
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield from leaves(member, f"{path}.{name}" if path else name)
    elif isinstance(shape, ListShape):
        yield from leaves(shape.member, f"{path}[]")
    else:
        yield path


def held(value: Any, path: str = "") -> Iterator[str]:
    """The paths of all values in a request, in the same spelling."""
    if isinstance(value, Mapping):
        yield path
        for name, item in value.items():
            yield from held(item, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for item in value:
            yield from held(item, f"{path}[]")
    else:
        yield path


def _reason(member: str) -> str:
    return next((reason for end, reason in REASONS.items() if f".{member}".endswith(f".{end}")), NOT_YET)


def not_settable(operation: str, members: list[str]) -> dict[str, str]:
    """Why no user may set some of *members*."""
    lacking = tuple(_lacking(operation)) if operation in TYPES else ()
    reasons = {}
    for member in members:
        if any(member == path or member.startswith((f"{path}.", f"{path}[")) for path in lacking):
            reasons[member] = LACKING
        for part, reason in REFUSED.items():
            if part in member:
                reasons[member] = reason
    return reasons


def _lacking(operation: str) -> Iterator[str]:
    """The paths that CloudFormation's type does not have, with everything below them."""
    from aws_cdk import aws_sagemaker

    from constructs_lib._internal.cloudformation import beyond_cloudformation

    resource = getattr(aws_sagemaker, f"Cfn{TYPES[operation].rpartition('::')[2]}")
    request = _whole(service_model("sagemaker").operation_model(operation).input_shape)
    for path in beyond_cloudformation(resource, request):
        yield path.replace("[0]", "[]")


def _whole(shape: Shape) -> Any:
    """A request with every member; a value is None."""
    if isinstance(shape, StructureShape):
        return {name: _whole(member) for name, member in shape.members.items()}
    return [_whole(shape.member)] if isinstance(shape, ListShape) else None


def enumerations(shape: Shape | None, path: str = "") -> Iterator[tuple[str, Any]]:
    """The path and the shape of every member that has a closed list of values."""
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield from enumerations(member, f"{path}.{name}" if path else name)
    elif isinstance(shape, ListShape):
        yield from enumerations(shape.member, f"{path}[]")
    elif isinstance(shape, MapShape):
        yield from enumerations(shape.value, path)
    elif shape is not None and shape.metadata.get("enum"):
        yield _once(path), shape


def enum_rows(operation: str, requests: list[Mapping[str, Any]]) -> list[EnumRow]:
    """Every enumeration in the request of *operation*, with what of it the compared *requests* hold."""
    held_values: dict[str, set[str]] = {}
    for request in requests:
        for path, value in _texts(request):
            held_values.setdefault(_once(path), set()).add(value)
    shapes: dict[str, tuple[Any, set[str]]] = {}
    for path, shape in enumerations(service_model("sagemaker").operation_model(operation).input_shape):
        shapes.setdefault(shape.name, (shape, set()))[1].add(path)
    rows = []
    for name, (shape, paths) in sorted(shapes.items()):
        values = tuple(shape.metadata["enum"])
        refused = not_settable(operation, sorted(paths))
        reason = next(iter(refused.values())) if len(refused) == len(paths) else ""
        found = set().union(*(held_values.get(path, set()) for path in paths))
        how, given = _given_by(name, values, found)
        without = {
            value: reason or WITHOUT.get((operation, value)) or WITHOUT.get((name, value)) or NO_VALUE_YET
            for value in values
            if reason or value not in given
        }
        rows.append(EnumRow(operation, name, values, "nothing" if reason else how, without))
    return rows


def _given_by(shape: str, values: tuple[str, ...], found: set[str]) -> tuple[str, set[str]]:
    """What gives the values of an enumeration, and which of them; *found* are those in compared requests."""
    ours = next((name for name, shapes in CLASSES.items() if shape in shapes), None)
    if ours is not None:
        apart = APART.get((ours, shape))
        return f"`{ours}`; {apart}" if apart else f"`{ours}`", set(values)
    if shape in AS_TEXT:
        return AS_TEXT[shape], set(values)
    return DECIDED_BY.get(shape, NO_VALUE_YET), found


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The path and the value of every text in a request."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _texts(item, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, f"{path}[]")
    elif isinstance(value, str):
        yield path, value


def _row(row: EnumRow) -> str:
    values = ", ".join(row.values) if len(row.values) <= 8 else f"{len(row.values)} values"
    reasons = dict.fromkeys(row.without.values())
    of_all = len(row.without) == len(row.values) and len(reasons) == 1
    without = "; ".join(reasons if of_all else (f"{value}: {reason}" for value, reason in row.without.items()))
    return f"| {row.operation} | {row.shape} | {values} | {row.how} | {without} |"


def page(requests: Mapping[str, list[Mapping[str, Any]]]) -> str:
    """The page, from the compared requests by operation."""
    lines = [
        "# What of the API the constructs can set",
        "",
        "`python tools/api_coverage.py` writes this page from botocore's model and from the requests in",
        "`tests/unit/*/test_requests_*.py`. A member is covered when a request holds it that is compared whole: what a",
        "construct rendered with what is written by hand from the API reference. The test suite compares the page. A",
        "member that no user may set does not count: it is listed further down, with the reason.",
        "",
        "| operation | members | covered | share |",
        "|---|---|---|---|",
    ]
    missing: list[str] = []
    beyond: list[str] = []
    for operation in OPERATIONS:
        shape = service_model("sagemaker").operation_model(operation).input_shape
        members = list(dict.fromkeys(map(_once, leaves(shape)))) if shape is not None else []
        nobody_sets = not_settable(operation, members)
        members = [member for member in members if member not in nobody_sets]
        set_ones = {path for request in requests.get(operation, []) for path in map(_once, held(request))}
        absent = [member for member in members if member not in set_ones]
        share = 100 * (len(members) - len(absent)) / len(members)
        lines.append(f"| {operation} | {len(members)} | {len(members) - len(absent)} | {share:.1f} % |")
        missing += [f"| {operation} | `{member}` | {_reason(member)} |" for member in absent]
        beyond += [f"| {operation} | `{member}` | {reason} |" for member, reason in nobody_sets.items()]
    lines += ["", "## What is missing", "", "| operation | member | why |", "|---|---|---|", *missing]
    lines += ["", "## What no user may set", "", "| operation | member | why |", "|---|---|---|", *beyond]
    lines += [
        "",
        "## Enumerations",
        "",
        "A class of ours has just the values of the API, which a test compares both ways. Where something else",
        "decides, each value is in a request that is compared whole, or has the reason why not.",
        "",
        "| operation | enumeration | values | given by | not there, and why |",
        "|---|---|---|---|---|",
        *(_row(row) for operation in OPERATIONS for row in enum_rows(operation, requests.get(operation, []))),
    ]
    lines += [
        "",
        "## Limits and patterns",
        "",
        "Constructs leave them to `check_request`, which holds each request against the minimum, maximum, pattern and",
        "enumeration of every member in botocore's model, at synth; the error names the argument.",
        "`tests/unit/contract/test_every_limit.py` goes through the members of these requests and of",
        "`CreateModelPackage`, `CreateCompilationJob`, `CreateNotebookInstance` and",
        "`CreateNotebookInstanceLifecycleConfig`, and shows for each limit that a value outside of it is",
        "refused. What is known only at deployment is taken as right. Python cannot read the patterns of",
        "`AthenaCatalog`, `Catalog`, `CustomerMetadataKey`, `CustomerMetadataValue`, `Database`, `EntityDescription`,",
        "`ModelPackageSourceUri`, `TableName`, `TagKey`, `TagValue` and `TrainingRepositoryCredentialsProviderArn`,",
        "such as `\\p{L}`: of them only the lengths are enforced.",
    ]
    return "\n".join(lines) + "\n"


def _once(path: str) -> str:
    """A tuning job has one definition or several, of one shape: it counts once."""
    return path.replace("TrainingJobDefinitions[]", "TrainingJobDefinition")


def compared() -> dict[str, list[Mapping[str, Any]]]:
    """The requests that the request tests compare whole, by operation."""
    from tests.written_by_hand import COMPARED

    os.chdir(ROOT)
    cases = map(str, sorted(ROOT.glob(CASES)))
    # Quietly: whether these tests pass is the business of the test suite.
    with redirect_stdout(StringIO()):
        code = pytest.main(["-q", "-p", "no:cacheprovider", *cases])
    if code != 0:
        sys.exit("the request tests fail; mend them first")
    return COMPARED


def main() -> int:
    """Write the page, or compare it."""
    sys.path.insert(0, str(ROOT))
    text = page(compared())
    if "--check" not in sys.argv:
        PAGE.write_text(text)
        print(f"wrote {PAGE.relative_to(ROOT)}")
        return 0
    if PAGE.read_text() == text:
        return 0
    print(f"{PAGE.relative_to(ROOT)} is not what `python tools/api_coverage.py` writes", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
