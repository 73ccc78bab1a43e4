"""Reads a synthesized cloud assembly: its stacks, their resources, and the construct that each came from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

UNKNOWN_ACCOUNT = "unknown-account"
UNKNOWN_REGION = "unknown-region"


@dataclass(frozen=True)
class Environment:
    """Where a stack goes; an environment-agnostic stack says `unknown-account` and `unknown-region`."""

    account: str
    region: str

    @classmethod
    def parse(cls, text: str) -> Environment:
        account, _, region = text.removeprefix("aws://").partition("/")
        return cls(account, region)

    def __str__(self) -> str:
        return f"aws://{self.account}/{self.region}"


@dataclass(frozen=True)
class Resource:
    """A resource of a template; `path` is the construct's, or the stack and logical id where the app hides it."""

    stack: str
    logical_id: str
    type: str
    path: str
    body: dict[str, Any] = field(repr=False)

    @property
    def properties(self) -> dict[str, Any]:
        properties: dict[str, Any] = self.body.get("Properties") or {}
        return properties

    @property
    def conditional(self) -> bool:
        return "Condition" in self.body

    @property
    def retained(self) -> bool:
        """The template says to keep it when its stack is deleted."""
        return str(self.body.get("DeletionPolicy", "")).startswith(("Retain", "Snapshot"))

    @property
    def label(self) -> str:
        """The path as a reader knows it: without the `Resource` that the CDK puts at its end."""
        return self.path.removesuffix("/Resource")


@dataclass(frozen=True)
class Stack:
    """One stack of the assembly.

    Attributes:
        name: The name CloudFormation knows it by.
        display_name: The name the CDK command line prints.
        folder: The assembly folder that holds its template; stages have a folder of their own.
        qualifier: The bootstrap qualifier that it expects; None for a synthesizer that needs no bootstrap.
    """

    id: str
    name: str
    display_name: str
    folder: Path
    template_file: str
    environment: Environment
    dependencies: tuple[str, ...]
    qualifier: str | None
    protected: bool
    resources: tuple[Resource, ...]


@dataclass(frozen=True)
class Assembly:
    """A cloud assembly: its stacks in an order in which each comes after what it depends on."""

    folder: Path
    stacks: tuple[Stack, ...]
    library_version: str | None

    def resources(self, *types: str) -> Iterator[Resource]:
        """Every resource, or those of the given types, stack by stack."""
        for stack in self.stacks:
            yield from (resource for resource in stack.resources if not types or resource.type in types)

    def stack(self, name: str) -> Stack:
        return next(stack for stack in self.stacks if stack.name == name)

    def find(self, path: str) -> Resource | None:
        """The resource that a construct path stands for: its own, or that of the construct's main resource."""
        wanted = (path, f"{path}/Resource")
        return next((resource for resource in self.resources() if resource.path in wanted), None)


def read_assembly(folder: Path) -> Assembly:
    """Read the assembly in *folder*, stages included.

    Raises:
        FileNotFoundError: There is no `manifest.json`, so nothing was synthesized there.
    """
    stacks = list(_stacks(folder))
    return Assembly(folder, tuple(_in_order(stacks)), _library_version(folder / "tree.json"))


def _stacks(folder: Path) -> Iterator[Stack]:
    artifacts = _json(folder / "manifest.json").get("artifacts", {})
    for artifact_id, artifact in artifacts.items():
        properties = artifact.get("properties", {})
        if artifact["type"] == "cdk:cloud-assembly":
            yield from _stacks(folder / properties["directoryName"])
        elif artifact["type"] == "aws:cloudformation:stack":
            name = properties.get("stackName", artifact_id)
            yield Stack(
                id=artifact_id,
                name=name,
                display_name=artifact.get("displayName", artifact_id),
                folder=folder,
                template_file=properties["templateFile"],
                environment=Environment.parse(artifact["environment"]),
                dependencies=tuple(artifact.get("dependencies", ())),
                qualifier=_qualifier(properties.get("bootstrapStackVersionSsmParameter")),
                protected=bool(properties.get("terminationProtection")),
                resources=tuple(_resources(folder, name, artifact)),
            )


def _resources(folder: Path, stack: str, artifact: dict[str, Any]) -> Iterator[Resource]:
    template = _json(folder / artifact["properties"]["templateFile"])
    paths = _paths(folder, artifact)
    for logical_id, body in (template.get("Resources") or {}).items():
        # The template says it unless the app turned path metadata off; the manifest's metadata says it always.
        path = (body.get("Metadata") or {}).get("aws:cdk:path") or paths.get(logical_id) or f"{stack}/{logical_id}"
        yield Resource(stack, logical_id, body.get("Type", ""), path, body)


def _paths(folder: Path, artifact: dict[str, Any]) -> dict[str, str]:
    """Logical id to construct path, from the stack's metadata, which newer libraries keep in a file beside."""
    metadata = artifact.get("metadata") or {}
    if file := artifact.get("additionalMetadataFile"):
        metadata = {**metadata, **_json(folder / file)}
    return {
        entry["data"]: path.removeprefix("/")
        for path, entries in metadata.items()
        for entry in entries
        if entry.get("type") == "aws:cdk:logicalId"
    }


def _qualifier(parameter: str | None) -> str | None:
    """`/cdk-bootstrap/hnb659fds/version` names the qualifier in its middle."""
    parts = (parameter or "").strip("/").split("/")
    return parts[1] if len(parts) == 3 and parts[0] == "cdk-bootstrap" else None


def _in_order(stacks: Sequence[Stack]) -> list[Stack]:
    waiting, ordered = list(stacks), list[Stack]()
    while waiting:
        blocked = {stack.id for stack in waiting}
        ready = [stack for stack in waiting if not blocked.intersection(stack.dependencies)]
        ordered += ready or waiting  # a cycle cannot come out of the CDK; better its stacks in any order than none
        waiting = [stack for stack in waiting if stack not in ordered]
    return ordered


def _library_version(tree: Path) -> str | None:
    if not tree.is_file():
        return None
    root = _json(tree).get("tree", {})
    version = root.get("constructInfo", {}).get("version")
    return str(version) if version else None


def _json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
