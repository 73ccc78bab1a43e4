"""The README's stack works when pasted beside the wheel, and its commands and links are real."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that no build folder stays behind in the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "constructs_lib"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    for name in (*files, "pyproject.toml", "README.md", "LICENSE"):
        if (REPOSITORY / name).exists():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((REPOSITORY / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(source)], check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked, as pip would put it; what it depends on is that of this environment."""
    folder = tmp_path_factory.mktemp("installed")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def test_the_wheel_holds_the_library_with_its_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"constructs_lib"}
    for name in ("py.typed", "containers/catalogue.json", "rehearsal/cli.py", "rehearsal/emulator/__main__.py"):
        assert f"constructs_lib/{name}" in names


def test_the_first_stack_synthesizes_when_pasted_beside_the_wheel(installed: Path, tmp_path: Path) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (tmp_path / "app.py").write_text(block)
    environment = {**os.environ, "PYTHONPATH": str(installed), "CDK_OUTDIR": str(tmp_path / "cdk.out")}

    subprocess.run([sys.executable, "app.py"], cwd=tmp_path, env=environment, check=True)

    template = json.loads((tmp_path / "cdk.out" / "Serving.template.json").read_text())
    types = {resource["Type"] for resource in template["Resources"].values()}
    assert {"AWS::SageMaker::Endpoint", "AWS::ApplicationAutoScaling::ScalingPolicy"} <= types


def test_the_library_comes_from_the_wheel_in_that_test(installed: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    where = subprocess.run(
        [sys.executable, "-c", "import constructs_lib; print(constructs_lib.__file__)"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(installed)


def test_the_first_stack_is_the_one_in_the_examples() -> None:
    assert (REPOSITORY / "examples" / "first_stack" / "app.py").read_text() in README


def test_every_link_leads_somewhere() -> None:
    for page in (REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_make_command_that_is_named_is_one() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = set(re.findall(r"^\$ make (\w+)$", README, re.MULTILINE)) | set(re.findall(r"`make (\w+)`", README))
    assert {"rehearse", "test"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_setting_is_in_its_page() -> None:
    from dataclasses import fields

    from stacks.settings import Settings

    page = (REPOSITORY / "docs" / "settings.md").read_text()
    for field in fields(Settings):
        assert f"`{field.name.replace('__', '.', 1)}`" in page


def test_no_file_names_the_host_of_a_registry() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    locks = [name for name in files.split() if name.startswith("requirements") or name.endswith("lock.json")]
    assert locks
    for name in locks:
        assert "://" not in (REPOSITORY / name).read_text(), name
