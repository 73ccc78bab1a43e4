"""The page on how much of the API is covered is what the tool writes today."""

import enum
import importlib.util
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

import constructs_lib as lib
from constructs_lib.contract import service_model
from constructs_lib.training.channels import Compression, RecordWrapper
from tests.conftest import REPOSITORY

PAGE = REPOSITORY / "docs" / "api-coverage.md"
# Enumerations with values of the API that are in other requests than those of the page.
ELSEWHERE = {
    "CompilationFramework": "Framework",
    "ModelApprovalStatus": "ModelApprovalStatus",
    "NotebookInstanceStatus": "NotebookInstanceStatus",
    "TargetPlatformAccelerator": "TargetPlatformAccelerator",
    "TargetPlatformArch": "TargetPlatformArch",
    "TargetPlatformOs": "TargetPlatformOs",
    "VariantProperty": "VariantPropertyType",
}
# Enumerations of no SageMaker API: of Application Auto Scaling, EventBridge, CloudWatch, of this library.
OF_NO_REQUEST = {"AdjustmentType", "Device", "EndpointEvent", "FeatureStoreOperation", "ImagePurpose", "ModelKind"}


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("api_coverage", REPOSITORY / "tools" / "api_coverage.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def our_enums() -> dict[str, Any]:
    public = {name: getattr(lib, name) for name in lib.__all__}
    found = {name: value for name, value in public.items() if isinstance(value, type) and issubclass(value, enum.Enum)}
    return found | {"Compression": Compression, "RecordWrapper": RecordWrapper}


def values_of_api(shape: str) -> set[str]:
    return set(service_model("sagemaker").shape_for(shape).enum)


def test_the_page_says_what_is_covered_today() -> None:
    command = [sys.executable, "tools/api_coverage.py", "--check"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_at_least_95_percent_of_what_a_user_may_set_can_be_set() -> None:
    shares = [float(line.split("|")[4].strip(" %")) for line in PAGE.read_text().splitlines() if line.endswith(" % |")]
    assert len(shares) == 9
    assert min(shares) >= 95


def test_each_member_and_value_that_is_missing_has_its_reason(tool: ModuleType) -> None:
    page = PAGE.read_text()
    assert tool.NOT_YET not in page
    assert tool.NO_VALUE_YET not in page


def test_no_member_is_dropped_from_the_page(tool: ModuleType) -> None:
    page = PAGE.read_text()
    for operation in tool.OPERATIONS:
        members = set(map(tool._once, tool.leaves(service_model("sagemaker").operation_model(operation).input_shape)))
        (line,) = (line for line in page.splitlines() if line.startswith(f"| {operation} | ") and line.endswith("% |"))
        settable, covered = (int(part) for part in line.split("|")[2:4])
        listed = [line for line in page.splitlines() if line.startswith(f"| {operation} | `")]
        assert len(members) - len(listed) == covered, "what is not covered is listed"
        assert settable - covered <= len(listed)


def test_only_what_a_request_written_by_hand_holds_is_covered(tool: ModuleType) -> None:
    table = tool.page({"CreateEndpoint": [{"EndpointName": "a", "Tags": [{"Key": "b", "Value": "c"}]}]})
    assert "| CreateEndpoint | 19 | 3 | 15.8 % |" in table
    assert f"| CreateEndpoint | `EndpointConfigName` | {tool.REASONS['EndpointConfigName']} |" in table
    assert f"| CreateTransformJob | `TransformOutput.Accept` | {tool.NOT_YET} |" in table
    assert f"TEXTFILE: {tool.NO_VALUE_YET}" not in table, "a class of ours gives it"
    (files,) = (line for line in table.splitlines() if line.startswith("| CreateTrainingJob | FileSystemType |"))
    assert files.endswith(f"| {tool.NO_VALUE_YET} |")


class TestEnums:
    def test_a_class_has_just_the_values_of_the_api(self, tool: ModuleType) -> None:
        ours, apart = our_enums(), set()
        for name, shapes in [*tool.CLASSES.items(), *((name, (shape,)) for name, shape in ELSEWHERE.items())]:
            values = {str(member.value) for member in ours[name]}
            for shape in shapes:
                if values != values_of_api(shape):
                    apart.add((name, shape))
        assert apart == set(tool.APART), "each that differs says why, and no other"

    def test_those_that_differ_do_so_by_one_value(self) -> None:
        assert {"FastFile"} == {mode.value for mode in lib.InputMode} ^ values_of_api("ProcessingS3InputMode")
        assert {"FastFile"} == {mode.value for mode in lib.InputMode} ^ values_of_api("InputMode")
        assert {"Standard_V2"} == {each.value for each in lib.StorageType} ^ values_of_api("StorageType")
        assert {"Default"} == {each.value for each in lib.TableFormat} ^ values_of_api("TableFormat")
        assert {"PREFIX_AWARE"} == {each.value for each in lib.RoutingStrategy} ^ values_of_api("RoutingStrategy")

    def test_each_of_ours_is_compared(self, tool: ModuleType) -> None:
        assert set(our_enums()) == {*tool.CLASSES, *ELSEWHERE, *OF_NO_REQUEST}

    def test_each_of_the_requests_is_in_the_page_and_no_line_is_left_over(self, tool: ModuleType) -> None:
        shapes = {
            shape.name
            for operation in tool.OPERATIONS
            for _, shape in tool.enumerations(service_model("sagemaker").operation_model(operation).input_shape)
        }
        page = PAGE.read_text()
        assert all(f" | {shape} | " in page for shape in shapes)
        named = {*tool.AS_TEXT, *tool.DECIDED_BY, *(shape for of in tool.CLASSES.values() for shape in of)}
        assert named <= shapes
        for place, value in tool.WITHOUT:
            assert value in page
            assert place in shapes or place in tool.OPERATIONS
