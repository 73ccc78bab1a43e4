"""A changed copy of a cloud assembly: what an engineer would change on day two, done to any app's templates."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from constructs_lib.rehearsal._assembly import Assembly, Stack


@dataclass(frozen=True)
class Change:
    """One property of one resource, before and after."""

    stack: str
    logical_id: str
    member: str
    before: int
    after: int


_LARGEST_MEMORY, _MEMORY_STEP = 6144, 1024
_MOST_FEATURES = 2500


def _more_capacity(properties: dict[str, Any]) -> Iterator[tuple[str, int, int]]:
    for index, variant in enumerate(properties.get("ProductionVariants") or []):
        if not isinstance(variant, dict):
            continue
        place = f"ProductionVariants[{index}]"
        serverless, managed = variant.get("ServerlessConfig"), variant.get("ManagedInstanceScaling")
        if isinstance(serverless, dict):
            yield from _other_memory(serverless, f"{place}.ServerlessConfig")
        elif isinstance(managed, dict):
            # The first count has to stay between the bounds, so the upper one moves.
            yield from _one_more(managed, "MaxInstanceCount", f"{place}.ManagedInstanceScaling")
        else:
            yield from _one_more(variant, "InitialInstanceCount", place)


def _more_copies(properties: dict[str, Any]) -> Iterator[tuple[str, int, int]]:
    config = properties.get("RuntimeConfig")
    if isinstance(config, dict):
        yield from _one_more(config, "CopyCount", "RuntimeConfig")


_DEFAULT_VOLUME, _LARGEST_VOLUME = 5, 16384


def _larger_volume(properties: dict[str, Any]) -> Iterator[tuple[str, int, int]]:
    # The volume of a notebook grows in place and never shrinks.
    size = properties.get("VolumeSizeInGB", _DEFAULT_VOLUME)
    if isinstance(size, int) and size < _LARGEST_VOLUME:
        properties["VolumeSizeInGB"] = size + 1
        yield "VolumeSizeInGB", size, size + 1


def _one_feature_more(properties: dict[str, Any]) -> Iterator[tuple[str, int, int]]:
    definitions = properties.get("FeatureDefinitions")
    if isinstance(definitions, list) and len(definitions) < _MOST_FEATURES:
        definitions.append({"FeatureName": "cdk_rehearse_added", "FeatureType": "String"})
        yield "FeatureDefinitions", len(definitions) - 1, len(definitions)


def _one_more(holder: dict[str, Any], member: str, place: str) -> Iterator[tuple[str, int, int]]:
    count = holder.get(member)
    if isinstance(count, int):
        holder[member] = count + 1
        yield f"{place}.{member}", count, count + 1


def _other_memory(serverless: dict[str, Any], place: str) -> Iterator[tuple[str, int, int]]:
    memory = serverless.get("MemorySizeInMB")
    if isinstance(memory, int):
        other = memory + (_MEMORY_STEP if memory < _LARGEST_MEMORY else -_MEMORY_STEP)
        serverless["MemorySizeInMB"] = other
        yield f"{place}.MemorySizeInMB", memory, other


# What is changed, by resource type. A function changes the properties it is given and yields member, before, after.
CHANGES: dict[str, Callable[[dict[str, Any]], Iterator[tuple[str, int, int]]]] = {
    "AWS::SageMaker::EndpointConfig": _more_capacity,
    "AWS::SageMaker::FeatureGroup": _one_feature_more,
    "AWS::SageMaker::InferenceComponent": _more_copies,
    "AWS::SageMaker::NotebookInstance": _larger_volume,
}


def write_changed_copy(assembly: Assembly, folder: Path) -> list[Change]:
    """Copy *assembly* into *folder*, changed; return what was changed, which may be nothing."""
    shutil.copytree(assembly.folder, folder)
    changes: list[Change] = []
    for stack in assembly.stacks:
        changes += _change(stack, folder / stack.folder.relative_to(assembly.folder))
    return changes


def _change(stack: Stack, folder: Path) -> list[Change]:
    path = folder / stack.template_file
    template = json.loads(path.read_text(encoding="utf-8"))
    changes = [
        Change(stack.name, logical_id, *change)
        for logical_id, resource in (template.get("Resources") or {}).items()
        if resource.get("Type") in CHANGES
        for change in CHANGES[resource["Type"]](resource.get("Properties") or {})
    ]
    if changes:
        path.write_text(json.dumps(template, indent=1), encoding="utf-8")
        _republish(stack, folder, hashlib.sha256(path.read_bytes()).hexdigest())
    return changes


def _republish(stack: Stack, folder: Path, new_hash: str) -> None:
    """Give the template asset its new hash wherever the old one stands.

    The template is itself a file asset, and the command line does not upload an asset whose hash the bucket holds.
    """
    for manifest in folder.glob("*.assets.json"):
        for old_hash, asset in json.loads(manifest.read_text(encoding="utf-8")).get("files", {}).items():
            if asset["source"].get("path") == stack.template_file:
                for file in (manifest, folder / "manifest.json"):
                    file.write_text(file.read_text(encoding="utf-8").replace(old_hash, new_hash), encoding="utf-8")
