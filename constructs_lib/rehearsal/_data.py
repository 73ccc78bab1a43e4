"""`rehearsal.json`: what a real account would hold, such as a model's artifact, and what a workflow is started with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from constructs_lib.errors import ConfigurationError
from constructs_lib.rehearsal._assembly import Assembly

DEFAULT = Path("rehearsal.json")

_BUCKET, _MACHINE = "AWS::S3::Bucket", "AWS::StepFunctions::StateMachine"
_ENDPOINT, _PLACE = "AWS::SageMaker::Endpoint", {"bucket", "key"}
_ROLE = "AWS::IAM::Role"
_KEYS = ("objects", "inputs", "wide")

Objects = dict[str, dict[str, dict[str, Path]]]


@dataclass(frozen=True)
class Data:
    """The content of a `rehearsal.json`.

    Attributes:
        objects: Construct path of a bucket, then object key, then a file beside the `rehearsal.json`.
        inputs: Construct path of a state machine to the input of its execution; of an asynchronous endpoint to the
            `bucket`, by construct path, and the `key` of an object.
        wide: Construct path of a role that is to have more rights than it uses, to the reason.
    """

    objects: dict[str, dict[str, str]] = field(default_factory=dict)
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    wide: dict[str, str] = field(default_factory=dict)


def read_data(path: Path) -> Data:
    """Read *path*.

    Raises:
        ConfigurationError: It cannot be read, is not JSON, or has another shape.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(str(path), [f"cannot be read: {error.strerror}"]) from error
    except ValueError as error:
        raise ConfigurationError(str(path), [f"is not JSON: {error}"]) from error
    if problems := list(_shape_problems(content)):
        raise ConfigurationError(str(path), problems)
    return Data(**content)


def without_others(data: Data, assembly: Assembly) -> tuple[Data, list[str]]:
    """What is of stacks that the app has, and the stacks that it has not: it may be built without some of its stacks.

    Where the app has none of them at all, the file is another app's, and nothing is left out.
    """
    there = {resource.path.partition("/")[0] for resource in assembly.resources()}
    named = {path.partition("/")[0] for part in (data.objects, data.inputs, data.wide) for path in part}
    if not named & there:
        return data, []

    def kept(part: dict[str, Any]) -> dict[str, Any]:
        return {path: its for path, its in part.items() if path.partition("/")[0] in there}

    return Data(kept(data.objects), kept(data.inputs), kept(data.wide)), sorted(named - there)


def _shape_problems(content: Any) -> list[str]:
    if not isinstance(content, dict):
        return ['must be an object such as {"objects": {"Foundation/Store/Bucket": {"a/key": "a-file"}}}']
    problems = [f"{name!r} is not known; the keys are {', '.join(_KEYS)}" for name in content if name not in _KEYS]
    inputs = content.get("inputs", {})
    if not isinstance(inputs, dict) or not all(isinstance(given, dict) for given in inputs.values()):
        problems.append("inputs must map the construct path of a state machine or endpoint to an object")
    wide = content.get("wide", {})
    if not isinstance(wide, dict) or not all(isinstance(why, str) and why.strip() for why in wide.values()):
        problems.append("wide must map the construct path of a role to the reason why it has more rights than it uses")
    objects = content.get("objects", {})
    if not isinstance(objects, dict):
        return [*problems, "objects must map the construct path of a bucket to its objects"]
    for bucket, keys in objects.items():
        if not isinstance(keys, dict):
            problems.append(f"objects[{bucket!r}] must map an object key to a file")
            continue
        problems += [
            f"objects[{bucket!r}][{key!r}] must be the name of a file, got {file!r}"
            for key, file in keys.items()
            if not isinstance(file, str)
        ]
    return problems


def inputs_of(data: Data, path: Path, assembly: Assembly) -> dict[str, dict[str, Any]]:
    """The inputs, by the path of the resource that each construct path stands for.

    Raises:
        ConfigurationError: Lists each path that is no state machine or endpoint of the app, and each place that is no
            object in one of its buckets.
    """
    found = {construct: assembly.find(construct) for construct in data.inputs}
    labels = ", ".join(resource.label for resource in assembly.resources(_MACHINE, _ENDPOINT))
    takers = f"these are {labels}" if labels else "it has none"
    problems = [
        f"{construct} is not a state machine or endpoint of this app; {takers}"
        for construct, resource in found.items()
        if resource is None or resource.type not in (_MACHINE, _ENDPOINT)
    ]
    for construct, resource in found.items():
        if resource is not None and resource.type == _ENDPOINT:
            problems += _place_problems(construct, data.inputs[construct], assembly)
    if problems:
        raise ConfigurationError(str(path), problems)
    return {resource.path: data.inputs[construct] for construct, resource in found.items() if resource is not None}


def wide_of(data: Data, path: Path, assembly: Assembly) -> dict[str, str]:
    """The roles with more rights than they use, by the path of the resource, with the reasons.

    Raises:
        ConfigurationError: Lists each path that is no role of the app.
    """
    found = {construct: assembly.find(construct) for construct in data.wide}
    roles = ", ".join(resource.label for resource in assembly.resources(_ROLE)) or "none at all"
    problems = [
        f"{construct} is not a role of this app; its roles are {roles}"
        for construct, resource in found.items()
        if resource is None or resource.type != _ROLE
    ]
    if problems:
        raise ConfigurationError(str(path), problems)
    return {resource.path: data.wide[construct] for construct, resource in found.items() if resource is not None}


def _place_problems(construct: str, place: dict[str, Any], assembly: Assembly) -> list[str]:
    if place.keys() != _PLACE:
        return [f"inputs[{construct!r}] must have bucket and key and nothing else, got {', '.join(place) or 'neither'}"]
    bucket = assembly.find(str(place["bucket"]))
    if bucket is None or bucket.type != _BUCKET:
        return [f"inputs[{construct!r}]: {place['bucket']} is not a bucket of this app"]
    return []


def locate(data: Mapping[str, Mapping[str, str]], path: Path, assembly: Assembly) -> Objects:
    """Find the bucket that each construct path stands for, and each file.

    Raises:
        ConfigurationError: Lists each path that is no bucket of the app and each file that is not there.
    """
    problems: list[str] = []
    objects: Objects = {}
    buckets = [resource.label for resource in assembly.resources(_BUCKET)]
    for construct, keys in data.items():
        resource = assembly.find(construct)
        if resource is None or resource.type != _BUCKET:
            problems.append(
                f"{construct} is not a bucket of this app; its buckets are {', '.join(buckets) or 'none at all'}"
            )
        for key, name in keys.items():
            file = path.parent / name
            if not file.is_file():
                problems.append(f"{name} (for {construct}, {key}) is not a file beside {path}")
            elif resource is not None:
                objects.setdefault(resource.stack, {}).setdefault(resource.logical_id, {})[key] = file.resolve()
    if problems:
        raise ConfigurationError(str(path), problems)
    return objects
