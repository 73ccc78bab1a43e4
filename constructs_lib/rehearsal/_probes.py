"""The neighbours of what a role did: the same action on what lies beside, which its policies have to refuse."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_NEIGHBOUR = "neighbour"
_NO_KEY = "00000000-0000-4000-8000-000000000000"
_OTHER_SERVICE = "ec2.amazonaws.com"
_OBJECTS = "arn:aws:s3:::"
_PASSED_TO, _PREFIX = "iam:PassedToService", "s3:prefix"
# Things with a name of their own: what they are, what stands before it in the ARN, and the actions to try, all if there
# are none. What runs give names to, such as jobs, has no neighbour that a policy could tell from the next run.
_NAMED: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("role", ":role/", ()),
    ("endpoint", ":endpoint/", ("sagemaker:InvokeEndpoint",)),
    ("feature group", ":feature-group/", ()),
    # The tables of a database may be all that a role is to change, because their names come at run time.
    ("database", ":database/", ("glue:",)),
    ("notebook", ":notebook-instance/", ()),
    ("repository", ":repository/", ()),
    ("state machine", ":stateMachine:", ()),
    ("function", ":function:", ()),
    ("event bus", ":event-bus/", ()),
)
_LIMITS = {"sagemaker:TargetModel": "model", "sagemaker:TargetContainerHostname": "container"}
_VERBS = {"s3:GetObject": "read", "s3:PutObject": "write", "s3:ListBucket": "list"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """One request that must be refused.

    Attributes:
        kind: What lies beside: a `prefix`, a `bucket`, a `key`, an `endpoint`, a `role`, and so on.
    """

    kind: str
    action: str
    resource: str
    keys: Mapping[str, str] = field(default_factory=dict)

    def words(self) -> str:
        """What a role that is not refused may do, as in `read s3://bucket/neighbour/part-0`."""
        key = f" with {', '.join(f'{name} {value}' for name, value in self.keys.items())}" if self.keys else ""
        if self.action not in _VERBS:
            return f"do {self.action} on {self.resource}{key}"
        where = self.resource.replace(_OBJECTS, "s3://")
        return f"{_VERBS[self.action]} {where}{f'/{self.keys[_PREFIX]}' if _PREFIX in self.keys else ''}"


def probes(requests: Iterable[Mapping[str, Any]], limited: Collection[str] = ()) -> list[Probe]:
    """The neighbours of the requests that were allowed, each once.

    Args:
        requests: As the embedded AWS lists them: `action`, `resource`, `keys`, `place`, `allowed`.
        limited: The condition keys that some statement of the role limits an invocation by.
    """
    allowed = [request for request in requests if request["allowed"]]
    found: dict[tuple[object, ...], Probe] = {}
    for probe in (probe for each in allowed for probe in _of(each, limited)):
        found.setdefault((probe.action, probe.resource, *probe.keys.items()), probe)
    return [probe for probe in found.values() if not _is_its_own(probe, allowed)]


def _of(request: Mapping[str, Any], limited: Collection[str]) -> Iterator[Probe]:
    action, resource, keys = request["action"], request["resource"], request["keys"]
    if action.startswith("s3:"):
        yield from _beside_objects(action, resource, keys, request["place"])
    for kind, beside in _beside(action, resource):
        yield Probe(kind=kind, action=action, resource=beside, keys=keys)
    if _PASSED_TO in keys:
        yield Probe(kind="service", action=action, resource=resource, keys={**keys, _PASSED_TO: _OTHER_SERVICE})
    for key in keys.keys() & set(limited):
        other = {**keys, key: f"{_NEIGHBOUR}-{keys[key]}"}
        yield Probe(kind=_LIMITS.get(key, key), action=action, resource=resource, keys=other)


def _beside_objects(action: str, resource: str, keys: Mapping[str, str], place: str | None) -> Iterator[Probe]:
    bucket, _, key = resource.removeprefix(_OBJECTS).partition("/")
    for beside in _siblings(place or ""):
        if _PREFIX in keys:
            yield Probe(kind="prefix", action=action, resource=resource, keys={**keys, _PREFIX: beside})
        else:
            name = key.rpartition("/")[2] or _NEIGHBOUR
            yield Probe(kind="prefix", action=action, resource=f"{_OBJECTS}{bucket}/{beside}{name}", keys=keys)
    other = f"{_OBJECTS}{bucket}-{_NEIGHBOUR}"
    yield Probe(kind="bucket", action=action, resource=f"{other}/{key}" if key else other, keys=keys)


def _siblings(place: str) -> tuple[str, ...]:
    """What lies beside a part of a bucket: next to it, and at the top; nothing where it is the whole bucket."""
    if not place:
        return ()
    top = f"{_NEIGHBOUR}/"
    if place.endswith("/"):
        return f"{place[:-1]}-{_NEIGHBOUR}/", top
    # Without a slash at its end, what merely begins like it is part of it.
    parent, slash, last = place.rpartition("/")
    return f"{parent}{slash}{_NEIGHBOUR}-{last}/", top


def _beside(action: str, resource: str) -> Iterator[tuple[str, str]]:
    """What a neighbour is, and its ARN."""
    if ":kms:" in resource:
        yield "key", f"{resource.rpartition('/')[0]}/{_NO_KEY}"
    elif ":sns:" in resource or ":sqs:" in resource:
        yield "topic" if ":sns:" in resource else "queue", f"{resource}-{_NEIGHBOUR}"
    elif ":log-group:" in resource:
        before, _, group = resource.partition(":log-group:")
        yield "log group", f"{before}:log-group:/{_NEIGHBOUR}/{group.lstrip('/')}"
    else:
        for kind, mark, actions in _NAMED:
            if mark in resource and (not actions or action.startswith(actions)):
                yield kind, f"{resource}-{_NEIGHBOUR}"


def _is_its_own(probe: Probe, allowed: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a probe is part of what the role does elsewhere, as `models/a-neighbour/` is of `models/`."""
    if not probe.action.startswith("s3:"):
        return False
    bucket, _, key = probe.resource.removeprefix(_OBJECTS).partition("/")
    at = probe.keys.get(_PREFIX, key)
    return any(
        request["action"] == probe.action
        and request["resource"].removeprefix(_OBJECTS).partition("/")[0] == bucket
        and request["place"] is not None
        and at.startswith(request["place"])
        for request in allowed
    )
