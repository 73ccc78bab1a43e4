"""The report: what `rehearsal-report.json` holds, in an order that does not change from run to run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from constructs_lib.rehearsal._steps import Details

PASSED = "passed"
FAILED = "failed"
NOT_RUN = "not run"


@dataclass(frozen=True)
class Row:
    """One step as it ended."""

    name: str
    subject: str
    status: str
    seconds: float = 0.0
    summary: str = ""
    details: Details = field(default_factory=dict)


@dataclass
class Report:
    """Everything that a run found out."""

    rows: list[Row] = field(default_factory=list)
    resource_types: Mapping[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return bool(self.rows) and all(row.status == PASSED for row in self.rows)

    def write(self, path: Path) -> None:
        path.write_text(self.to_json(), encoding="utf-8")

    def to_json(self) -> str:
        content = {
            "passed": self.passed,
            "steps": [
                {
                    "name": row.name,
                    "subject": row.subject,
                    "status": row.status,
                    "seconds": round(row.seconds, 1),
                    "summary": row.summary,
                    "details": dict(row.details),
                }
                for row in self.rows
            ],
            "resource_types": dict(sorted(self.resource_types.items())),
            "versions": dict(sorted(self.versions.items())),
        }
        # Answers of the service hold times, which JSON has no form for.
        return json.dumps(content, indent=2, default=str, ensure_ascii=False) + "\n"

    def last_lines(self, seconds: float, path: str) -> str:
        """What the terminal shows under the table."""
        accepted = sorted(name for name, state in self.resource_types.items() if state == "accepted")
        passed = sum(row.status == PASSED for row in self.rows)
        return "\n".join(
            [
                *([f"accepted by the embedded AWS, but not made: {', '.join(accepted)}"] if accepted else []),
                f"{passed} of {len(self.rows)} steps passed in {seconds:.0f} s; report: {path}",
            ]
        )
