"""What images AWS publishes, and which account serves them where: read once, when first asked, from catalogue.json."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

# A framework's own name comes first in the names of its images, or second after one of these.
_FRAMEWORKS_WITHIN = ("huggingface", "pytorch", "tensorflow", "mxnet")


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogueImage:
    """One image of one version.

    Attributes:
        repository: Its repository, such as `pytorch-training`.
        table: The name of its region table, see `accounts`.
        tag: A template with `{version}`, `{device}` and `{python}`, or one for each device.
        devices: Such as `cpu` and `gpu`; empty when the image is the same for all.
        pythons: Such as `py311`; empty when its tag names none.
        base: The framework below, such as `pytorch2.8.0`; Hugging Face's images only.
    """

    repository: str
    table: str
    tag: str | Mapping[str, str]
    devices: tuple[str, ...]
    pythons: tuple[str, ...]
    base: str | None = None

    def tag_for(self, version: str, device: str, python: str) -> str:
        """The tag, as sagemaker-core puts it together."""
        template = self.tag if isinstance(self.tag, str) else self.tag[device]
        return template.format(version=version, device=device, python=python)


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogueGroup:
    """The images of one framework that serve the same purposes."""

    purposes: tuple[str, ...]
    aliases: Mapping[str, str]
    versions: Mapping[str, tuple[CatalogueImage, ...]]

    def images(self, version: str) -> tuple[CatalogueImage, ...]:
        """The images of *version*, which may be an alias; none when there is no such version."""
        return self.versions.get(self.aliases.get(version, version), ())


@cache
def _catalogue() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((Path(__file__).parent / "catalogue.json").read_text())
    return content


def release() -> str:
    """What the catalogue was made from, such as `sagemaker-core 2.27.0`."""
    source = _catalogue()["source"]
    return f"{source['package']} {source['version']}"


def names() -> tuple[str, ...]:
    """Every framework, algorithm and tool that has images."""
    return tuple(_catalogue()["images"])


@cache
def groups(name: str) -> tuple[CatalogueGroup, ...]:
    """The groups of images under *name*; none when there is no such name."""
    return tuple(
        CatalogueGroup(
            purposes=tuple(group["purposes"]),
            aliases=group["aliases"],
            versions={
                version: tuple(_image({**group["shared"], **image}) for image in images)
                for version, images in group["versions"].items()
            },
        )
        for group in _catalogue()["images"].get(name, ())
    )


def _image(entry: dict[str, Any]) -> CatalogueImage:
    return CatalogueImage(**{**entry, "devices": tuple(entry["devices"]), "pythons": tuple(entry["pythons"])})


def accounts(table: str) -> Mapping[str, str]:
    """Region to account of one region table."""
    found: dict[str, str] = _catalogue()["tables"][table]
    return found


@cache
def registries() -> Mapping[str, list[str]]:
    """Region to the accounts that serve any image of AWS's there."""
    found: dict[str, set[str]] = {}
    for table in _catalogue()["tables"].values():
        for region, account in table.items():
            found.setdefault(region, set()).add(account)
    return {region: sorted(found[region]) for region in sorted(found)}


def deep_learning_table() -> str:
    """The region table of the deep-learning containers, whatever their tag."""
    found: str = _catalogue()["deep_learning_containers"]
    return found


def deep_learning_accounts() -> Mapping[str, str]:
    """Region to account of the deep-learning containers."""
    return accounts(deep_learning_table())


def framework_of(name: str) -> str | None:
    """The framework in the name of an image or of its repository, or None: `pytorch` of `pytorch-training-neuronx`."""
    if name == "smdistributed-modelparallel":  # PyTorch's, under the name of the library in it
        return "pytorch"
    parts = name.removeprefix("sagemaker-").split("-")
    within = next((framework for framework in _FRAMEWORKS_WITHIN if framework in parts), None)
    return within or (parts[0] if parts[0] in _first_words() else None)


@cache
def _first_words() -> frozenset[str]:
    return frozenset(name.removeprefix("sagemaker-").split("-")[0] for name in names())


def in_order(versions: Iterable[str]) -> list[str]:
    """*versions* from the oldest to the newest, by their numbers: 2.9 comes before 2.10."""
    return sorted(versions, key=_numbers)


def _numbers(version: str) -> tuple[tuple[int, ...], str]:
    return tuple(int(number) for number in re.findall(r"\d+", version)), version


def nearest_versions(asked: str, versions: Iterable[str]) -> list[str]:
    """The versions right below and right above *asked*, and the newest of all."""
    ordered = in_order(set(versions))
    below = [version for version in ordered if _numbers(version) < _numbers(asked)][-1:]
    above = [version for version in ordered if _numbers(version) > _numbers(asked)][:1]
    return in_order({*below, *above, *ordered[-1:]})


def newest_python(pythons: Iterable[str]) -> str:
    """The newest of `py3`, `py37`, `py312`; `py3`, which leaves the minor version open, counts as older."""
    return max(pythons, key=lambda python: (int(python[2:3]), int(python[3:] or -1)))
