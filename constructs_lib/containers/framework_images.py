"""Which image of AWS a framework, a version and a device mean."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from constructs_lib._internal.checks import is_token, nearest, require
from constructs_lib.containers import catalogue
from constructs_lib.containers.catalogue import CatalogueGroup, CatalogueImage


class ImagePurpose(StrEnum):
    """What an image of AWS is for."""

    TRAINING = "training"
    INFERENCE = "inference"
    INFERENCE_GRAVITON = "inference_graviton"
    PROCESSING = "processing"
    MONITORING = "monitoring"
    EVALUATION = "evaluation"


class Device(StrEnum):
    """What an image of AWS computes on; images for Inferentia and Trainium exist for that one device and need none."""

    CPU = "cpu"
    GPU = "gpu"


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameworkImage:
    """An image that exists: its repository and tag, the region table that says which account serves it, its base."""

    repository: str
    tag: str
    table: str
    version: str
    base: str | None


def resolve(
    subject: str,
    framework: str,
    *,
    version: str | None,
    purpose: str | None,
    python: str | None,
    device: str | None,
    base_framework: str | None,
) -> FrameworkImage:
    """The one image that the arguments of *subject* mean.

    Raises:
        ConfigurationError: No image, or more than one, is meant; the nearest that exist are named.
    """
    _require_known(
        subject,
        framework=framework,
        version=version,
        purpose=purpose,
        python=python,
        device=device,
        base_framework=base_framework,
    )
    groups = catalogue.groups(framework)
    if not groups:
        require(subject, f"framework is not known: {framework!r}{nearest(framework, catalogue.names())}{_newer()}")
    group = _group(subject, framework, groups, purpose)
    label = f"{framework} for {' and '.join(group.purposes)}"
    version = _version(subject, label, group, version)
    images = _on_base(subject, f"{label} {version}", group.images(version), base_framework)
    devices = _merged(image.devices for image in images)
    pythons = _merged(image.pythons for image in images)
    chosen_python = python or (catalogue.newest_python(pythons) if pythons else "")
    require(
        subject,
        _choice("device", f"{label} {version}", device, devices),
        _choice("python", f"{label} {version}", python, pythons, also=_versions_with(group, python)),
        f"device must be given for {label} {version}: one of {', '.join(devices)}"
        if device is None and len(devices) > 1
        else None,
    )
    image = next(image for image in images if not image.pythons or chosen_python in image.pythons)
    chosen_device = device or (devices[0] if devices else "")
    return FrameworkImage(
        repository=image.repository,
        tag=image.tag_for(version, chosen_device, chosen_python),
        table=image.table,
        version=version,
        base=image.base,
    )


def versions_in_region(framework: str, purpose: str | None, region: str) -> list[str]:
    """The versions of *framework* that *region* serves, oldest first."""
    return catalogue.in_order(
        version
        for group in catalogue.groups(framework)
        if purpose is None or purpose in group.purposes
        for version, images in group.versions.items()
        if any(region in catalogue.accounts(image.table) for image in images)
    )


def _require_known(subject: str, **values: str | None) -> None:
    require(
        subject,
        (
            f"{name} must be text, got {value!r}"
            for name, value in values.items()
            if not (isinstance(value, str) or is_token(value) or (value is None and name != "framework"))
        ),
        (
            f"{name} must be known when the app is synthesized, because the image is looked up then, got {value!r}; "
            "for a tag that is only known at deployment use ContainerImage.from_dlc"
            for name, value in values.items()
            if is_token(value)
        ),
    )


def _group(subject: str, framework: str, groups: tuple[CatalogueGroup, ...], purpose: str | None) -> CatalogueGroup:
    purposes = [purpose for group in groups for purpose in group.purposes]
    if purpose is None and len(groups) > 1:
        require(subject, f"purpose must be given for {framework}: one of {', '.join(purposes)}")
    if purpose == "eia":
        require(subject, "purpose 'eia' has ended with Elastic Inference; use 'inference' on a GPU or Inferentia type")
    if purpose is not None and purpose not in purposes:
        require(subject, f"purpose of {framework} must be one of {', '.join(purposes)}, got {str(purpose)!r}{_newer()}")
    return next(group for group in groups if purpose is None or purpose in group.purposes)


def _version(subject: str, label: str, group: CatalogueGroup, version: str | None) -> str:
    if version is None:
        if len(group.versions) > 1:
            newest = catalogue.in_order(group.versions)[-1]
            # A default that moved with the catalogue would change the image of a stack that nobody touched.
            require(subject, f"version must be given for {label}, which has several; the newest is {newest!r}")
        return next(iter(group.versions))
    if not group.images(version):
        near = catalogue.nearest_versions(version, group.versions)
        require(
            subject,
            f"version of {label} does not exist: {version!r}; the nearest and newest are {_list(near)}{_newer()}",
        )
    return version


def _on_base(
    subject: str, label: str, images: tuple[CatalogueImage, ...], base: str | None
) -> tuple[CatalogueImage, ...]:
    bases = [image.base for image in images if image.base]
    if not bases:
        require(subject, None if base is None else f"base_framework does not apply to {label}, got {base!r}")
        return images
    if base is None and len(bases) > 1:
        require(subject, f"base_framework must be given for {label}: one of {', '.join(bases)}")
    found = tuple(image for image in images if base is None or _begins(image.base or "", base))
    if len(found) != 1:
        require(subject, f"base_framework of {label} must be one of {', '.join(bases)}, got {base!r}{_newer()}")
    return found


def _begins(full: str, short: str) -> bool:
    """Whether *short* is the name alone, or the name with the first numbers of the version; 1.1 does not begin 1.10."""
    rest = full.removeprefix(short)
    return full.startswith(short) and (not rest or rest.startswith(".") or short.isalpha())


def _choice(field: str, label: str, value: str | None, allowed: list[str], also: str = "") -> str | None:
    if value is None or value in allowed:
        return None
    if not allowed:
        return f"{field} does not apply to {label}, whose tag names none, got {str(value)!r}"
    return f"{field} of {label} must be one of {', '.join(allowed)}, got {str(value)!r}{also}{_newer()}"


def _versions_with(group: CatalogueGroup, python: str | None) -> str:
    """`; 'py310' is in 2.1.0 and 2.2.0`, or nothing."""
    found = [version for version, images in group.versions.items() if any(python in image.pythons for image in images)]
    return f"; {python} is in {_list(catalogue.in_order(found)[-3:])}" if found else ""


def _merged(parts: Iterable[tuple[str, ...]]) -> list[str]:
    return list(dict.fromkeys(item for part in parts for item in part))


def _list(values: list[str]) -> str:
    return ", ".join(map(repr, values))


def _newer() -> str:
    return f" (known from {catalogue.release()}; ContainerImage.from_dlc takes any newer repository and tag)"
