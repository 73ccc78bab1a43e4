"""The table on the terminal: a row a step, and a sign of life while a step is under way."""

from __future__ import annotations

import shutil
import threading
import time
from contextlib import suppress
from typing import TextIO

from constructs_lib.rehearsal._report import Row

_FIRST_SIGN = 1.5  # seconds; nobody should look at a silent terminal for two
_NEXT_SIGN = 30.0  # seconds; often enough for a log that is watched, rare enough for one that is kept
_SUBJECT = 34
_SUMMARY = 100


class Table:
    """Prints rows to *out*; on a terminal the running step has a line that is updated in place."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._live = out.isatty()
        self._lock = threading.Lock()
        self._running: tuple[str, str, float] | None = None
        self._next_sign = 0.0
        self._stop = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)
        self._ticker.start()

    def header(self) -> None:
        self._print(_line("step", "what", "result", "seconds", ""))

    def start(self, name: str, subject: str) -> None:
        with self._lock:
            self._running = (name, subject, time.monotonic())
            self._next_sign = _FIRST_SIGN
        if self._live:
            self._show()

    def end(self, row: Row, text: str = "") -> None:
        """Print a finished row, with *text* under it: all that is to be read about a failure."""
        with self._lock:
            self._running = None
            self._clear()
        seconds = f"{row.seconds:.1f}" if row.seconds else ""
        summary = row.summary
        if text and len(summary) > _SUMMARY:
            summary = summary[: _SUMMARY - 1] + "…"  # the text says it in full
        self._print(_line(row.name, row.subject, row.status, seconds, summary))
        if text:
            self._print("\n" + "\n".join(f"    {line}".rstrip() for line in text.strip("\n").splitlines()) + "\n")

    def say(self, text: str) -> None:
        with self._lock:
            self._clear()
        self._print(text)

    def close(self) -> None:
        self._stop.set()
        self._ticker.join()
        with self._lock:
            self._running = None
            self._clear()

    def _tick(self) -> None:
        while not self._stop.wait(0.5):
            self._show()

    def _show(self) -> None:
        with self._lock:
            if self._running is None:
                return
            name, subject, since = self._running
            seconds = time.monotonic() - since
            if self._live:
                line = _line(name, subject, "running", f"{seconds:.0f}", "")
                self._write(f"\r\x1b[2K{line[: shutil.get_terminal_size().columns - 1]}")
            elif seconds >= self._next_sign:
                self._next_sign = seconds + _NEXT_SIGN
                self._write(_line(name, subject, "running", f"{seconds:.1f}", "") + "\n")

    def _clear(self) -> None:
        if self._live:
            self._write("\r\x1b[2K")

    def _print(self, text: str) -> None:
        with self._lock:
            self._write(text + "\n")

    def _write(self, text: str) -> None:
        # A reader that went away (`cdk-rehearse | head`) must not keep the run from cleaning up.
        with suppress(OSError, ValueError):
            self._out.write(text)
            self._out.flush()


def _line(name: str, subject: str, status: str, seconds: str, summary: str) -> str:
    if len(subject) > _SUBJECT:
        subject = "…" + subject[-(_SUBJECT - 1) :]  # the end of a construct path says more than its beginning
    return f"{name:<10} {subject:<{_SUBJECT}} {status:<8} {seconds:>7}  {summary}".rstrip()
