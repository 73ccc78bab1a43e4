"""The form that permissions are written in by hand: one row for a right, with where and when it holds.

Nothing here knows how the library renders a policy. Names in angle brackets are resources of the same template, by
their logical id without its hash: `<JobRole.Arn>`. The account is 111122223333, the region us-east-1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Conditions = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One right, or one refusal.

    Attributes:
        effect: `Allow` or `Deny`.
        actions: As in `s3:GetObject`; a `*` only where the policy itself has it.
        on: ARNs.
        when: Operator to key to values, of which one must hold.
        by: Who, in the policy of a resource or a role's trust: `Service sagemaker.amazonaws.com`, `AWS *`.
    """

    effect: str
    actions: tuple[str, ...]
    on: tuple[str, ...]
    when: Conditions = field(default_factory=dict)
    by: str | None = None


def allow(*actions: str, on: str | tuple[str, ...], when: Conditions | None = None, by: str | None = None) -> Row:
    """The right to do *actions* on each of *on*."""
    places = (on,) if isinstance(on, str) else on
    return Row(effect="Allow", actions=actions, on=places, when=when or {}, by=by)


def deny(*actions: str, on: str | tuple[str, ...], when: Conditions | None = None, by: str | None = None) -> Row:
    """The refusal of *actions* on each of *on*."""
    places = (on,) if isinstance(on, str) else on
    return Row(effect="Deny", actions=actions, on=places, when=when or {}, by=by)


def trust(service: str, when: Conditions, *actions: str) -> Row:
    """The right of *service* to take a role on; the role itself is the resource, so none is named."""
    names = actions or ("sts:AssumeRole",)
    return Row(effect="Allow", actions=names, on=("*",), when=when, by=f"Service {service}")


OF_THIS_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
BY_SAGEMAKER = trust(
    "sagemaker.amazonaws.com",
    {**OF_THIS_ACCOUNT, "ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:us-east-1:111122223333:*"}},
)


@dataclass(frozen=True, kw_only=True, order=True)
class Opening:
    """One rule of a security group.

    Attributes:
        way: `in` or `out`.
        protocol: `tcp`, `udp`, `icmp`, a number, or `-1` for any.
        ports: The first and the last; None where the protocol has none. Of ICMP they are type and code.
        peer: Who: a group, a range of addresses, a list of prefixes.
    """

    way: str
    protocol: str
    ports: tuple[int, int] | None
    peer: str


def let_in(peer: str, *ports: int, protocol: str = "tcp") -> Opening:
    """*peer* may come in, at one port, or from the first of two to the second."""
    return Opening(way="in", protocol=protocol, ports=(ports[0], ports[-1]) if ports else None, peer=peer)


def let_out(peer: str, *ports: int, protocol: str = "tcp") -> Opening:
    """*peer* may be reached, at one port, or from the first of two to the second."""
    return Opening(way="out", protocol=protocol, ports=(ports[0], ports[-1]) if ports else None, peer=peer)


@dataclass(frozen=True, kw_only=True)
class Role:
    """What one role may do, and who may take it on."""

    rows: tuple[Row, ...]
    trusted: tuple[Row, ...]


def role(*rows: Row, trusted: tuple[Row, ...] = (BY_SAGEMAKER,)) -> Role:
    """A role; one for SageMaker of this account unless *trusted* says otherwise."""
    return Role(rows=rows, trusted=trusted)


@dataclass(frozen=True, kw_only=True)
class Specification:
    """All that the policies of one template say.

    Attributes:
        roles: Logical id without its hash, to the role.
        resources: Logical id without its hash, to the rows of the resource's own policy.
        loose: Policies that hang on no role of the template, by their logical id: those of imported roles and those
            that grants make for grantees of elsewhere.
        groups: Security groups, as `<NetworkWorkloadGroup.GroupId>` or by their id, to all of their rules.
    """

    roles: Mapping[str, Role] = field(default_factory=dict)
    resources: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    loose: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    groups: Mapping[str, tuple[Opening, ...]] = field(default_factory=dict)
