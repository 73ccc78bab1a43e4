"""A script on this machine that a processing job runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from constructs_lib._internal.checks import known_at_synth, require
from constructs_lib._internal.files import is_file, is_folder
from constructs_lib._internal.kinds import field_problems
from constructs_lib.training.processing_inputs import PROCESSING_FOLDER

CODE_FOLDER = f"{PROCESSING_FOLDER}input/code"
_UPLOADED = "the file is read then"
_UNPACKED = f"{PROCESSING_FOLDER}code"
# The archive is the shell's $0, the command and the job's arguments behind it are "$@". Python unpacks, because few
# images have `unzip` and those that run Python scripts have Python.
_UNPACK = f'python3 -m zipfile -e "$0" {_UNPACKED} && cd {_UNPACKED} && exec "$@"'


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessingScript:
    """A script, or a folder of them, that is uploaded at deployment and run by *command*.

    A script arrives under `/opt/ml/processing/input/code`; a folder is unpacked into `/opt/ml/processing/code`, which
    the command runs in, by the `python3` of the image.

    Attributes:
        path: A file or a folder on this machine.
        entry_point: The script in the folder, such as `main.py`; None when *path* is the script.
        command: What runs it.

    Raises:
        ConfigurationError: There is no such file, or no entry point in the folder.
    """

    path: str
    entry_point: str | None = None
    command: Sequence[str] = ("python3",)

    def __post_init__(self) -> None:
        require("ProcessingScript", field_problems(self))
        object.__setattr__(self, "command", tuple(self.command))
        require(
            "ProcessingScript",
            known_at_synth("path", self.path, _UPLOADED),
            known_at_synth("entry_point", self.entry_point, _UPLOADED),
        )
        require("ProcessingScript", self._path_problem(), None if self.command else "command must not be empty")

    @property
    def is_folder(self) -> bool:
        """Whether it arrives as an archive."""
        return self.entry_point is not None

    def entrypoint(self, file_name: str) -> list[str]:
        """The `ContainerEntrypoint`, when what was uploaded is called *file_name*."""
        uploaded = f"{CODE_FOLDER}/{file_name}"
        if self.entry_point is None:
            return [*self.command, uploaded]
        return ["/bin/sh", "-c", _UNPACK, uploaded, *self.command, self.entry_point]

    def _path_problem(self) -> str | None:
        path = Path(self.path)
        if self.entry_point is None:
            if is_folder(path):
                return f"entry_point must name the script to run in the folder {self.path!r}, got None"
            return None if is_file(path) else f"path must be a file or folder that exists, got {self.path!r}"
        if not is_folder(path):
            return f"path must be a folder that exists where entry_point is given, got {self.path!r}"
        if not is_file(path / self.entry_point):
            there = ", ".join(sorted(child.name for child in path.iterdir())[:10]) or "nothing"
            return f"entry_point must be a file in {self.path!r}, got {self.entry_point!r}; there is {there}"
        return None
