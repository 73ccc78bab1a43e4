"""The SageMaker control plane: every noun of the model, with the rules of `behaviour`."""

import copy
import time
import uuid
from threading import RLock
from typing import Any

from . import behaviour, listing, neighbours
from .api import Api, ApiError, Request, refused
from .nouns import Noun, nouns, verbs
from .records import Record, Records

# How long a resource or job stays in its first status: long enough to be seen, short enough not to be waited for.
SETTLE_SECONDS = 0.3


class SageMaker:
    """SageMaker of all accounts and regions."""

    def __init__(self, model_data: str | None = None) -> None:
        self.api = Api("sagemaker", model_data)
        self.nouns = nouns(self.api.model)
        self.records = Records()
        self.verbs = verbs(self.nouns)
        # Requests come from the event loop, from CloudFormation's threads and from those of state machines.
        self._lock = RLock()

    def call(self, operation: str, request: Request) -> dict[str, Any]:
        """Answer one request.

        Raises:
            ApiError: SageMaker would refuse it.
        """
        with self._lock:
            self.require(operation, request)
            return self.api.answer(operation, self._act(operation, request))

    def require(self, operation: str, request: Request) -> None:
        """Look at one request as `call` does, and do nothing.

        Raises:
            ApiError: SageMaker would refuse it.
        """
        self.api.check(operation, request)
        for rule in behaviour.rules[operation]:
            rule(self, request)

    def end_now(self, record: Record) -> None:
        """Let *record* reach the status that it is on its way to, without waiting for it."""
        with self._lock:
            if not record.settled and record.noun.done:
                self._arrive(record, record.noun.done)

    def find(self, operation: str, noun_name: str, *key: str) -> Record:
        """The record with this identity, ARN or physical id.

        Raises:
            ApiError: There is none; the message names it as SageMaker does.
        """
        record = self.records.get(noun_name, *key)
        if record is None:
            noun = self.nouns[noun_name]
            code = self.api.error_code(operation, "ResourceNotFound")
            arn = key[-1] if key[-1].startswith("arn:") else arn_of(noun, key[-1])
            raise ApiError(code, f'Could not find {noun.words} "{arn}".')
        return record

    def arn(self, noun_name: str, name: str) -> str:
        """The ARN that a resource of this name has, or would have."""
        return arn_of(self.nouns[noun_name], name)

    def _act(self, operation: str, request: Request) -> dict[str, Any]:
        if operation in behaviour.operations:
            return behaviour.operations[operation](self, request)
        if operation not in self.verbs:
            raise ApiError("UnknownOperationException", f"{operation} is not part of the embedded AWS yet", 501)
        verb, noun = self.verbs[operation]
        if verb == "Create":
            return self._create(operation, noun, request)
        if verb == "List":
            return listing.answer(noun, request, self.records.all(noun.name))
        record = self.find(operation, noun.name, *(str(request.get(member, "")) for member in noun.identity))
        if verb != "Describe":
            self._change(verb, operation, record, request)
        return record.values

    def _create(self, operation: str, noun: Noun, request: Request) -> dict[str, Any]:
        naming = behaviour.names.get(noun.name)
        values = request | (naming(self, request) if naming else {})
        for member in noun.identity:
            if member not in values and not member.endswith("Arn"):
                values[member] = f"{noun.arn_type[0]}-{uuid.uuid4().hex[:12]}"
        own = noun.name_member if not noun.name_member.endswith("Arn") else ""
        arn = arn_of(noun, str(values.get(own) or uuid.uuid4().hex[:12]))
        own_arns = (*noun.identity, noun.arn_member, *self.api.answered(operation))
        values.update({member: arn for member in own_arns if member.endswith("Arn") and member not in request})
        key = tuple(str(values[member]) for member in noun.identity)
        if self.records.get(noun.name, *key):
            raise ApiError(
                self.api.error_code(operation, "ResourceInUse"),
                f'Cannot create already existing {noun.words} "{arn}".',
            )
        now = time.time()
        tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}
        record = Record(noun, key, arn, values | {"CreationTime": now, "CreatedAt": now}, tags)
        record.touch()
        self._affect(operation, record, request)
        self.records.add(record)
        if noun.starting and noun.done:
            self._move(record, noun.starting, noun.done)
        elif noun.done:
            record.status = noun.done
        return record.values

    def _change(self, verb: str, operation: str, record: Record, request: Request) -> None:
        noun = record.noun
        if verb == "Delete":
            self.records.remove(record)
            record.generation += 1
            self._affect(operation, record, request)
        elif verb == "Stop":
            # A job that has ended cannot be stopped; a notebook or a schedule is stopped while it runs.
            if record.settled and noun.ends:
                raise refused(f'{operation}: {noun.words} "{record.arn}" is {record.status} and cannot be stopped.')
            self._affect(operation, record, request)
            stopping, stopped = noun.spelled("stopping"), noun.spelled("stopped")
            self._move(record, stopping if stopping in noun.statuses else stopped, stopped)
        else:
            record.before, record.rolled_back = copy.deepcopy(record.values), ""
            record.values.update(request)
            record.touch()
            self._affect(operation, record, request)
            self.pass_through_update(record)

    def pass_through_update(self, record: Record) -> None:
        """Let *record* be Updating for a while, if its noun knows that status."""
        if "Updating" in record.noun.statuses and record.noun.done:
            self.pass_through(record, "Updating", record.noun.done)

    def pass_through(self, record: Record, first: str, then: str) -> None:
        """Let *record* be *first* for a while, and *then* from there on."""
        self._move(record, first, then)

    def _affect(self, operation: str, record: Record, request: Request) -> None:
        for effect in behaviour.effects[operation]:
            effect(self, record, request)

    def _move(self, record: Record, first: str, then: str) -> None:
        """Let *record* pass through one status into another."""
        record.status = first
        record.generation += 1
        planned_for = record.generation

        def arrive() -> None:
            with self._lock:
                if record.generation == planned_for:
                    self._arrive(record, then)

        neighbours.later(SETTLE_SECONDS, arrive)

    def _arrive(self, record: Record, then: str) -> None:
        record.touch()
        finish = behaviour.finishes.get(record.noun.name)
        # What a job leaves is there before its status says so: whoever waits for the status reads it at once.
        try:
            if finish is not None:
                finish(self, record, then)
        except Exception as error:  # whatever went wrong, the job ends as Failed and says why
            then = record.noun.spelled("failed")
            record.values["FailureReason"] = error.message if isinstance(error, ApiError) else str(error)
        record.status = then


def arn_of(noun: Noun, name: str) -> str:
    """The ARN of a resource in the account and region of the current request; SageMaker writes it in lower case."""
    return neighbours.partition_arn("sagemaker", f"{noun.arn_type}/{name.lower()}")
