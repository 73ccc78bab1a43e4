"""Rewrite constructs_lib/containers/catalogue.json from the image data of the PyPI package sagemaker-core.

Run `python tools/update_image_catalogue.py FOLDER` on an unpacked wheel:

    pip download --no-deps --dest wheels sagemaker-core && unzip -d FOLDER wheels/sagemaker_core-*.whl

How a tag is put together is code in that package (sagemaker/core/image_uris.py), not data. This script follows that
code once, here, and writes a template for each tag, so that the library itself only fills in names.
"""

import hashlib
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

CATALOGUE = Path(__file__).parent.parent / "constructs_lib" / "containers" / "catalogue.json"

# No images: machine facts, and an image whose repository rather than tag carries the Python version.
LEFT_OUT = ("instance_gpu_info", "sagemaker-base-python")
# Elastic Inference has ended: https://docs.aws.amazon.com/sagemaker/latest/dg/ei.html
ENDED_PURPOSES = ("eia",)
# Region tables become CfnMappings under these names; the others are named after their first image.
KEPT_TABLE_NAMES = ("deep-learning-containers", "image-classification")
# get_training_image_uri gives this to the GPU images of Hugging Face whose entry says nothing.
HUGGINGFACE_SUFFIX = "cu110-ubuntu18.04"
# _get_image_tag: XGBoost and scikit-learn on Graviton.
GRAVITON_TAGS = {"xgboost": "{version}-arm64", "sklearn": "{version}-arm64-cpu-py3"}
# get_training_image_uri: the CUDA of the model-parallel library, by the PyTorch version asked for.
MODEL_PARALLEL_SUFFIX = {"2.0": "cu118", "2.1": "cu121", "2.2": "cu121", "2.3": "cu121", "2.4": "cu121", "2.5": "cu124"}

Json = dict[str, Any]


def build(wheel: Path) -> Json:
    """The catalogue made from the unpacked *wheel*."""
    files = sorted((wheel / "sagemaker" / "core" / "image_uri_config").glob("*.json"))
    version = next(wheel.glob("sagemaker_core-*.dist-info")).name.removesuffix(".dist-info").rpartition("-")[2]
    configs = {file.stem: json.loads(file.read_text()) for file in files if file.stem not in LEFT_OUT}
    tables = _Tables(configs)
    content = {
        "deep_learning_containers": "deep-learning-containers",
        "images": {name: _groups(name, config, tables) for name, config in configs.items()},
    }
    content["tables"] = tables.used
    return {
        "source": {
            "package": "sagemaker-core",
            "version": version,
            "license": "Apache-2.0",
            "folder": "sagemaker/core/image_uri_config",
            "folder_sha256": _sha256(b"".join(file.name.encode() + file.read_bytes() for file in files)),
            "content_sha256": content_hash(content),
        },
        **content,
    }


def content_hash(content: Json) -> str:
    """What the recorded `content_sha256` is made of: everything but the source."""
    return _sha256(json.dumps({k: v for k, v in content.items() if k != "source"}, sort_keys=True).encode())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _leaves(config: Any) -> list[Json]:
    """Every description of an image in *config*, in the order of the file."""
    if not isinstance(config, dict):
        return []
    if "repository" in config:
        return [config]
    return [leaf for value in config.values() for leaf in _leaves(value)]


class _Tables:
    """The region tables, each once and under a name."""

    def __init__(self, configs: dict[str, Json]) -> None:
        newest_pytorch = _leaves(configs["pytorch"]["training"])[-1]["registries"]
        kept = (newest_pytorch, _leaves(configs["image-classification"])[0]["registries"])
        self._names = {_key(table): name for name, table in zip(KEPT_TABLE_NAMES, kept, strict=True)}
        self.used: dict[str, dict[str, str]] = {}

    def name(self, image: str, table: dict[str, str]) -> str:
        key = _key(table)
        if key not in self._names:
            taken = set(self._names.values())
            number = 1
            while (candidate := image if number == 1 else f"{image}-{number}") in taken:
                number += 1
            self._names[key] = candidate
        self.used[self._names[key]] = dict(sorted(table.items()))
        return self._names[key]


def _key(table: dict[str, str]) -> str:
    return json.dumps(table, sort_keys=True)


def _groups(name: str, config: Json, tables: _Tables) -> list[Json]:
    """One group for each set of purposes that share their versions."""
    if "versions" in config:
        scopes = [(tuple(config["scope"]), config)]
    else:
        scopes = [((purpose,), scope) for purpose, scope in config.items() if purpose not in ENDED_PURPOSES]
    groups: list[Json] = []
    for purposes, scope in scopes:
        versions = {
            version: [_variant(name, version, variant, scope, purposes, tables) for variant in _variants(name, entry)]
            for version, entry in scope["versions"].items()
        }
        aliases = dict(scope.get("version_aliases", {}))
        if name == "pytorch-smp":
            versions, aliases = _model_parallel(versions, aliases)
        group = {"purposes": sorted(purposes), "aliases": aliases, **_factored(versions)}
        same = next((other for other in groups if {**other, "purposes": []} == {**group, "purposes": []}), None)
        if same:
            same["purposes"] = sorted({*same["purposes"], *purposes})
        else:
            groups.append(group)
    return groups


def _variants(name: str, entry: Json) -> list[Json]:
    """An entry holds an image, or one for each Python, or one for each framework under Hugging Face's."""
    if "repository" in entry:
        return [entry]
    inner = {key: value for key, value in entry.items() if isinstance(value, dict) and "repository" in value}
    if name.startswith("huggingface"):
        return [{**value, "base": key} for key, value in inner.items()]
    return [{**value, "py_versions": [key]} for key, value in inner.items()]


def _variant(name: str, version: str, entry: Json, scope: Json, purposes: tuple[str, ...], tables: _Tables) -> Json:
    devices = scope.get("processors") or entry.get("processors") or []
    # Spark's images are asked for without a Python: the tag is the version and the processor.
    pythons = [] if name == "spark" else entry.get("py_versions", [])
    tags = {device: _tag(name, version, entry, device, bool(pythons), purposes) for device in devices or [""]}
    general = {tag.replace(f"-{device}", "-{device}", 1) if device else tag for device, tag in tags.items()}
    variant: Json = {
        "repository": entry["repository"],
        "table": tables.name(name, entry["registries"]),
        "tag": general.pop() if len(general) == 1 else tags,
        "devices": devices,
        "pythons": pythons,
    }
    if "base" in entry:
        variant["base"] = entry["base"]
    return variant


def _tag(name: str, version: str, entry: Json, device: str, has_python: bool, purposes: tuple[str, ...]) -> str:
    if name in GRAVITON_TAGS and purposes == ("inference_graviton",):
        return GRAVITON_TAGS[name]
    suffixes = entry.get("container_version", {})
    # Some entries for Trainium have their only suffix under "inf".
    suffix = suffixes.get(device) or next(iter(suffixes.values()), "")
    if name == "huggingface" and device == "gpu" and purposes == ("training",):
        suffix = suffix or HUGGINGFACE_SUFFIX
    if "sdk_versions" in entry:
        suffix = f"{max(entry['sdk_versions'])}-{suffix}"
    if entry["repository"] in (f"{name}-inference-graviton", f"{name}-inference-arm64"):
        suffix = f"{suffix}-sagemaker"
    prefix = entry.get("tag_prefix", "{version}")
    if "base" in entry:
        # The training compiler's tags keep a short version short, all others of Hugging Face resolve it.
        transformers = "{version}" if name.endswith("-training-compiler") else version
        prefix = f"{re.sub('^[a-z]+', '', entry['base'])}-transformers{transformers}"
    tool = re.search(r"-(neuronx?)$", name)
    if tool and "sdk_versions" in entry and name.startswith(("pytorch", "huggingface-neuron")):
        device = tool[1]
    if not entry.get("processor_in_tag", True) or (name == "sagemaker-tritonserver" and device == "gpu"):
        device = ""
    if prefix == "{version}" and not version:
        return ""
    return "-".join(part for part in (prefix, device, "{python}" if has_python else "", suffix) if part)


def _model_parallel(versions: dict[str, Any], aliases: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Its file counts versions of the library, its tags versions of PyTorch; the aliases lead from these to those."""
    full = {name: target for name, target in aliases.items() if name.count(".") == 2}
    by_pytorch = {**{v: v for v in versions if v not in full.values() or v == "2.1.2"}, **full}
    known = {v: target for v, target in by_pytorch.items() if v.rpartition(".")[0] in MODEL_PARALLEL_SUFFIX}
    return {
        pytorch: [
            {**variant, "tag": f"{variant['tag']}-{MODEL_PARALLEL_SUFFIX[pytorch.rpartition('.')[0]]}"}
            for variant in versions[target]
        ]
        for pytorch, target in known.items()
    }, {}


def _factored(versions: dict[str, list[Json]]) -> Json:
    """The versions, with what most of them share said once under `shared`."""
    variants = [variant for found in versions.values() for variant in found]
    shared: Json = {}
    for field in ("repository", "table", "tag", "devices", "pythons"):
        ((value, _count),) = Counter(json.dumps(variant[field]) for variant in variants).most_common(1)
        shared[field] = json.loads(value)
    return {
        "shared": shared,
        "versions": {
            version: [{k: v for k, v in variant.items() if k == "base" or v != shared[k]} for variant in found]
            for version, found in versions.items()
        },
    }


def render(value: Any, indent: str = "", depth: int = 0) -> str:
    """JSON with one line for each version and each region table, so that an update reads as a list of changes."""
    flat = json.dumps(value)
    if not isinstance(value, dict | list) or not value or (depth >= 2 and len(flat) + len(indent) <= 110) or depth >= 6:
        return flat
    inner = indent + " "
    if isinstance(value, dict):
        lines = [f"{inner}{json.dumps(key)}: {render(item, inner, depth + 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + render(item, inner, depth + 1) for item in value) + f"\n{indent}]"


def main(wheel: Path) -> None:
    """Read the unpacked *wheel* and write the catalogue."""
    catalogue = build(wheel)
    CATALOGUE.write_text(render(catalogue) + "\n")
    images, tables = len(catalogue["images"]), len(catalogue["tables"])
    print(f"wrote {CATALOGUE.name}: {images} images, {tables} tables, sagemaker-core {catalogue['source']['version']}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
