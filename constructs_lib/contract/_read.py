"""Finds the templates of a file or of a folder that the CDK has written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ._json import parsed

Json = dict[str, Any]

_TEMPLATE = ".template.json"
_NESTED = ".nested.template.json"


class UnreadableError(ValueError):
    """What was named is no template and no folder of templates; the text is one sentence for the user."""


def read(path: Path) -> dict[str, Json]:
    """Name to content of each template at *path*: a template, or a folder such as `cdk.out` with all its stages.

    Nested stacks are read with the template that holds them. YAML is not read: that would take a library which this
    package does not need otherwise, and what the CDK writes is JSON.

    Raises:
        UnreadableError: There is no template, or one that is not JSON.
    """
    files = list(_of_assembly(path)) if path.is_dir() else [path]
    if not files:
        raise UnreadableError(f"{path} has no stack in its manifest.json")
    found: dict[str, Json] = {}
    for file in files:
        _add(file, found)
    return found


def _add(file: Path, found: dict[str, Json]) -> None:
    if str(file) in found:
        return
    found[str(file)] = _template(file)
    for nested in _nested(file):
        _add(nested, found)


def _nested(file: Path) -> Iterator[Path]:
    """The templates of nested stacks, which the CDK lists among the assets of the stack that holds them."""
    listing = file.with_name(f"{file.name.removesuffix(_TEMPLATE)}.assets.json")
    if not file.name.endswith(_TEMPLATE) or not listing.is_file():
        return
    content = _content(listing)
    assets = content.get("files") if isinstance(content, dict) else None
    for asset in assets.values() if isinstance(assets, dict) else ():
        source = asset.get("source") if isinstance(asset, dict) else None
        name = source.get("path") if isinstance(source, dict) else None
        if isinstance(name, str) and name.endswith(_NESTED) and (file.parent / name).is_file():
            yield file.parent / name


def _template(file: Path) -> Json:
    content = _content(file)
    if isinstance(content, dict) and file.name.endswith(_TEMPLATE):
        # An empty stack of the CDK has no resources.
        content.setdefault("Resources", {})
    if not isinstance(content, dict) or not isinstance(content.get("Resources"), dict):
        raise UnreadableError(f"{file} is not a CloudFormation template: it has no Resources object")
    for logical_id, resource in content["Resources"].items():
        # `Fn::ForEach::Name` is a loop of a transform, of which nothing is known before it runs.
        if not logical_id.startswith("Fn::") and not _has_type(resource):
            raise UnreadableError(f"{file} is not a CloudFormation template: its resource {logical_id!r} has no Type")
    return content


def _has_type(resource: Any) -> bool:
    return isinstance(resource, dict) and isinstance(resource.get("Type"), str)


def _of_assembly(folder: Path) -> Iterator[Path]:
    if not (folder / "manifest.json").is_file():
        raise UnreadableError(f"{folder} is not a folder that the CDK has written: it has no manifest.json")
    manifest = _content(folder / "manifest.json")
    artifacts = manifest.get("artifacts", {}) if isinstance(manifest, dict) else None
    if not isinstance(artifacts, dict):
        raise UnreadableError(f"{folder / 'manifest.json'} is not a manifest of the CDK: it has no artifacts object")
    for artifact in artifacts.values():
        properties = artifact.get("properties") if isinstance(artifact, dict) else None
        if not isinstance(properties, dict):
            continue
        template, nested = properties.get("templateFile"), properties.get("directoryName")
        if artifact.get("type") == "aws:cloudformation:stack" and isinstance(template, str):
            yield folder / template
        elif artifact.get("type") == "cdk:cloud-assembly" and isinstance(nested, str) and nested.strip("./"):
            yield from _of_assembly(folder / nested)


def _content(file: Path) -> Any:
    try:
        return parsed(file.read_bytes())
    except FileNotFoundError:
        raise UnreadableError(f"{file} does not exist") from None
    except (OSError, ValueError) as error:
        hint = "; convert YAML to JSON first" if file.suffix.lower() in (".yaml", ".yml") else ""
        reason = (error.strerror if isinstance(error, OSError) else str(error)) or str(error)
        raise UnreadableError(f"{file} cannot be read: {reason}{hint}") from None
