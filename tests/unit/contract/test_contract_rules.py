"""Each kind of rule, on a model made for it: both ends of each, and what is passed over."""

from typing import Any

import pytest
from botocore.model import ServiceModel

from constructs_lib.contract import Problem, check_shape

MODEL = ServiceModel(
    {
        "metadata": {"protocol": "json", "apiVersion": "1", "endpointPrefix": "x"},
        "operations": {},
        "shapes": {
            "Request": {
                "type": "structure",
                "required": ["Name", "Token"],
                "members": {
                    "Name": {"shape": "Name"},
                    "Token": {"shape": "Text", "idempotencyToken": True},
                    "Mode": {"shape": "Mode"},
                    "Kind": {"shape": "Kind"},
                    "Count": {"shape": "Count"},
                    "Share": {"shape": "Share"},
                    "Flag": {"shape": "Flag"},
                    "Items": {"shape": "Items"},
                    "Values": {"shape": "Values"},
                    "Source": {"shape": "Source"},
                    "Odd": {"shape": "Odd"},
                    "When": {"shape": "When"},
                },
            },
            "Name": {"type": "string", "min": 2, "max": 4, "pattern": "[a-z]+"},
            "Text": {"type": "string"},
            "Mode": {"type": "string", "enum": ["File", "Pipe"]},
            "Kind": {"type": "string", "enum": [f"ml.g5.{size}xlarge" for size in range(1, 30)]},
            "Count": {"type": "integer", "min": 1, "max": 3},
            "Share": {"type": "float", "min": 0, "max": 1},
            "Flag": {"type": "boolean"},
            "Items": {"type": "list", "member": {"shape": "Item"}, "min": 1, "max": 2},
            "Item": {"type": "structure", "required": ["Id"], "members": {"Id": {"shape": "Name"}}},
            "Values": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Name"}, "max": 2},
            "Source": {
                "type": "structure",
                "union": True,
                "members": {"S3": {"shape": "Text"}, "Disk": {"shape": "Text"}},
            },
            "Odd": {"type": "string", "pattern": r"\p{L}+"},
            "When": {"type": "timestamp"},
        },
    }
)
REQUEST = MODEL.shape_for("Request")


def problems(**members: Any) -> list[Problem]:
    return list(check_shape(REQUEST, {"Name": "abc", **members}))


@pytest.mark.parametrize(
    "members",
    [
        {"Name": "ab"},
        {"Name": "abcd"},
        {"Mode": "Pipe"},
        {"Count": 1},
        {"Count": 3},
        {"Count": 2.0},
        {"Share": 0},
        {"Share": 1.0},
        {"Flag": False},
        {"Items": [{"Id": "ab"}]},
        {"Items": [{"Id": "ab"}, {"Id": "cd"}]},
        {"Values": {}},
        {"Values": {"ab": "cd", "ef": "gh"}},
        {"Source": {"S3": "s3://b"}},
        {"Odd": "not judged: Python has no such class"},
        {"When": "2026-01-01T00:00:00Z"},
    ],
)
def test_accepts(members: dict[str, Any]) -> None:
    assert problems(**members) == []


@pytest.mark.parametrize(
    ("members", "rule", "message"),
    [
        ({"Name": "a"}, "length", "Name must be at least 2 characters, got 1"),
        ({"Name": "abcde"}, "length", "Name must be at most 4 characters, got 5"),
        ({"Name": "aB"}, "pattern", "Name must match the pattern [a-z]+, got 'aB'"),
        ({"Name": "ab\n"}, "pattern", "Name must match the pattern [a-z]+, got 'ab\\n'"),
        ({"Name": 5}, "type", "Name must be a string, got 5"),
        ({"Name": None}, "type", "Name must be a string, got None"),
        ({"Mode": "Pip"}, "enum", "Mode must be one of File, Pipe, got 'Pip'"),
        (
            {"Kind": "ml.g5.4xlarg"},
            "enum",
            "Kind must be one of the 29 values of the API, the nearest of which is ml.g5.4xlarge, got 'ml.g5.4xlarg'",
        ),
        ({"Count": 0}, "range", "Count must be at least 1, got 0"),
        ({"Count": 4}, "range", "Count must be at most 3, got 4"),
        ({"Count": "2"}, "type", "Count must be an integer, got '2'"),
        ({"Count": 1.5}, "type", "Count must be an integer, got 1.5"),
        ({"Count": True}, "type", "Count must be an integer, got True"),
        ({"Share": 1.1}, "range", "Share must be at most 1, got 1.1"),
        ({"Flag": "true"}, "type", "Flag must be a boolean, got 'true'"),
        ({"Items": []}, "length", "Items must be at least 1 items, got 0"),
        ({"Items": [{"Id": "ab"}] * 3}, "length", "Items must be at most 2 items, got 3"),
        ({"Items": {"Id": "ab"}}, "type", "Items must be a list, got {'Id': 'ab'}"),
        ({"Items": [{}]}, "required", "Items[0].Id is required"),
        ({"Items": [{"Id": "ab"}, {"Id": "B"}]}, "pattern", "Items[1].Id must match the pattern [a-z]+, got 'B'"),
        ({"Values": {"ab": "x"}}, "length", "Values.ab must be at least 2 characters, got 1"),
        ({"Values": {"ab": "ab", "cd": "cd", "ef": "ef"}}, "length", "Values must be at most 2 entries, got 3"),
        ({"Source": {}}, "union", "Source must have exactly one of S3, Disk, got none"),
        ({"Source": {"S3": "a", "Disk": "b"}}, "union", "Source must have exactly one of S3, Disk, got S3, Disk"),
        ({"Nam": "ab"}, "unknown", "Nam is not a member that the API knows; did you mean Name?"),
        ({"Zebra": 1}, "unknown", "Zebra is not a member that the API knows"),
    ],
)
def test_fails(members: dict[str, Any], rule: str, message: str) -> None:
    assert (rule, message) in [(problem.rule, problem.message) for problem in problems(**members)]


def test_fails_without_a_required_member_but_not_without_an_idempotency_token() -> None:
    assert list(check_shape(REQUEST, {})) == [Problem("Name", "required", "Name is required")]


def test_fails_with_every_problem_at_once() -> None:
    found = problems(Name="A", Mode="x", Count=9, Items=[{"Id": "1"}], Extra=1)

    assert [(problem.path, problem.rule) for problem in found] == [
        ("Name", "length"),
        ("Name", "pattern"),
        ("Mode", "enum"),
        ("Count", "range"),
        ("Items[0].Id", "length"),
        ("Items[0].Id", "pattern"),
        ("Extra", "unknown"),
    ]


def test_carries_the_value() -> None:
    assert problems(Count=9) == [Problem("Count", "range", "Count must be at most 3, got 9", 9)]


def test_shortens_a_long_value() -> None:
    message = problems(Mode="x" * 500)[0].message

    assert message.endswith("xxx...")
    assert len(message) < 200


@pytest.mark.parametrize(
    "value",
    [
        "${Token[TOKEN.12]}",
        "prefix-${Token[TOKEN.12]}",
        {"Ref": "Parameter"},
        {"Fn::GetAtt": ["Role", "Arn"]},
        {"Fn::Join": ["", ["a", {"Ref": "B"}]]},
        "{% $states.input.name %}",
        -1.8881545897087626e289,
        ["#{Token[TOKEN.3]}"],
    ],
)
@pytest.mark.parametrize("member", ["Name", "Mode", "Count", "Flag", "Items", "Values", "Source"])
def test_passes_over_what_only_deployment_knows(member: str, value: Any) -> None:
    assert problems(**{member: value}) == []


def test_takes_a_path_as_the_member_that_it_fills() -> None:
    assert list(check_shape(REQUEST, {"Name.$": "$.name", "Values": {"ab.$": "$.x"}, "Source": {"S3.$": "$.s"}})) == []


def test_fails_for_a_path_to_a_member_that_is_not_known() -> None:
    assert problems(**{"Nam.$": "$.name"})[0].message == "Nam is not a member that the API knows; did you mean Name?"


@pytest.mark.parametrize("number", [-5, -1e200, -(10**300), float("-inf")])
def test_does_not_take_a_small_number_for_a_placeholder(number: float) -> None:
    assert [problem.rule for problem in problems(Share=number)] == ["range"]
