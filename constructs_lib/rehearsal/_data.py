"""`rehearsal.json`: what a real account would already hold, such as the artifact that a model is made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from constructs_lib.errors import ConfigurationError
from constructs_lib.rehearsal._assembly import Assembly

DEFAULT = Path("rehearsal.json")

Objects = dict[str, dict[str, dict[str, Path]]]


def read_data(path: Path) -> dict[str, dict[str, str]]:
    """Read the objects of *path*: construct path of a bucket, then object key, then a file beside *path*.

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
    return dict(content.get("objects", {}))


def _shape_problems(content: Any) -> list[str]:
    if not isinstance(content, dict):
        return ['must be an object such as {"objects": {"Foundation/Store/Bucket": {"a/key": "a-file"}}}']
    problems = [f"{name!r} is not known; the only key is 'objects'" for name in content if name != "objects"]
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


def locate(data: Mapping[str, Mapping[str, str]], path: Path, assembly: Assembly) -> Objects:
    """Find the bucket that each construct path stands for, and each file.

    Raises:
        ConfigurationError: Lists each path that is no bucket of the app and each file that is not there.
    """
    problems: list[str] = []
    objects: Objects = {}
    buckets = [resource.label for resource in assembly.resources("AWS::S3::Bucket")]
    for construct, keys in data.items():
        resource = assembly.find(construct)
        if resource is None or resource.type != "AWS::S3::Bucket":
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
