"""The step that runs the user's app."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from constructs_lib.rehearsal._assembly import Assembly, read_assembly
from constructs_lib.rehearsal._cdk import Cdk
from constructs_lib.rehearsal._steps import StepFailed


def synthesize(cdk: Cdk, app: str | None, context: Sequence[str], folder: Path) -> Assembly:
    """Synthesize *app* into *folder*, or copy it there if *app* is the folder of an assembly.

    Raises:
        StepFailed: The app ended with an error, which is in the failure's text in full, or wrote no assembly.
    """
    if app is not None and Path(app).is_dir():
        shutil.copytree(app, folder)
    else:
        arguments = ["--app", app] if app is not None else []
        for pair in context:
            arguments += ["--context", pair]
        with _kept(Path.cwd() / "cdk.context.json"):
            process = cdk.synth(*arguments, "--output", str(folder), "--quiet")
            code = process.wait()
        if code != 0:
            raise StepFailed(
                f"the app failed with exit code {code}", text=process.text(), details={"output": process.lines}
            )
    try:
        return read_assembly(folder)
    except FileNotFoundError as error:
        raise StepFailed(f"the app wrote no cloud assembly: {error.filename} is not there") from error
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        # The CDK writes none such; a folder that was named may hold anything.
        raise StepFailed(f"the cloud assembly cannot be read: {type(error).__name__}: {error}") from error


@contextmanager
def _kept(file: Path) -> Iterator[None]:
    """Leave *file* as it was: lookups answered by the embedded AWS must not be taken for the user's account later."""
    before = file.read_bytes() if file.is_file() else None
    try:
        yield
    finally:
        after = file.read_bytes() if file.is_file() else None
        if before is None:
            file.unlink(missing_ok=True)
        elif after != before:
            file.write_bytes(before)
