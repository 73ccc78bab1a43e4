"""Reads every policy of a rendered template: what roles may do, who may take them on, what resources let others do."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.permissions.specification import Opening

PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "111122223333",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "Case",
}
# Where each type of resource keeps its own policy, and the property that says whose it is; None is itself.
RESOURCE_POLICIES: Mapping[str, tuple[str, str | None]] = {
    "AWS::EC2::VPCEndpoint": ("PolicyDocument", None),
    "AWS::ECR::Repository": ("RepositoryPolicyText", None),
    "AWS::EFS::FileSystem": ("FileSystemPolicy", None),
    "AWS::KMS::Key": ("KeyPolicy", None),
    "AWS::S3::BucketPolicy": ("PolicyDocument", "Bucket"),
    "AWS::SNS::TopicPolicy": ("PolicyDocument", "Topics"),
    "AWS::SQS::QueuePolicy": ("PolicyDocument", "Queues"),
}
# Where a rule of a security group says whom it is for; it has exactly one of them.
PEERS = (
    "CidrIp",
    "CidrIpv6",
    "DestinationPrefixListId",
    "DestinationSecurityGroupId",
    "SourcePrefixListId",
    "SourceSecurityGroupId",
)
# Types whose names say that they hold a policy of IAM and that this module reads in another place.
READ_WITH_THEIR_ROLES = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy")


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement, all of its references resolved to text.

    Attributes:
        effect: `Allow` or `Deny`.
        actions: As the policy has them.
        resources: ARNs; `*` where a trust policy or the like names none.
        conditions: Operator to key to texts.
        by: The principals; None in a policy of a role.
    """

    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]]
    by: tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True)
class Policies:
    """Every policy of one template, by the logical ids without their hashes.

    Attributes:
        roles: What each role may do.
        trusts: Who may take it on.
        resources: The policies of resources.
        loose: Policies that hang on no role of this template.
        groups: The rules of security groups, of this template or from elsewhere.
    """

    roles: dict[str, list[Statement]] = field(default_factory=dict)
    trusts: dict[str, list[Statement]] = field(default_factory=dict)
    resources: dict[str, list[Statement]] = field(default_factory=dict)
    loose: dict[str, list[Statement]] = field(default_factory=dict)
    groups: dict[str, list[Opening]] = field(default_factory=dict)


class Reader:
    """Reads one template."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        """Name its resources."""
        self.resources: dict[str, Any] = template.get("Resources", {})
        names: dict[str, list[str]] = defaultdict(list)
        for logical_id in self.resources:
            names[re.sub(r"[0-9A-F]{8}$", "", logical_id)].append(logical_id)
        # Two that differ in the hash alone keep it.
        self._names = {one: short if len(ids) == 1 else one for short, ids in names.items() for one in ids}

    def read(self) -> Policies:
        """Every policy; a kind of policy that nobody reads here is an error, so that none goes unseen."""
        found = Policies()
        for logical_id, resource in self.resources.items():
            kind, properties = resource["Type"], resource.get("Properties", {})
            if kind == "AWS::IAM::Role":
                self._read_role(found, logical_id, properties)
            elif kind in READ_WITH_THEIR_ROLES:
                self._read_policy(found, logical_id, properties)
            elif kind in RESOURCE_POLICIES:
                document, owner = RESOURCE_POLICIES[kind]
                of = self._owner(properties[owner]) if owner else self._names[logical_id]
                if document in properties:
                    found.resources.setdefault(of, []).extend(self.statements(properties[document]))
            elif kind.startswith("AWS::EC2::SecurityGroup"):
                self._read_group(found, kind, logical_id, properties)
            elif kind.endswith("Policy") and kind not in ("AWS::ApplicationAutoScaling::ScalingPolicy",):
                raise AssertionError(f"{kind} is a policy that no check reads")
        return found

    def _read_role(self, found: Policies, logical_id: str, properties: Mapping[str, Any]) -> None:
        name = self._names[logical_id]
        found.trusts[name] = self.statements(properties["AssumeRolePolicyDocument"])
        own = found.roles.setdefault(name, [])
        for policy in properties.get("Policies", []):
            own += self.statements(policy["PolicyDocument"])
        for arn in properties.get("ManagedPolicyArns", []):
            raise AssertionError(f"{name} has the policy {self.text(arn)}, whose statements are not in the template")

    def _read_policy(self, found: Policies, logical_id: str, properties: Mapping[str, Any]) -> None:
        statements = self.statements(properties["PolicyDocument"])
        named = [ref["Ref"] for ref in properties.get("Roles", []) if isinstance(ref, dict)]
        here = [name for name in named if name in self.resources]
        for name in here:
            found.roles.setdefault(self._names[name], []).extend(statements)
        if not here:
            found.loose.setdefault(self._names[logical_id], []).extend(statements)

    def _read_group(self, found: Policies, kind: str, logical_id: str, properties: Mapping[str, Any]) -> None:
        if kind == "AWS::EC2::SecurityGroup":
            own = found.groups.setdefault(f"<{self._names[logical_id]}.GroupId>", [])
            ways = (("in", "SecurityGroupIngress"), ("out", "SecurityGroupEgress"))
            own += [self._opening(way, rule) for way, name in ways for rule in properties.get(name, [])]
            # EC2 opens every way out of a group that says nothing of it.
            if not properties.get("SecurityGroupEgress"):
                own.append(Opening(way="out", protocol="-1", ports=None, peer="0.0.0.0/0"))
        else:
            way = {"AWS::EC2::SecurityGroupIngress": "in", "AWS::EC2::SecurityGroupEgress": "out"}[kind]
            found.groups.setdefault(self.text(properties["GroupId"]), []).append(self._opening(way, properties))

    def _opening(self, way: str, rule: Mapping[str, Any]) -> Opening:
        (peer,) = (rule[name] for name in PEERS if name in rule)
        ports = (rule["FromPort"], rule["ToPort"]) if "FromPort" in rule else None
        return Opening(way=way, protocol=self.text(rule["IpProtocol"]), ports=ports, peer=self.text(peer))

    def _owner(self, value: Any) -> str:
        (only,) = value if isinstance(value, list) else [value]
        return self.text(only).strip("<>")

    def statements(self, document: Any) -> list[Statement]:
        """The statements of a document."""
        return [self._statement(statement) for statement in _listed(document["Statement"])]

    def _statement(self, statement: Mapping[str, Any]) -> Statement:
        unread = set(statement) - {"Sid", "Effect", "Action", "Resource", "Condition", "Principal"}
        assert not unread, f"{sorted(unread)} of a statement is not read here"
        by = tuple(self._principals(statement["Principal"])) if "Principal" in statement else None
        return Statement(
            effect=statement["Effect"],
            actions=tuple(_listed(statement["Action"])),
            resources=tuple(self.text(value) for value in _listed(statement.get("Resource", "*"))),
            conditions={
                operator: {key: tuple(self.text(value) for value in _listed(values)) for key, values in keys.items()}
                for operator, keys in statement.get("Condition", {}).items()
            },
            by=by,
        )

    def _principals(self, principal: Any) -> Iterator[str]:
        if isinstance(principal, str):
            yield f"AWS {principal}"
            return
        for kind, values in principal.items():
            for value in _listed(values):
                yield f"{kind} {self.text(value)}"

    def text(self, value: Any) -> str:
        """A value with its references as names in angle brackets."""
        if isinstance(value, str | bool | int):
            return str(value).lower() if isinstance(value, bool) else str(value)
        ((function, argument),) = value.items()
        match function:
            case "Ref":
                return PSEUDO.get(argument) or f"<{self._names.get(argument, argument)}>"
            case "Fn::GetAtt":
                resource, attribute = argument
                return f"<{self._names[resource]}.{attribute}>"
            case "Fn::Join":
                delimiter, parts = argument
                return str(delimiter).join(map(self.text, parts))
            case "Fn::Sub" if isinstance(argument, str):
                return re.sub(r"\$\{([^}!]+)\}", lambda name: self.text({"Ref": name[1]}), argument)
            case "Fn::FindInMap" | "Fn::Select" | "Fn::Split" | "Fn::ImportValue":
                return f"<{function[4:]} {json.dumps(argument)}>"
        raise AssertionError(f"{function} in a policy is not read here")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
