"""What runs on the machine of a notebook before anybody works on it."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Fn

from constructs_lib._internal.api import request_problems
from constructs_lib._internal.checks import is_token, is_unicode, require
from constructs_lib._internal.expressions import runtime_problems
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.statements import Statement
from constructs_lib.foundation.s3_location import S3Location, S3Object

_MEMBERS = {"on_create": "OnCreate", "on_start": "OnStart"}


@dataclass(frozen=True, kw_only=True, slots=True)
class NotebookScripts:
    """Shell scripts for the machine of a notebook: plain text, which is encoded for the API.

    They run as root, whatever `root_access` of the notebook says, and with the rights of its role, on a path of
    `/sbin:bin:/usr/sbin:/usr/bin`; `sudo -u ec2-user -i` runs what is for the user. One that fails or takes longer than
    five minutes fails the creation or the start of the notebook.

    A changed script runs when the notebook starts the next time; an update of the stack does not start it anew.

    Attributes:
        on_create: Runs once, when the notebook is made; None runs nothing.
        on_start: Runs each time the notebook starts, the first time too; None runs nothing.
        reads: What they read, such as `store.location("notebooks")`: the role may before the first of them runs, while
            what is granted to the notebook may come later.

    A text is at most 12288 bytes long, because its base64 may have 16384 characters; what is longer can be fetched from
    a bucket. It may hold what only the deployment knows, such as the name of a bucket; then its length is not checked.

    Raises:
        ConfigurationError: There is no script, or one is empty, too long or has the line ends of Windows; all problems
            are listed.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html
    """

    on_create: str | None = None
    on_start: str | None = None
    reads: Sequence[S3Location | S3Object] = ()

    def __post_init__(self) -> None:
        kinds = field_problems(self)
        texts = {member: text for member, text in self._texts().items() if isinstance(text, str)}
        reads = self.reads if isinstance(self.reads, list | tuple) else ()
        known = {
            member: [{"Content": _encoded(text)}]
            for member, text in texts.items()
            if text and not is_token(text) and is_unicode(text)
        }
        require(
            "NotebookScripts",
            kinds,
            None
            if kinds or texts
            else "on_create or on_start must be given, got neither; leave the scripts out where none runs",
            *(_text_problem(name, texts.get(member)) for name, member in _MEMBERS.items()),
            runtime_problems(
                "a notebook",
                [*texts.values(), *(place.uri for place in reads if isinstance(place, S3Location | S3Object))],
            ),
            request_problems(
                "CreateNotebookInstanceLifecycleConfig",
                {"NotebookInstanceLifecycleConfigName": "unnamed", **known},
                {f"{member}[].Content": f"the base64 of {name}" for name, member in _MEMBERS.items()},
            ),
        )

    def render(self) -> dict[str, Any]:
        """The members of `CreateNotebookInstanceLifecycleConfig`, all but the name."""
        return {
            member: [{"Content": Fn.base64(text) if is_token(text) else _encoded(text)}]
            for member, text in self._texts().items()
        }

    def statements(self) -> tuple[Statement, ...]:
        """What the scripts do with the role."""
        return tuple(statement for place in self.reads for statement in place.read_statements())

    def _texts(self) -> dict[str, str]:
        given = {member: getattr(self, name) for name, member in _MEMBERS.items()}
        return {member: text for member, text in given.items() if text is not None}


def _encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


def _text_problem(name: str, text: str | None) -> str | None:
    if text == "":
        return f"{name} must not be empty; leave it out where nothing runs"
    if text is not None and not is_unicode(text):
        return f"{name} must be text that UTF-8 can hold, got {text[:40]!r}"
    if text is None or "\r" not in text:
        return None
    return (
        f"{name} must have the line ends of Unix, got {text[: text.index(chr(13)) + 1]!r}; the shell takes \\r for text"
    )
