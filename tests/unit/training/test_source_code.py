"""A folder of scripts: packed the same everywhere, uploaded, read by the job's role alone."""

import gzip
import io
import os
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest

from constructs_lib import Channel, ConfigurationError, ContainerImage
from constructs_lib.training.distribution import Distribution
from constructs_lib.training.source_code import SourceCode, compress
from tests.unit.training.training_jobs import at, image_of, job_in, statements_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "training"
    (made / "models" / "__pycache__").mkdir(parents=True)
    (made / "train.py").write_text("print('hello')\n")
    (made / "requirements.txt").write_text("einops\n")
    (made / "models" / "net.py").write_text("\n")
    (made / "models" / "__pycache__" / "net.pyc").write_text("stale")
    (made / ".git").mkdir()
    (made / ".git" / "HEAD").write_text("ref")
    return made


def source(folder: Path, **changes: Any) -> SourceCode:
    return SourceCode.from_asset(str(folder), **({"entry_point": "train.py"} | changes))


def members(archive: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        return packed.getmembers()


class TestPack:
    def test_holds_the_files_sorted_and_no_leavings(self, folder: Path) -> None:
        names = [member.name for member in members(source(folder).pack())]
        assert names == ["models/net.py", "requirements.txt", "train.py"]

    def test_leaves_out_what_is_excluded(self, folder: Path) -> None:
        packed = source(folder, exclude=["models/*"]).pack()
        assert [member.name for member in members(packed)] == ["requirements.txt", "train.py"]

    def test_tells_nothing_of_the_machine(self, folder: Path) -> None:
        for member in members(source(folder).pack()):
            assert (member.mtime, member.uid, member.gid, member.uname, member.gname) == (0, 0, 0, "", "")
            assert member.mode == 0o644

    def test_is_the_same_for_the_same_files(self, folder: Path, tmp_path: Path) -> None:
        first = source(folder).pack()
        os.utime(folder / "train.py", (time.time() + 99, time.time() + 99))
        (folder / "train.py").chmod(0o664)
        (folder / "models" / "__pycache__" / "other.pyc").write_text("new")
        again = folder.rename(tmp_path / "moved")
        assert source(again).pack() == first

    def test_keeps_the_right_to_execute(self, folder: Path) -> None:
        (folder / "run.sh").write_text("echo\n")
        (folder / "run.sh").chmod(0o700)
        (script,) = (m for m in members(source(folder, entry_point="run.sh").pack()) if m.name == "run.sh")
        assert script.mode == 0o755

    def test_follows_links_once(self, folder: Path) -> None:
        (folder / "loop").symlink_to(folder)
        (folder / "alias.py").symlink_to(folder / "train.py")
        names = [member.name for member in members(source(folder).pack())]
        assert names == ["alias.py", "models/net.py", "requirements.txt", "train.py"]

    def test_is_gzipped_without_a_time(self, folder: Path) -> None:
        packed = compress(source(folder).pack())
        assert packed[4:8] == b"\0\0\0\0"
        assert gzip.decompress(packed) == source(folder).pack()


class TestRefusals:
    def test_fails_without_the_folder(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match=r"directory must be a folder, got '.*/missing', which is nothing"):
            source(tmp_path / "missing")

    def test_fails_on_a_file_instead_of_a_folder(self, folder: Path) -> None:
        with pytest.raises(ConfigurationError, match=r"directory must be a folder, got '.*', which is a file"):
            source(folder / "train.py")

    def test_fails_without_the_entry_point_and_names_the_nearest(self, folder: Path) -> None:
        with pytest.raises(ConfigurationError, match=r"got 'trian.py'; did you mean 'train.py'"):
            source(folder, entry_point="trian.py")

    @pytest.mark.parametrize("entry_point", ["../train.py", "models", "/etc/passwd", ""])
    def test_fails_on_an_entry_point_that_is_no_file_inside(self, folder: Path, entry_point: str) -> None:
        with pytest.raises(ConfigurationError, match="entry_point must be a file inside"):
            source(folder, entry_point=entry_point)

    def test_fails_on_an_entry_point_that_is_not_packed(self, folder: Path) -> None:
        with pytest.raises(ConfigurationError, match="entry_point must be a file inside"):
            source(folder, exclude=["*.py"])

    def test_fails_for_a_built_in_algorithm(self, stack: Any, folder: Path) -> None:
        image = ContainerImage.built_in("image-classification")
        with pytest.raises(
            ConfigurationError, match="built-in algorithm 'image-classification' runs no script of yours"
        ):
            job_in(stack, image=image, source=source(folder))

    def test_an_algorithm_that_is_a_framework_too_runs_scripts(self, stack: Any, folder: Path) -> None:
        job_in(stack, image=image_of("xgboost", algorithm="xgboost"), source=source(folder))

    def test_fails_on_a_hyperparameter_that_it_sets_itself(self, stack: Any, folder: Path) -> None:
        with pytest.raises(ConfigurationError) as raised:
            job_in(
                stack,
                source=source(folder),
                distribution=Distribution.mpi(),
                hyperparameters={"sagemaker_program": "x", "sagemaker_mpi_enabled": True, "lr": 1},
            )
        assert "hyperparameters['sagemaker_program'] is set by source; leave it out" in str(raised.value)
        assert "hyperparameters['sagemaker_mpi_enabled'] is set by distribution; leave it out" in str(raised.value)

    def test_fails_on_a_channel_that_the_isolated_script_needs(self, stack: Any, folder: Path) -> None:
        with pytest.raises(ConfigurationError, match="channels must be unique, got 'code' more than once"):
            job_in(
                stack,
                source=source(folder),
                network_isolation=True,
                channels=[Channel.from_s3("code", at("code"))],
            )


class TestUpload:
    def test_the_role_may_fetch_the_one_archive(self, stack: Any, folder: Path) -> None:
        job_in(stack, source=source(folder))
        (reading,) = (s for s in statements_of(stack) if "s3:GetObject" in s["Action"])
        (resource,) = reading["Resource"]
        assert resource["Fn::Join"][1][-1].endswith(".gz")
        assert "*" not in str(resource)

    def test_a_change_of_the_script_is_another_archive(self, stack: Any, folder: Path) -> None:
        first = job_in(stack, "One", source=source(folder)).request["HyperParameters"]["sagemaker_submit_directory"]
        (folder / "train.py").write_text("print('bye')\n")
        second = job_in(stack, "Two", source=source(folder)).request["HyperParameters"]["sagemaker_submit_directory"]
        assert first != second

    def test_two_jobs_share_an_archive_of_the_same_files(self, stack: Any, folder: Path) -> None:
        first, second = (
            job_in(stack, id, source=source(folder)).request["HyperParameters"]["sagemaker_submit_directory"]
            for id in ("One", "Two")
        )
        assert stack.resolve(first) == stack.resolve(second)

    def test_trap_32_names_no_job_because_the_images_do_not_need_it(self, stack: Any, folder: Path) -> None:
        assert "sagemaker_job_name" not in job_in(stack, source=source(folder)).request["HyperParameters"]
