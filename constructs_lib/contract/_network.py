"""What security groups of a template let in, and which way its subnets lead out."""

from collections.abc import Iterator
from typing import Any

from ._scaling import references
from ._structure import Structure
from ._template import Resource, Template
from ._unresolved import is_unresolved

GROUP = "AWS::EC2::SecurityGroup"
_INGRESS = "AWS::EC2::SecurityGroupIngress"
_NUMBERS = {"tcp": "6", "6": "6", "-1": "-1"}

Ports = tuple[int, int]


def groups(structure: Structure, path: str) -> list[Resource] | None:
    """The security groups in the list at *path*; None where one is of elsewhere, or others may add to it."""
    template = structure.template
    listed = structure.get(path)
    found = [template.target(value, GROUP) for value in listed] if isinstance(listed, list) else []
    kept = [group for group in found if group is not None]
    if not kept or len(kept) != len(found) or any(group.logical_id in exported(group.template) for group in kept):
        return None
    return kept


def exported(template: Template) -> set[str]:
    """What other templates may add to: all that an output names."""
    return {part.logical_id for part in references(template, template.raw.get("Outputs"))}


def lets_in(template: Template, to: list[Resource], by: list[Resource], ports: Ports) -> bool:
    """Whether a rule of the groups *to* lets TCP in on all *ports* from one of the groups *by*, as far as is told."""
    return any(
        _covers(rule, ports) and _is_from(template, rule, by) for group in to for rule in _ingress(template, group)
    )


def _ingress(template: Template, group: Resource) -> Iterator[dict[str, Any]]:
    inline = group.get("SecurityGroupIngress", [])
    # What is not known may be any rule.
    yield from inline if isinstance(inline, list) else [{"IpProtocol": "-1"}]
    for rule in template.of_type(_INGRESS):
        meant = template.target(rule.properties.get("GroupId"), GROUP)
        if meant is group or meant is None:
            yield rule.properties


def _covers(rule: Any, ports: Ports) -> bool:
    if not isinstance(rule, dict) or is_unresolved(rule):
        return True
    protocol = rule.get("IpProtocol")
    if is_unresolved(protocol) or str(protocol) == "-1":
        return True
    low, high = (_port(rule.get(name)) for name in ("FromPort", "ToPort"))
    right = _NUMBERS.get(str(protocol).lower()) == "6"
    return right and (low is None or low <= ports[0]) and (high is None or high >= ports[1])


def _port(value: Any) -> int | None:
    """A port; None for all of them, and for what is not known."""
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _is_from(template: Template, rule: Any, by: list[Resource]) -> bool:
    if not isinstance(rule, dict) or "SourceSecurityGroupId" not in rule:
        # Addresses or a list of them: whether they are those of the machines is not told.
        return True
    source = template.target(rule["SourceSecurityGroupId"], GROUP)
    return source is None or source in by


def leads_out(template: Template, subnets: list[Resource]) -> bool:
    """Whether a route of the subnets leads out of their VPC; True where that is not told."""
    tables: set[str] = set()
    for link in template.of_type("AWS::EC2::SubnetRouteTableAssociation"):
        if template.target(link.properties.get("SubnetId")) in subnets:
            table = template.target(link.properties.get("RouteTableId"), "AWS::EC2::RouteTable")
            if table is None:
                return True
            tables.add(table.logical_id)
    ways = [*template.of_type("AWS::EC2::Route"), *template.of_type("AWS::EC2::GatewayRouteTableAssociation")]
    for way in ways:
        table = template.target(way.properties.get("RouteTableId"), "AWS::EC2::RouteTable")
        if table is None or table.logical_id in tables:
            return True
    return bool(template.of_type("AWS::EC2::VPNGatewayRoutePropagation"))
