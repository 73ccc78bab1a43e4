"""What roles of the app do of their own: ask endpoints, put records, start workflows, use notebooks."""

from __future__ import annotations

from dataclasses import dataclass

from constructs_lib.rehearsal._invoking import invoke_as
from constructs_lib.rehearsal._notebooks import has_notebook, use_as
from constructs_lib.rehearsal._policies import statements
from constructs_lib.rehearsal._recording import record_as
from constructs_lib.rehearsal._stage import Caller, Stage
from constructs_lib.rehearsal._starting import start_as
from constructs_lib.rehearsal._storing import use_storage


@dataclass(frozen=True)
class _Act:
    limited: frozenset[str] = frozenset()
    error: Exception | None = None


class Acts:
    """The acts of all roles, done once and before any of them is looked at: what one does, others do their part of."""

    def __init__(self, stage: Stage, roles: frozenset[tuple[str, str]]) -> None:
        """Plan them.

        Args:
            stage: Where they act.
            roles: The stack and the logical id of each role of the app.
        """
        self._stage = stage
        self._roles = roles
        self._done: dict[str, _Act] | None = None

    def of(self, role: str) -> frozenset[str]:
        """The condition keys that limit the invocations of the role with this ARN, once it has acted.

        Raises:
            Exception: What went wrong as it did, other than a refusal for its rights.
        """
        if self._done is None:
            known = [each for each in self._stage.aws.access() if (each["stack"], each["logical_id"]) in self._roles]
            self._done = {each["role"]: self._act(each["role"]) for each in known}
        act = self._done.get(role, _Act())
        if act.error is not None:
            raise act.error
        return act.limited

    def _act(self, role: str) -> _Act:
        try:
            own = tuple(statements(self._stage, role))
            caller = Caller(role, self._stage.aws.acting_as(role), own)
            asked, limited = invoke_as(self._stage, caller)
            # The role of a job may put records, too: what that does in buckets, the job shows.
            record_as(self._stage, caller)
            started = start_as(self._stage, caller)
            used = use_as(self._stage, caller)
            # Code in a notebook acts with the role, and what it does is not known but by its rights.
            if asked or started or used or has_notebook(self._stage, role):
                use_storage(self._stage, caller)
        except Exception as error:  # it belongs into the row of this role, and not into whichever comes first
            return _Act(error=error)
        return _Act(limited)
