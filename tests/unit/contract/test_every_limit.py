"""Each limit, pattern and enumeration of the requests that constructs make is enforced: a value outside is refused.

The constructs do not repeat what botocore's model says; docs/api-coverage.md relies on this.
"""

import re
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from constructs_lib.contract import check_request, service_model
from tests.conftest import REPOSITORY

OPERATIONS = (
    "CreateTrainingJob",
    "CreateHyperParameterTuningJob",
    "CreateProcessingJob",
    "CreateTransformJob",
    "CreateModel",
    "CreateModelPackage",
    "CreateCompilationJob",
    "CreateEndpointConfig",
    "CreateEndpoint",
    "CreateInferenceComponent",
    "CreateFeatureGroup",
    "CreateNotebookInstance",
    "CreateNotebookInstanceLifecycleConfig",
)
# Shapes whose pattern Python cannot read, such as one with `\p{L}`; of them only the length is enforced.
UNREADABLE = {
    "AthenaCatalog",
    "Catalog",
    "CustomerMetadataKey",
    "CustomerMetadataValue",
    "Database",
    "EntityDescription",
    "ModelPackageSourceUri",
    "TableName",
    "TagKey",
    "TagValue",
    "TrainingRepositoryCredentialsProviderArn",
}
# What some pattern refuses; each pattern must refuse one, unless it takes any text.
ODD = ("", " ", "!", "-", "_", "/", "\n", "a b", "ä", "\x00", "%", "a", "1", "s3://", ".a", "a!b c?")


class Limit(NamedTuple):
    """One rule of the model, and a value outside of it.

    Attributes:
        path: Where the member lies, as a problem names it.
        rule: As a problem has it.
        shape: The shape of the API.
        request: A request that holds the value and nothing that is not around it.
    """

    path: str
    rule: str
    shape: str
    request: Any


def limits(operation: str) -> list[Limit]:
    shape = service_model("sagemaker").operation_model(operation).input_shape
    return list(_limits(shape, "", lambda value: value))


def _limits(shape: Any, path: str, around: Any) -> Iterator[Limit]:
    for rule, value in _outside(shape):
        yield Limit(path, rule, shape.name, around(value))
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            inside = f"{path}.{name}" if path else name
            yield from _limits(member, inside, lambda value, name=name: around({name: value}))
    elif shape.type_name == "list":
        yield from _limits(shape.member, f"{path}[0]", lambda value: around([value]))
    elif shape.type_name == "map":
        yield from _limits(shape.value, f"{path}.key", lambda value: around({"key": value}))
        for rule, key in _outside(shape.key):
            yield Limit(f"{path}.{key}", rule, shape.key.name, around({key: "value"}))


def _outside(shape: Any) -> Iterator[tuple[str, Any]]:
    """Values that break one rule of *shape* each."""
    low, high, pattern = (shape.metadata.get(name) for name in ("min", "max", "pattern"))
    if shape.type_name == "string":
        if shape.metadata.get("enum"):
            yield "enum", "no value of the API"
        if high is not None:
            yield "length", "a" * (high + 1)
        if low:
            yield "length", "a" * (low - 1)
        if pattern and _readable(pattern):
            refused = _refused_by(pattern, low or 0, high)
            if refused is not None:
                yield "pattern", refused
    elif shape.type_name in ("integer", "long", "float", "double"):
        if low is not None:
            yield "range", low - 1
        if high is not None:
            yield "range", high + 1
    elif shape.type_name == "list":
        if high is not None:
            yield "length", [_filler(shape.member)] * (high + 1)
        if low:
            yield "length", [_filler(shape.member)] * (low - 1)
    elif shape.type_name == "map":
        if high is not None:
            yield "length", {f"key{number}": "value" for number in range(high + 1)}
        if low:
            yield "length", {}


def _filler(shape: Any) -> Any:
    return {"structure": {}, "list": [], "map": {}}.get(shape.type_name, "a")


def _readable(pattern: str) -> re.Pattern[str] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return re.compile(pattern)
        except re.error:
            return None


def _refused_by(pattern: str, low: int, high: int | None) -> str | None:
    """Text of a length that fits and of a shape that does not; None where any text of one line fits."""
    compiled = _readable(pattern)
    assert compiled
    lengths = (text if len(text) >= low else text + "?" * (low - len(text)) for text in ODD)
    fitting = [text for text in lengths if high is None or len(text) <= high]
    return next((text for text in fitting if not compiled.fullmatch(text)), None)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_fails_on_a_value_outside_of_each_limit(operation: str) -> None:
    taken = []
    for limit in limits(operation):
        problems = check_request("sagemaker", operation, limit.request)
        if not any(problem.path == limit.path and problem.rule == limit.rule for problem in problems):
            taken.append(limit)
    assert taken == []


def strings_with_a_pattern(shape: Any) -> Iterator[Any]:
    """Every text with a pattern in a request, by way of all that is around it."""
    if shape.type_name == "structure":
        for member in shape.members.values():
            yield from strings_with_a_pattern(member)
    elif shape.type_name == "list":
        yield from strings_with_a_pattern(shape.member)
    elif shape.type_name == "map":
        yield from strings_with_a_pattern(shape.key)
        yield from strings_with_a_pattern(shape.value)
    elif shape.metadata.get("pattern"):
        yield shape


def test_goes_through_every_pattern_but_those_that_are_named_here_and_in_the_page() -> None:
    model = service_model("sagemaker")
    inputs = [model.operation_model(operation).input_shape for operation in OPERATIONS]
    shapes = {shape.name: shape for each in inputs for shape in strings_with_a_pattern(each)}
    broken = {limit.shape for operation in OPERATIONS for limit in limits(operation) if limit.rule == "pattern"}
    assert len(broken) > 90
    left = {name: shape.metadata["pattern"] for name, shape in shapes.items() if name not in broken}
    assert {name for name, pattern in left.items() if not _readable(pattern)} == UNREADABLE
    any_text = {pattern for pattern in left.values() if _readable(pattern)}
    assert any_text == {r"[\S\s]*", r"[\s\S]+", r"[\S\s]+"}
    page = (REPOSITORY / "docs" / "api-coverage.md").read_text()
    assert all(f"`{name}`" in page for name in UNREADABLE)


@pytest.mark.parametrize(("rule", "least"), [("enum", 150), ("length", 750), ("range", 170)])
def test_there_are_limits_to_go_through(rule: str, least: int) -> None:
    found = [limit for operation in OPERATIONS for limit in limits(operation) if limit.rule == rule]
    assert len(found) > least
