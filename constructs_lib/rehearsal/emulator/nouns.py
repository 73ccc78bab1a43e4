"""What the model says about each noun of SageMaker: its operations, its name, its ARN, its status."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from botocore.model import ListShape, ServiceModel, StructureShape

# The order is that of preference: some enumerations have several of them.
_STARTING = ("creating", "createinprogress", "inprogress", "pending", "starting", "initializing")
_DONE = ("inservice", "completed", "available", "active", "created", "createcompleted", "scheduled")
_VERBS = ("Create", "Describe", "Update", "Delete", "Stop")


@dataclass(frozen=True)
class Noun:
    """A resource or job of SageMaker, as in `TrainingJob`.

    Attributes:
        name: As in the names of its operations.
        identity: The members that Describe needs.
        create_members: The members that Create takes.
        arn_member: The member of Describe that is its own ARN.
        arn_type: What stands for it in an ARN, as in `training-job`.
        status_member: The member of Describe that is its status; None where it has none.
        statuses: The values that the status can take.
        list_operation: Its List operation; None where it has none.
        list_member: The member of the answer of List that holds the summaries.
    """

    name: str
    identity: tuple[str, ...]
    create_members: frozenset[str]
    arn_member: str
    arn_type: str
    status_member: str | None = None
    statuses: tuple[str, ...] = field(default=(), repr=False)
    list_operation: str | None = None
    list_member: str = ""

    @property
    def words(self) -> str:
        """As SageMaker writes it in a message: `endpoint configuration`."""
        return _hyphenated(self.name).replace("-", " ").replace("endpoint config", "endpoint configuration")

    @cached_property
    def name_member(self) -> str:
        """The one member of the identity that is the resource's own name."""
        own = f"{self.name}Name"
        return own if own in self.identity else self.identity[-1]

    @property
    def starting(self) -> str | None:
        """Its status right after Create."""
        return self._first_of(_STARTING)

    @property
    def done(self) -> str | None:
        """The status that it reaches when all goes well."""
        return self._first_of(_DONE)

    @property
    def ends(self) -> bool:
        """Whether it is done for good once it is done, as jobs are."""
        return self.done is not None and self.done.lower().endswith("completed")

    def spelled(self, status: str) -> str:
        """*status*, given in small letters, as this noun writes it; capitalized where it does not have it."""
        return self._spellings.get(status, status.capitalize())

    @cached_property
    def _spellings(self) -> dict[str, str]:
        # The model writes them in three ways: InProgress, INPROGRESS and Create_In_Progress.
        return {status.lower().replace("_", ""): status for status in self.statuses}

    def _first_of(self, preferred: tuple[str, ...]) -> str | None:
        return next((self._spellings[status] for status in preferred if status in self._spellings), None)


def nouns(model: ServiceModel) -> dict[str, Noun]:
    """Every noun that *model* can create and describe, by name."""
    operations = set(model.operation_names)
    names = [name.removeprefix("Create") for name in operations if name.startswith("Create")]
    return {name: _noun(model, name) for name in sorted(names) if f"Describe{name}" in operations}


def verbs(known: Mapping[str, Noun]) -> dict[str, tuple[str, Noun]]:
    """Each operation that acts on a noun, split into its verb and the noun."""
    table = {f"{verb}{noun.name}": (verb, noun) for noun in known.values() for verb in _VERBS}
    return table | {noun.list_operation: ("List", noun) for noun in known.values() if noun.list_operation}


def _noun(model: ServiceModel, name: str) -> Noun:
    create = model.operation_model(f"Create{name}")
    describe = model.operation_model(f"Describe{name}")
    described = describe.output_shape.members
    arn_member = _arn_member(name, create.output_shape, described)
    status_member = _status_member(name, described, create.input_shape.members)
    list_operation, list_member = _listing(model, name)
    return Noun(
        name=name,
        identity=tuple(describe.input_shape.required_members),
        create_members=frozenset(create.input_shape.members),
        arn_member=arn_member,
        arn_type=_arn_type(name, described[arn_member].metadata.get("pattern", "") if arn_member in described else ""),
        status_member=status_member,
        statuses=tuple(described[status_member].metadata.get("enum", ())) if status_member else (),
        list_operation=list_operation,
        list_member=list_member,
    )


def _arn_member(name: str, created: StructureShape | None, described: Mapping[str, object]) -> str:
    candidates = [f"{name}Arn", *(created.members if created is not None else ()), "Arn"]
    return next((member for member in candidates if member.endswith("Arn") and member in described), f"{name}Arn")


def _status_member(name: str, described: Mapping[str, object], given: Mapping[str, object]) -> str | None:
    candidates = [f"{name}Status", "Status", *(member for member in described if member.endswith("Status"))]
    # A status that the caller sets, such as that of a model card, is a property and no lifecycle.
    return next((member for member in candidates if member in described and member not in given), None)


def _arn_type(name: str, pattern: str) -> str:
    spelled = re.search(r":([a-z-]+)/", pattern)
    return spelled[1] if spelled else _hyphenated(name)


def _listing(model: ServiceModel, name: str) -> tuple[str | None, str]:
    plural = f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"
    operation = f"List{plural}"
    if operation not in model.operation_names:
        return None, ""
    members = model.operation_model(operation).output_shape.members
    lists = [
        member
        for member, shape in members.items()
        if isinstance(shape, ListShape) and isinstance(shape.member, StructureShape)
    ]
    return (operation, lists[0]) if lists else (None, "")


def _hyphenated(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()
