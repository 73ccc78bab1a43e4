"""Requests made from the API model itself: right ones are clean, and each way to break one is found."""

import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib.contract import check_request
from constructs_lib.contract._cloudformation import PREFIX, resource_shape, resource_types
from constructs_lib.contract._model import raw_model, request_shape
from constructs_lib.contract._shape import Shape
from constructs_lib.contract._template import views
from constructs_lib.contract.rules import all_rules

OPERATIONS = [name for name in raw_model("sagemaker")["operations"] if name.startswith("Create")]
TYPES = [name for name in resource_types() if name.startswith(PREFIX)]
# The same examples each time: a test suite must not fail by chance. Raise the counts to search further.
QUIET = settings(
    max_examples=4,
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
    "1D",
    "d-abcdef",
    "arn:aws:sagemaker:eu-west-1:123456789012:cluster/abcdefghijkl",
    "arn:aws:sagemaker:eu-west-1:123456789012:workteam/name",
    "arn:aws:sagemaker:eu-west-1:123456789012:mlflow-app/name",
    "arn:aws:sagemaker:eu-west-1:123456789012:partner-app/app-ABCDEFGHIJKL",
    "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/name",
    "arn:aws:sagemaker:eu-west-1:aws:hub-content/name/Model/name",
    "arn:aws:sagemaker:eu-west-1:aws:hub-content/name/Model/name/1.0.0",
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
        return {text_for(shape.key) or "a": made(shape.value, choose, depth + 1)} if low or depth < 4 else {}
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
    elif shape.type_name == "map":
        for name, inner in value.items():
            yield from places(shape.value, inner, (*path, name))
    elif shape.type_name == "list":
        for index, inner in enumerate(value):
            yield from places(shape.member, inner, (*path, index))


def broken(shape: Any, value: Any, *, loose: bool) -> Iterator[tuple[str, Any]]:
    """Each way in which the model forbids a change of *value*: the kind of problem and the new value."""
    kind, low, high = shape.type_name, shape.metadata.get("min"), shape.metadata.get("max")
    if kind == "structure":
        yield from broken_structure(shape, value)
    if kind in ("structure", "map") and not getattr(shape, "accepts_text", False):
        yield "type", "text"
    if kind == "map" and value:
        ((key, inner),) = value.items()
        yield from ((rule, {new: inner}) for rule, new in broken_text(shape.key, key))
        if high is not None and high < 50:
            yield "length", {f"{key}{index}": inner for index in range(high + 1)}
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
        yield from broken_text(shape, value)


def broken_structure(shape: Any, value: Json) -> Iterator[tuple[str, Any]]:
    yield "unknown", {**value, "NoSuchMember": 1}
    for name in shape.required_members:
        if not shape.members[name].metadata.get("idempotencyToken"):
            yield "required", {key: inner for key, inner in value.items() if key != name}
    union = alternatives(shape)
    if union:
        yield "union", {key: inner for key, inner in value.items() if key not in union}
        for name in union:
            if name not in value and name in shape.members:
                try:
                    yield "union", {**value, name: made(shape.members[name], lambda choices: choices[-1])}
                except UnmadeError:
                    continue


def broken_text(shape: Any, value: str) -> Iterator[tuple[str, str]]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if shape.metadata.get("enum"):
        yield "enum", "NO_SUCH_VALUE"
        return
    if high is not None and high < 5000:
        yield "length", "a" * (high + 1)
    if low:
        yield "length", ""
    pattern = readable(shape.metadata.get("pattern"))
    for text in ("?!", " ", "\n", f"{value} ?!", "::", "-" * (low or 1), "\u00e9" * (low or 1)):
        if pattern and not pattern.fullmatch(text) and len(text) <= (high or len(text)):
            yield "pattern", text


def readable(pattern: str | None) -> re.Pattern[str] | None:
    """*pattern* where Python reads it; the checker passes over others too."""
    try:
        return re.compile(pattern) if pattern else None
    except re.error:
        return None


def replaced(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    if not path:
        return new
    first, *rest = path
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[first] = replaced(copy[first], tuple(rest), new)
    return copy


def written(path: tuple[str | int, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def drawn(shape: Any, seed: int) -> Any:
    # One draw a request: a draw a member makes each example a hundred times slower.
    return made(shape, random.Random(seed).choice)  # noqa: S311 -- because a test hides nothing


def changes(shape: Any, right: Any, *, loose: bool) -> Iterator[tuple[str, str, Any]]:
    """Each single change that the model forbids: the kind of problem, where, and the whole with the change."""
    for path, inner in places(shape, right):
        for rule, new in broken(inner, at(right, path), loose=loose):
            if path or isinstance(new, dict):
                yield rule, written(path), replaced(right, path, new)


def request_of(operation: str) -> Shape:
    shape = request_shape("sagemaker", operation)
    assert shape is not None
    return shape


SEEDS = st.integers(0, 2**32)


def test_all_that_the_contract_knows_is_made() -> None:
    assert len(OPERATIONS) > 70 and len(TYPES) > 40


@pytest.mark.parametrize("operation", OPERATIONS)
class TestRequests:
    @QUIET
    @given(seed=SEEDS)
    def test_a_right_one_is_clean_and_each_change_that_the_model_forbids_is_found(
        self, operation: str, seed: int
    ) -> None:
        shape = request_of(operation)
        right = drawn(shape, seed)

        assert check_request("sagemaker", operation, right) == []
        for rule, path, changed in changes(shape, right, loose=False):
            problems = check_request("sagemaker", operation, changed)
            assert (rule, True) in [(one.rule, one.path.startswith(path)) for one in problems], (rule, path, changed)

    @QUIET
    @given(seed=SEEDS)
    def test_so_it_is_through_a_state_machine(self, operation: str, seed: int) -> None:
        shape = request_of(operation)
        right = drawn(shape, seed)

        assert found("ST10", calling(operation, right)) == []
        for rule, path, changed in sampled(changes(shape, right, loose=False), seed):
            assert f"ST{RULES[rule]}" in found("ST10", calling(operation, changed)), (rule, path, changed)


@pytest.mark.parametrize("name", TYPES)
class TestResources:
    @QUIET
    @given(seed=SEEDS)
    def test_a_right_one_is_clean_and_each_change_that_the_model_forbids_is_found(self, name: str, seed: int) -> None:
        shape = resource_shape(name)
        right = drawn(shape, seed)

        assert found("SM1", resource(name, right)) == []
        for rule, path, changed in sampled(changes(shape, right, loose=True), seed):
            assert f"SM{RULES[rule]}" in found("SM1", resource(name, changed)), (rule, path, changed)

    @QUIET
    @given(seed=SEEDS)
    def test_what_only_a_deployment_knows_is_clean_anywhere(self, name: str, seed: int) -> None:
        shape = resource_shape(name)
        right = drawn(shape, seed)

        for index, (path, _) in enumerate(places(shape, right)):
            unknown = ({"Ref": "P"}, {"Fn::ImportValue": "X"}, {"Fn::GetAtt": ["A", "B"]})[index % 3]
            if path:
                assert found("SM1", resource(name, replaced(right, path, unknown))) == []


RULES = {
    "unknown": 101,
    "required": 102,
    "type": 103,
    "enum": 104,
    "range": 105,
    "length": 106,
    "pattern": 107,
    "union": 108,
}


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        value = value[part]
    return value


def sampled(all_changes: Iterator[tuple[str, str, Any]], seed: int) -> list[tuple[str, str, Any]]:
    """Some of them, where each costs a whole template."""
    listed = list(all_changes)
    return random.Random(seed).sample(listed, min(len(listed), 25))  # noqa: S311 -- because a test hides nothing


def resource(type: str, properties: Any) -> Json:
    """A template of that resource, and of what a reference in it may name."""
    resources = {"R": {"Type": type, "Properties": properties}, "A": {"Type": "Custom::A"}}
    return {"Parameters": {"P": {"Type": "String"}}, "Resources": resources}


def calling(operation: str, request: Any) -> Json:
    task = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::aws-sdk:sagemaker:{operation[0].lower()}{operation[1:]}",
        "Parameters": request,
        "End": True,
    }
    definition = {"StartAt": "Call", "States": {"Call": task}}
    return resource("AWS::StepFunctions::StateMachine", {"DefinitionString": json.dumps(definition)})


def found(ids: str, content: Json) -> list[str]:
    """What the rules about shapes find; those about how members fit together have examples of their own."""
    rules = [rule for rule in all_rules() if rule.id.startswith(ids)]
    (view,) = views("t", content, {})
    return [rule.id for rule in rules for _ in rule.check(view)]
