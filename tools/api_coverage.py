"""Write docs/api-coverage.md: which members of SageMaker's requests for jobs, models and endpoints constructs can set.

Run `python tools/api_coverage.py`; with `--check` it only compares. The members are those of botocore's model. One
counts as covered when a request holds it that a construct has rendered in tests/unit/*/test_requests_*.py, where each
is compared with one written out by hand: nothing is covered by claim. Endpoints are made by CloudFormation, whose types
name their properties as the API does: there the properties of the template count, and what a type lacks does not.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from botocore.model import ListShape, Shape, StructureShape

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
)
# What CloudFormation makes, by operation. Models are made in workflows too, through the API.
TYPES = {
    "CreateEndpointConfig": "AWS::SageMaker::EndpointConfig",
    "CreateEndpoint": "AWS::SageMaker::Endpoint",
    "CreateInferenceComponent": "AWS::SageMaker::InferenceComponent",
}
LACKING = "CloudFormation's type has no such member"
# What the service itself refuses or has ended: no user may set it. By a part of the path.
REFUSED = {
    ".AcceleratorType": "Elastic Inference has ended (TRAPS 39)",
    "ShadowProductionVariants[].ServerlessConfig": "a shadow is never serverless (TRAPS 24)",
    "ShadowProductionVariants[].ManagedInstanceScaling": "only variants for components scale so (TRAPS 23)",
}
# Why a member is not there, by the end of its path.
REASONS = {
    "HyperParameterTuningResourceConfig.InstanceType": "the same as one member of InstanceConfigs, which is there",
    "HyperParameterTuningResourceConfig.InstanceCount": "the same as one member of InstanceConfigs, which is there",
    "HyperParameterTuningResourceConfig.VolumeSizeInGB": "the same as one member of InstanceConfigs, which is there",
    "EndpointConfigName": "left to CloudFormation, because each change makes a new configuration (TRAPS 1)",
}
NOT_YET = "no request in the tests holds it yet"


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


def page(requests: Mapping[str, list[Mapping[str, Any]]]) -> str:
    """The page, from the rendered requests by operation."""
    lines = [
        "# What of the API the constructs can set",
        "",
        "`python tools/api_coverage.py` writes this page from botocore's model and from the requests that the",
        "constructs render in `tests/unit/*/test_requests_*.py`, where each is compared with one written by",
        "hand. The test suite compares the page. A member that no user may set does not count: it is listed at the",
        "end, with the reason.",
        "",
        "| operation | members | covered | share |",
        "|---|---|---|---|",
    ]
    missing: list[str] = []
    beyond: list[str] = []
    for operation in OPERATIONS:
        shape = service_model("sagemaker").operation_model(operation).input_shape
        members = list(dict.fromkeys(map(_once, leaves(shape)))) if shape is not None else []
        # What only Describe fills in is no member that a user may set.
        members = [member for member in members if not member.rpartition(".")[2].startswith("Selected")]
        nobody_sets = not_settable(operation, members)
        members = [member for member in members if member not in nobody_sets]
        set_ones = {path for request in requests.get(operation, []) for path in map(_once, held(request))}
        absent = [member for member in members if member not in set_ones]
        share = 100 * (len(members) - len(absent)) / len(members)
        lines.append(f"| {operation} | {len(members)} | {len(members) - len(absent)} | {share:.1f} % |")
        missing += [f"| {operation} | `{member}` | {_reason(member)} |" for member in absent]
        beyond += [f"| {operation} | `{member}` | {reason} |" for member, reason in nobody_sets.items()]
    lines += ["", "## What is missing", ""]
    lines += ["| operation | member | why |", "|---|---|---|", *missing] if missing else ["Nothing."]
    lines += ["", "## What no user may set", "", "| operation | member | why |", "|---|---|---|", *beyond]
    return "\n".join(lines) + "\n"


def _once(path: str) -> str:
    """A tuning job has one definition or several, of one shape: it counts once."""
    return path.replace("TrainingJobDefinitions[]", "TrainingJobDefinition")


def rendered() -> dict[str, list[Mapping[str, Any]]]:
    """The requests of all jobs, models and endpoints that the request tests make, by operation."""
    from constructs_lib.models import model_request
    from constructs_lib.training.job import Job
    from tests.templates import of_type, template_of
    from tests.unit.endpoints import serving

    requests: dict[str, list[Mapping[str, Any]]] = {}
    check = Job._check

    def recording(job: Job, request: Mapping[str, Any], **rest: Any) -> None:
        check(job, request, **rest)
        named = {job.kind.name_member: job.name_prefix, **job.request}
        requests.setdefault(f"Create{job.kind.noun}", []).append(named)

    check_model = model_request.check_request

    def recording_models(subject: str, members: Mapping[str, Any], **rest: Any) -> None:
        check_model(subject, members, **rest)
        # A construct leaves the name to CloudFormation, a step to the workflow: every request gets one.
        requests.setdefault("CreateModel", []).append({"ModelName": "unnamed", **members})

    def recording_templates(stack: Any) -> dict[str, Any]:
        template = template_of(stack)
        for operation, type in TYPES.items():
            requests.setdefault(operation, []).extend(of_type(template, type).values())
        return template

    os.chdir(ROOT)
    cases = map(str, sorted(ROOT.glob(CASES)))
    # Quietly: whether these tests pass is the business of the test suite.
    with (
        patch.object(Job, "_check", recording),
        patch.object(model_request, "check_request", recording_models),
        patch.object(serving, "template_of", recording_templates),
        redirect_stdout(StringIO()),
    ):
        code = pytest.main(["-q", "-p", "no:cacheprovider", *cases])
    if code != 0:
        sys.exit("the request tests fail; mend them first")
    return requests


def main() -> int:
    """Write the page, or compare it."""
    sys.path.insert(0, str(ROOT))
    text = page(rendered())
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
