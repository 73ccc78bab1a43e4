"""The folder of a training script, packed the way that framework images unpack it."""

import fnmatch
import gzip
import hashlib
import io
import os
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from constructs_lib._internal.checks import known_at_synth, nearest, require
from constructs_lib._internal.files import is_file, is_folder
from constructs_lib._internal.kinds import field_problems

# What an interpreter, a version control or a desktop leaves behind: none of it runs, all of it changes by itself.
_NEVER = ("__pycache__", "*.pyc", ".git", ".DS_Store", ".ipynb_checkpoints", ".*_cache")

# Names that the training toolkit keeps for itself: sagemaker-training 5.1.4 reads them (params.py) and the SageMaker
# Python SDK 2.257.7 sends them (`Framework._script_mode_hyperparam_update`). The SDK sends `sagemaker_job_name` too;
# the toolkit only copies it to the environment variable SAGEMAKER_JOB_NAME, and the images get TRAINING_JOB_NAME from
# SageMaker anyway. A job's name is made when it starts, so it is left out.
PROGRAM = "sagemaker_program"
SUBMIT_DIRECTORY = "sagemaker_submit_directory"
LOG_LEVEL = "sagemaker_container_log_level"
REGION = "sagemaker_region"

# Options in a `requirements.txt` that say where packages come from.
_OTHER_INDEX = ("-i", "--index-url", "--extra-index-url", "--no-index", "-f", "--find-links")

_PACKED = "the folder is packed then"

# Where the archive lies when it comes through a channel, because an isolated container cannot fetch it itself.
CODE_CHANNEL = "code"


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceCode:
    """A folder with a training script; `SourceCode.from_asset("training/", entry_point="train.py")` makes one.

    The image installs a `requirements.txt` that lies at the top of the folder.

    Attributes:
        directory: The folder.
        entry_point: The script, relative to the folder: a `.py` file, a shell script, or a package's `setup.py`.
        exclude: Patterns of paths that are not packed, relative to the folder, such as `data/*`; caches of Python and
            `.git` never are.
        log_level: What the image logs, as Python's logging numbers it: 10 is debug, 20 info, 30 warning.

    Raises:
        ConfigurationError: There is no such folder, or no such script in it that is packed.
    """

    directory: str
    entry_point: str
    exclude: Sequence[str] = ()
    log_level: int = 20

    def __post_init__(self) -> None:
        require("SourceCode", field_problems(self))
        object.__setattr__(self, "exclude", tuple(self.exclude))
        require(
            "SourceCode",
            known_at_synth("directory", self.directory, _PACKED),
            known_at_synth("entry_point", self.entry_point, _PACKED),
            known_at_synth("exclude", self.exclude, _PACKED),
        )
        if not is_folder(self.directory):
            found = "a file" if is_file(self.directory) else "nothing"
            require(
                "SourceCode",
                f"directory must be a folder, got {self.directory!r}, which is {found} (seen from {Path.cwd()})",
            )
        packed = [name for name, _ in self._files()]
        require(
            "SourceCode",
            None
            if self.entry_point in packed
            else f"entry_point must be a file inside {self.directory!r} that is packed, relative to it, "
            f"got {self.entry_point!r}{nearest(self.entry_point, packed)}",
        )

    @staticmethod
    def from_asset(
        directory: str, *, entry_point: str, exclude: Sequence[str] = (), log_level: int = 20
    ) -> "SourceCode":
        """The folder *directory*, uploaded when you deploy; the arguments are the attributes of this class."""
        return SourceCode(directory=directory, entry_point=entry_point, exclude=exclude, log_level=log_level)

    def pack(self) -> bytes:
        """The folder as a tar archive, the same bytes for the same files wherever and whenever it is packed."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for name, path in self._files():
                content = path.read_bytes()
                # A fresh TarInfo has no owner and no time. Of the mode only the right to execute matters; the rest is
                # the umask of whoever checked the files out.
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                entry.mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
                archive.addfile(entry, io.BytesIO(content))
        return buffer.getvalue()

    @property
    def asks_package_index(self) -> bool:
        """Whether it has packages installed from the index that pip asks by itself."""
        requirements = dict(self._files()).get("requirements.txt")
        lines = requirements.read_text(errors="replace").splitlines() if requirements else []
        wanted = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
        return bool(wanted) and not any(line.startswith(_OTHER_INDEX) for line in wanted)

    def hyperparameters(self, *, submit_directory: str, region: str) -> dict[str, Any]:
        """What the image is told of the archive, before it is encoded (TRAPS 32)."""
        return {
            PROGRAM: self.entry_point,
            SUBMIT_DIRECTORY: submit_directory,
            LOG_LEVEL: self.log_level,
            REGION: region,
        }

    def _files(self) -> Iterator[tuple[str, Path]]:
        """Path in the archive and on disk, sorted; links are followed, once each."""
        root = Path(self.directory)
        seen: set[str] = set()
        found: dict[str, Path] = {}
        for folder, folders, files in os.walk(root, followlinks=True):
            real = os.path.realpath(folder)
            if real in seen:
                folders.clear()
                continue
            seen.add(real)
            below = PurePosixPath(Path(folder).relative_to(root).as_posix())
            folders[:] = sorted(name for name in folders if self._is_packed(below / name))
            found.update({str(below / name): Path(folder) / name for name in files if self._is_packed(below / name)})
        yield from sorted(found.items())

    def _is_packed(self, path: PurePosixPath) -> bool:
        if any(fnmatch.fnmatchcase(path.name, pattern) for pattern in _NEVER):
            return False
        return not any(fnmatch.fnmatchcase(str(path), pattern) for pattern in self.exclude)


def digest(archive: bytes) -> str:
    """What tells one archive from another: its bytes before they are compressed, because zlib's versions differ."""
    return hashlib.sha256(archive).hexdigest()


def compress(archive: bytes) -> bytes:
    """The archive gzipped, without a time or a file name in its header."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0) as stream:
        stream.write(archive)
    return buffer.getvalue()
