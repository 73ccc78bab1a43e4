"""`AWS::SageMaker::*`: one handler for every type whose properties are the members of its Create operation."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ministack.services.cloudformation import provisioners

from ..api import ApiError, Request
from ..cfn_types import CREATE_ONLY, ECHOED, REFS, SAGEMAKER_TYPES, STOPPED_TO_CHANGE, TAGS_REPLACE
from ..nouns import Noun
from ..records import Record
from ..sagemaker import SageMaker
from . import feature_group_type
from ._properties import as_request

Made = tuple[str, dict[str, Any]]

_LONGEST_NAME = 63
_LONGEST_WAIT = 60
# Types whose update is no request of the API with the same members: what it asks for, from the old properties and the
# new ones; None is a replacement.
_UPDATES: dict[str, Callable[[Request, Request], list[Request] | None]] = {
    "FeatureGroup": feature_group_type.update_requests,
}


def handlers(sagemaker: SageMaker) -> dict[str, dict[str, Any]]:
    """A handler for each noun that CloudFormation has a type for."""
    types = [_Type(sagemaker, noun) for noun in sagemaker.nouns.values() if noun.name in SAGEMAKER_TYPES]
    return {
        f"AWS::SageMaker::{kind.noun.name}": {
            "create": kind.create,
            "update": kind.update,
            "update_with_logical_id": True,
            "delete": kind.delete,
        }
        for kind in types
    }


def _flat(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str | int | float]]:
    """Each scalar, by its path as Fn::GetAtt writes it: `RuntimeConfig.CurrentCopyCount`."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        elif isinstance(value, (str, int, float)):
            yield above + name, value


def _taken_away(member: str) -> str:
    """The member of an update that takes *member* away, where there is one: `DisassociateLifecycleConfig`."""
    return f"Disassociate{member.removesuffix('Name')}"


@dataclass(frozen=True)
class _Type:
    sagemaker: SageMaker
    noun: Noun

    def create(self, logical_id: str, properties: Request, stack: str) -> Made:
        operation = f"Create{self.noun.name}"
        members = self.sagemaker.api.members(operation)
        # What only an update takes, such as RetainAllVariantProperties, is for a later call.
        for_update = {name: value for name, value in properties.items() if name not in members and self._updates(name)}
        echoed = ECHOED.get(self.noun.name, frozenset())
        request = {name: value for name, value in properties.items() if name not in for_update and name not in echoed}
        for member in self.noun.identity:
            if member not in request and member in members and member.endswith("Name"):
                request[member] = self._physical_name(logical_id, stack, member)
        name = str(request.get(self.noun.name_member, logical_id))
        request = self._typed(operation, request)
        answer = self._call(operation, request, logical_id, name, for_update)
        arn = next((value for member, value in answer.items() if member.endswith("Arn")), "")
        key = tuple(str(request.get(member, "")) for member in self.noun.identity)
        record = self.sagemaker.records.with_arn(arn) or self.sagemaker.find(operation, self.noun.name, *key)
        try:
            return self._made(operation, record, logical_id)
        except ValueError:
            # What failed as it started goes with the rollback, which knows no name of it.
            if self.sagemaker.api.has(f"Delete{self.noun.name}"):
                identity = dict(zip(self.noun.identity, record.key, strict=True))
                self._call(f"Delete{self.noun.name}", identity, record.name, record.name)
            raise

    def update(self, physical_id: str, old: Request, new: Request, stack: str, logical_id: str) -> Made:
        changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        record = self.sagemaker.records.get(self.noun.name, *self._key(physical_id))
        requests = self._update_requests(changed, old, new)
        if record is None or requests is None:
            return self._replace(physical_id, old, new, stack, logical_id)
        if "Tags" in changed:
            self._retag(record, new, logical_id)
        operation = f"Update{self.noun.name}"
        identity = dict(zip(self.noun.identity, record.key, strict=True))
        stopped = bool(requests) and self._stop(record, logical_id)
        for request in requests:
            self._call(operation, self._typed(operation, request | identity), logical_id, record.name)
        if stopped:
            self._settle(record)
            self._call(f"Start{self.noun.name}", identity, logical_id, record.name)
        return self._made(operation, record, logical_id)

    def _update_requests(self, changed: set[str], old: Request, new: Request) -> list[Request] | None:
        """What the update asks for, one after the other; None where it replaces the resource."""
        if self.noun.name in _UPDATES:
            return _UPDATES[self.noun.name](old, new)
        if not all(self._changes_in_place(name) for name in changed):
            return None
        if not changed - {"Tags"}:
            return []
        members = self.sagemaker.api.members(f"Update{self.noun.name}")
        request = {name: value for name, value in new.items() if name in members and name != "Tags"}
        return [request | {name: True for name in map(_taken_away, old.keys() - new.keys()) if name in members}]

    def delete(self, physical_id: str, properties: Request) -> None:
        record = self.sagemaker.records.get(self.noun.name, *self._key(physical_id))
        if record is not None:
            self._settle(record)
            self._stop(record, record.name)
            request = dict(zip(self.noun.identity, record.key, strict=True))
            self._call(f"Delete{self.noun.name}", request, record.name, record.name)

    def _stop(self, record: Record, logical_id: str) -> bool:
        """Stop what has to be stopped before it is changed; tell whether it was running."""
        if self.noun.name not in STOPPED_TO_CHANGE or record.status != self.noun.done:
            return False
        identity = dict(zip(self.noun.identity, record.key, strict=True))
        self._call(f"Stop{self.noun.name}", identity, logical_id, record.name)
        self._settle(record)
        return True

    def _replace(self, physical_id: str, old: Request, new: Request, stack: str, logical_id: str) -> Made:
        name = new.get(self.noun.name_member)
        if name is not None and name == old.get(self.noun.name_member):
            raise ValueError(
                "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
                f"Rename {name} and update the stack again."
            )
        made: Made = provisioners._seeded_create(self.create, logical_id, new, stack)
        return made

    def _retag(self, record: Record, new: Request, logical_id: str) -> None:
        wanted = {tag["Key"]: str(tag["Value"]) for tag in new.get("Tags", [])}
        gone = [key for key in record.tags if key not in wanted]
        arn = {"ResourceArn": record.arn}
        if gone:
            self._call("DeleteTags", {**arn, "TagKeys": gone}, logical_id, record.name)
        if wanted:
            tags = [{"Key": key, "Value": value} for key, value in wanted.items()]
            self._call("AddTags", {**arn, "Tags": tags}, logical_id, record.name)

    def _made(self, operation: str, record: Record, logical_id: str) -> Made:
        self._settle(record)
        if record.status == "Failed":
            reason = str(record.values.get("FailureReason", "no reason given")).removeprefix(f"{operation}: ")
            raise ValueError(f'{operation} of {logical_id} ({self.noun.words} "{record.name}") failed: {reason}')
        if record.rolled_back:
            raise ValueError(f'{operation} of {logical_id} ({self.noun.words} "{record.name}"): {record.rolled_back}')
        attributes = dict(_flat(record.values))
        ref = REFS.get(self.noun.name)
        record.physical_id = str(record.values[ref]) if ref else record.arn
        return record.physical_id, attributes | {f"{self.noun.name}Arn": record.arn}

    def _settle(self, record: Record) -> None:
        end = time.monotonic() + _LONGEST_WAIT
        while not record.settled and time.monotonic() < end:
            time.sleep(0.02)

    def _changes_in_place(self, member: str) -> bool:
        if member == "Tags":
            return self.noun.name not in TAGS_REPLACE
        create_only = (*self.noun.identity, *CREATE_ONLY.get(self.noun.name, ()))
        return self._updates(member) and member not in create_only

    def _updates(self, member: str) -> bool:
        operation = f"Update{self.noun.name}"
        return self.sagemaker.api.has(operation) and member in self.sagemaker.api.members(operation)

    def _key(self, physical_id: str) -> tuple[str, ...]:
        found = next((r for r in self.sagemaker.records.all(self.noun.name) if r.physical_id == physical_id), None)
        return found.key if found else (physical_id,)

    def _physical_name(self, logical_id: str, stack: str, member: str) -> str:
        shape = self.sagemaker.api.members(f"Create{self.noun.name}")[member]
        longest = min(int(shape.metadata.get("max", _LONGEST_NAME)), _LONGEST_NAME)
        return str(provisioners._physical_name(stack, logical_id, max_len=longest))

    def _typed(self, operation: str, request: Request) -> Request:
        typed: Request = as_request(self.sagemaker.api.operation(operation).input_shape, request)
        return typed

    def _call(
        self, operation: str, request: Request, logical_id: str, name: str, for_update: Request | None = None
    ) -> dict[str, Any]:
        try:
            if for_update:
                update = f"Update{self.noun.name}"
                self.sagemaker.api.check_members(update, self._typed(update, for_update))
            return self.sagemaker.call(operation, request)
        except ApiError as error:
            reason = error.message.removeprefix(f"{operation}: ")
            raise ValueError(
                f'{operation} of {logical_id} ({self.noun.words} "{name}") was refused: {reason} '
                f"(Service: SageMaker, Status Code: {error.status}, Error Code: {error.code})"
            ) from error
