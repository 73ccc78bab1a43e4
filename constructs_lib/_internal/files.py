"""Files and folders on this machine, asked for by text of a caller's."""

from pathlib import Path


def is_folder(path: str | Path) -> bool:
    """Whether there is such a folder; a name longer than the file system takes names none."""
    try:
        return Path(path).is_dir()
    except OSError:
        return False


def is_file(path: str | Path) -> bool:
    """Whether there is such a file; a name longer than the file system takes names none."""
    try:
        return Path(path).is_file()
    except OSError:
        return False
