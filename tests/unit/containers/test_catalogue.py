"""The image catalogue is what its script writes, and nothing else."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from constructs_lib.containers import catalogue
from tests.conftest import REPOSITORY

FILE = REPOSITORY / "constructs_lib" / "containers" / "catalogue.json"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("update", REPOSITORY / "tools" / "update_image_catalogue.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def package() -> Path | None:
    """An unpacked wheel of sagemaker-core: the folder that SAGEMAKER_CORE names, or the installed one."""
    if os.environ.get("SAGEMAKER_CORE"):
        return Path(os.environ["SAGEMAKER_CORE"])
    return next((Path(p) for p in sys.path if list(Path(p).glob("sagemaker_core-*.dist-info"))), None)


def test_was_not_edited_by_hand(tool: ModuleType) -> None:
    content = json.loads(FILE.read_text())
    assert tool.content_hash(content) == content["source"]["content_sha256"]
    assert tool.render(content) + "\n" == FILE.read_text()


def test_is_what_the_script_makes_of_the_package(tool: ModuleType) -> None:
    wheel = package()
    if wheel is None:
        pytest.skip(reason="no sagemaker-core here: unpack its wheel and name the folder in SAGEMAKER_CORE")
    built = tool.build(wheel)
    if built["source"]["version"] != json.loads(FILE.read_text())["source"]["version"]:
        pytest.skip(reason="another version of sagemaker-core than the recorded one")
    assert tool.render(built) + "\n" == FILE.read_text()


def test_says_where_it_is_from() -> None:
    assert catalogue.release().startswith("sagemaker-core ")


def test_has_no_elastic_inference() -> None:
    purposes = {p for name in catalogue.names() for group in catalogue.groups(name) for p in group.purposes}
    assert "eia" not in purposes
    assert {"training", "inference", "inference_graviton", "processing"} <= purposes


@pytest.mark.parametrize("module", ["catalogue", "framework_images", "algorithm_facts", "bound_image"])
def test_reading_it_starts_no_node_process_and_waits_until_asked(module: str) -> None:
    code = (
        f"import sys, constructs_lib.containers.{module} as module; from constructs_lib.containers import catalogue; "
        "assert 'aws_cdk' not in sys.modules; assert catalogue._catalogue.cache_info().currsize == 0"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=REPOSITORY)
