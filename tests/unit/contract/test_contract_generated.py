"""Requests made from the API model itself: right ones are clean, and each way to break one is found."""

import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from constructs_lib.contract import check_request
from constructs_lib.contract._check import check
from constructs_lib.contract._cloudformation import PREFIX, resource_shape
from constructs_lib.contract._model import request_shape
from constructs_lib.contract._shape import Shape

OPERATIONS = ("CreateModel", "CreateEndpointConfig", "CreateTrainingJob", "CreateProcessingJob", "CreateTransformJob")
TYPES = ("Model", "EndpointConfig", "Endpoint", "InferenceComponent", "ProcessingJob", "ModelPackage", "FeatureGroup")
# The same examples each time: a test suite must not fail by chance. Raise the counts to search further.
QUIET = settings(
    max_examples=30,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

Json = dict[str, Any]
# Where a value is, and what the shape says of it.
Place = tuple[tuple[str | int, ...], Any]

# Texts that fit the patterns of the API, by what a pattern is about; a pattern in no need of one takes letters.
TEXTS = (
    "s3://bucket/path",
    "https://example.com/path",
    "arn:aws:iam::123456789012:role/name",
    "arn:aws:sagemaker:eu-west-1:123456789012:model-package/name/1",
    "arn:aws:lambda:eu-west-1:123456789012:function:name",
    "fs-0123456789abcdef0",
    "ml.g5.xlarge",
    "a",
    "abcdef",
    "1",
    "123456789012",
    "/opt/ml/path",
    "subnet-0123456789abcdef0",
    "1.0.0",
    "AB" * 40,
)


def text_for(shape: Any) -> str | None:
    """A text that *shape* takes; None where none of ours does."""
    limits = shape.metadata
    if limits.get("enum"):
        return str(limits["enum"][0])
    low, high = limits.get("min", 0), limits.get("max", 10_000)
    pattern = limits.get("pattern") or ".*"
    for text in (*TEXTS, "a" * max(low, 1), "1" * max(low, 1)):
        try:
            if low <= len(text) <= high and re.fullmatch(pattern, text, re.DOTALL):
                return text
        except re.error:  # \p{...}: the checker passes over it too
            return "a" * max(low, 1)
    return None


class UnmadeError(Exception):
    """No value of ours fits the shape."""


def alternatives(shape: Any) -> list[str]:
    if getattr(shape, "alternatives", None):
        return list(shape.alternatives)
    return list(shape.members) if getattr(shape, "is_tagged_union", False) else []


def made(shape: Any, choose: Callable[[list[Any]], Any], depth: int = 0) -> Any:
    """A value that *shape* takes, with members and lengths by *choose*."""
    kind = shape.type_name
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if kind == "structure":
        return made_structure(shape, choose, depth)
    if kind == "list":
        count = low or (0 if depth > 5 else choose([0, 1]))
        return [made(shape.member, choose, depth + 1) for _ in range(min(count, high or count))]
    if kind == "map":
        return {text_for(shape.key) or "a": made(shape.value, choose, depth + 1)} if low else {}
    if kind == "any":
        return "a"
    if kind == "boolean":
        return choose([True, False])
    if kind in ("integer", "long"):
        ends = [end for end in (low, high) if end is not None]
        return int(choose(ends or [1]))
    if kind in ("float", "double"):
        return choose([end for end in (low, high) if end is not None] or [0.5])
    if kind == "timestamp":
        return "2026-01-01T00:00:00Z"
    found = text_for(shape)
    if found is None:
        raise UnmadeError(shape.metadata)
    return found


def made_structure(shape: Any, choose: Callable[[list[Any]], Any], depth: int) -> Json:
    union = alternatives(shape)
    wanted = {name for name in shape.required_members if name not in union}
    if union:
        wanted.add(choose(union))
    value: Json = {}
    for name, member in shape.members.items():
        if name in wanted:
            value[name] = made(member, choose, depth + 1)
        elif name not in union and depth < 4 and choose([True, False, False]):
            try:
                value[name] = made(member, choose, depth + 1)
            except UnmadeError:
                continue
    return value


def places(shape: Any, value: Any, path: tuple[str | int, ...] = ()) -> Iterator[Place]:
    yield path, shape
    if shape.type_name == "structure":
        for name, inner in value.items():
            yield from places(shape.members[name], inner, (*path, name))
    elif shape.type_name == "list":
        for index, inner in enumerate(value):
            yield from places(shape.member, inner, (*path, index))


def broken(shape: Any, value: Any, *, loose: bool) -> Iterator[tuple[str, Any]]:
    """Each way in which the model forbids a change of *value*: the kind of problem and the new value."""
    kind, low, high = shape.type_name, shape.metadata.get("min"), shape.metadata.get("max")
    if kind == "structure":
        yield "unknown", {**value, "NoSuchMember": 1}
        for name in shape.required_members:
            if not shape.members[name].metadata.get("idempotencyToken"):
                yield "required", {key: inner for key, inner in value.items() if key != name}
        if alternatives(shape):
            yield "union", {key: inner for key, inner in value.items() if key not in alternatives(shape)}
    if kind in ("structure", "map") and not getattr(shape, "accepts_text", False):
        yield "type", "text"
    if kind == "list":
        yield "type", {"a": 1}
        if low:
            yield "length", []
        if high is not None and high < 50 and value:
            yield "length", [value[0]] * (high + 1)
    if kind in ("integer", "long", "float", "double"):
        yield "type", "many"
        if not loose:
            yield "type", "1"
        if low is not None:
            yield "range", low - 1
        if high is not None:
            yield "range", high + 1
    if kind == "boolean":
        yield "type", "perhaps"
    if kind == "string":
        yield "type", [value]
        if shape.metadata.get("enum"):
            yield "enum", "NO_SUCH_VALUE"
        elif high is not None and high < 5000:
            yield "length", "a" * (high + 1)
        if low and not shape.metadata.get("enum"):
            yield "length", ""


def replaced(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    if not path:
        return new
    first, *rest = path
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[first] = replaced(copy[first], tuple(rest), new)
    return copy


def written(path: tuple[str | int, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def drawn(shape: Any, data: st.DataObject) -> Any:
    # One draw a request: a draw a member makes each example a hundred times slower.
    choose = random.Random(data.draw(st.integers(0, 2**32))).choice  # noqa: S311
    return made(shape, choose)


def request_of(operation: str) -> Shape:
    shape = request_shape("sagemaker", operation)
    assert shape is not None
    return shape


@pytest.mark.parametrize("operation", OPERATIONS)
class TestRequests:
    @QUIET
    @given(data=st.data())
    def test_a_right_one_is_clean(self, operation: str, data: st.DataObject) -> None:
        assert check_request("sagemaker", operation, drawn(request_of(operation), data)) == []

    @QUIET
    @given(data=st.data())
    def test_fails_for_each_change_that_the_model_forbids(self, operation: str, data: st.DataObject) -> None:
        shape = request_of(operation)
        request = drawn(shape, data)
        path, inner = data.draw(st.sampled_from(list(places(shape, request))))
        for rule, new in broken(inner, at(request, path), loose=False):
            problems = check_request("sagemaker", operation, replaced(request, path, new)) if path else []
            whole = check_request("sagemaker", operation, new) if not path and isinstance(new, dict) else []
            if path or isinstance(new, dict):
                assert (rule, True) in [
                    (problem.rule, problem.path.startswith(written(path))) for problem in [*problems, *whole]
                ], (path, new)


@pytest.mark.parametrize("name", TYPES)
class TestResources:
    @QUIET
    @given(data=st.data())
    def test_a_right_one_is_clean(self, name: str, data: st.DataObject) -> None:
        assert shape_findings(name, drawn(resource_shape(f"{PREFIX}{name}"), data)) == []

    @QUIET
    @given(data=st.data())
    def test_fails_for_each_change_that_the_model_forbids(self, name: str, data: st.DataObject) -> None:
        shape = resource_shape(f"{PREFIX}{name}")
        properties = drawn(shape, data)
        path, inner = data.draw(st.sampled_from(list(places(shape, properties))))
        for rule, new in broken(inner, at(properties, path), loose=True):
            if path or isinstance(new, dict):
                changed = replaced(properties, path, new)
                assert RULES[rule] in [found for found, _ in shape_findings(name, changed)], (rule, path, new)

    @QUIET
    @given(data=st.data())
    def test_what_only_a_deployment_knows_is_clean_anywhere(self, name: str, data: st.DataObject) -> None:
        shape = resource_shape(f"{PREFIX}{name}")
        properties = drawn(shape, data)
        inside = [path for path, _ in places(shape, properties) if path]
        assume(inside)
        path = data.draw(st.sampled_from(inside))
        unknown = data.draw(st.sampled_from([{"Ref": "P"}, {"Fn::ImportValue": "X"}, {"Fn::GetAtt": ["A", "B"]}]))

        assert shape_findings(name, replaced(properties, path, unknown)) == []


RULES = {
    "unknown": "SM101",
    "required": "SM102",
    "type": "SM103",
    "enum": "SM104",
    "range": "SM105",
    "length": "SM106",
    "union": "SM108",
}


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        value = value[part]
    return value


def shape_findings(name: str, properties: Any) -> list[tuple[str, str]]:
    """What the shape rules find; the rules about how members fit together have requests of their own."""
    template = {"Resources": {"R": {"Type": f"{PREFIX}{name}", "Properties": properties}}}
    return [
        (finding.rule, finding.message) for finding in check({"t": template}).findings if finding.rule.startswith("SM1")
    ]
