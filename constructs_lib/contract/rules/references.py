"""What a template refers to: resources that are there, and attributes that types of SageMaker and its scaling have."""

from collections.abc import Iterator
from typing import Any

from .._cloudformation import attributes
from .._functions import pieces
from .._nearest import nearest
from . import Fault, Resource, Template, rule

_GET_ATT = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getatt.html"
)
_REF = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html"

# Id, attribute, and where: a reference without an attribute has an empty one, and DependsOn has neither.
Named = tuple[Resource, str, str, str]


@rule("SM113", "an attribute of a resource is one that its type returns", source=_GET_ATT)
def unknown_attribute(template: Template) -> Iterator[Fault]:
    for resource, path, id, attribute in template.once(_named):
        named = template.raw["Resources"].get(id)
        type = named.get("Type") if isinstance(named, dict) else None
        returned = attributes(type) if isinstance(type, str) and attribute else ()
        if not returned or attribute in returned:
            continue
        close = nearest(attribute, returned)
        hint = f"; did you mean {close}?" if close else ""
        yield resource.fault(
            path,
            f"{type} returns {', '.join(returned)}, and not {attribute} of {id}{hint}",
            fix="ask for an attribute that the type returns, or write the value that you set",
            value=attribute,
        )


@rule("SM114", "what a resource refers to is in the template", source=_REF)
def nothing_there(template: Template) -> Iterator[Fault]:
    raw = template.raw
    # A macro writes resources and parameters that nobody sees before.
    if "Transform" in raw or _has_macro(raw["Resources"]):
        return
    parameters = raw.get("Parameters")
    declared = {*raw["Resources"], *(parameters if isinstance(parameters, dict) else ())}
    for resource, path, id, attribute in template.once(_named):
        # A module names what it makes after itself.
        if id in declared or id.startswith("AWS::") or id.partition(".")[0] in declared:
            continue
        close = nearest(id, declared, 0.8)
        hint = f"; did you mean {close}?" if close else ""
        what = f"{id}.{attribute}" if attribute else id
        yield resource.fault(
            path,
            f"{what} is neither a resource nor a parameter of the template{hint}",
            fix="name what the template has",
            value=id,
        )


def _named(template: Template) -> list[Named]:
    """Every reference of every resource, with where it is."""
    found: list[Named] = []
    for resource in template.resources.values():
        depends = resource.attributes.get("DependsOn")
        for id in depends if isinstance(depends, list) else [depends]:
            if isinstance(id, str):
                found.append((resource, "DependsOn", id, ""))
        found += [(resource, path, id, attribute) for path, id, attribute in _below(resource.properties, "")]
    return found


def _below(value: Any, path: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _below(item, f"{path}[{index}]")
    for name, item in value.items() if isinstance(value, dict) else ():
        if name == "Ref" and isinstance(item, str):
            yield path, item, ""
        elif name == "Fn::GetAtt":
            parts = item.split(".", 1) if isinstance(item, str) else item
            if isinstance(parts, list) and len(parts) == 2 and all(isinstance(part, str) for part in parts):
                yield path, parts[0], parts[1]
        elif name == "Fn::Sub":
            for piece in pieces(value):
                yield from _below(piece, path) if piece != value else ()
        else:
            # A function is no place of its own.
            yield from _below(item, path if name.startswith("Fn::") else f"{path}.{name}".lstrip("."))


def _has_macro(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_has_macro, value))
    if not isinstance(value, dict):
        return False
    return any(
        str(name).startswith(("Fn::Transform", "Fn::ForEach")) or _has_macro(item) for name, item in value.items()
    )
