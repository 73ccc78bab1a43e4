"""Reads a CloudFormation template: values, references, and which resources scale."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from constructs_lib._internal.checks import nearest
from constructs_lib.errors import ConfigurationError

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
ALARM = "AWS::CloudWatch::Alarm"
_SUBJECT = "the template"
# The API's integers end there.
MOST_CAPACITY = 2**31 - 1
# Far more than any template needs, and far less than Python's own functions can follow.
_DEEPEST = 100
Properties = Mapping[str, Any]


def refuse(problem: str) -> NoReturn:
    """Say what is wrong with the template or with what is asked of it."""
    raise ConfigurationError(_SUBJECT, [problem])


@dataclass(frozen=True, slots=True)
class Template:
    """A template with the values of its parameters.

    Attributes:
        name: How messages call it: its path, or `the template`.
        resources: Logical id to resource.
        parameters: Parameter name to the value that is known: the one given, or its default.
    """

    name: str
    resources: Mapping[str, Mapping[str, Any]]
    parameters: Mapping[str, Any]

    @staticmethod
    def load(source: str | Path | Mapping[str, Any], parameters: Mapping[str, Any]) -> "Template":
        """Read *source*, a path of a JSON template or the template itself."""
        name = _SUBJECT if isinstance(source, Mapping) else str(source)
        content = source if isinstance(source, Mapping) else _content(source)
        if _is_deeper(content, _DEEPEST):
            refuse(f"{name} is nested more than {_DEEPEST} levels deep")
        resources = content.get("Resources") if isinstance(content, Mapping) else None
        if not isinstance(resources, Mapping) or not all(isinstance(each, Mapping) for each in resources.values()):
            refuse(f"{name} is not a CloudFormation template: it has no Resources")
        declared = content.get("Parameters") or {}
        if not isinstance(declared, Mapping) or not all(isinstance(each, Mapping) for each in declared.values()):
            refuse(f"Parameters of {name} are not written out as the CloudFormation reference shapes them")
        unknown = sorted(set(parameters) - set(declared))
        if unknown:
            refuse(f"{name} has no parameter {unknown[0]!r}{nearest(unknown[0], declared)}")
        known = {
            parameter: each["Default"]
            for parameter, each in declared.items()
            # The default of an SSM parameter is the name it has in the parameter store, not its value.
            if "Default" in each and not str(each.get("Type", "")).startswith("AWS::SSM::")
        }
        return Template(name, resources, {**known, **parameters})

    def of_type(self, resource_type: str) -> Iterator[tuple[str, Properties]]:
        """Logical id and properties of each resource of a type."""
        for logical_id, resource in self.resources.items():
            if resource.get("Type") == resource_type:
                properties = resource.get("Properties")
                yield logical_id, properties if isinstance(properties, Mapping) else {}

    def number(self, value: Any, what: str) -> float:
        """A number that may be a text or a reference to a parameter; *what* names it in the message."""
        resolved = self._resolved(value)
        if isinstance(resolved, bool) or not isinstance(resolved, int | float | str):
            self._unknown(value, what)
        try:
            number = float(resolved)
        except OverflowError:
            number = math.inf
        except ValueError:
            self._unknown(value, what)
        if not math.isfinite(number):
            refuse(f"{what} must be a finite number, got {json.dumps(value, default=str)[:40]}")
        return resolved if isinstance(resolved, int | float) else number

    def _unknown(self, value: Any, what: str) -> NoReturn:
        reference = value.get("Ref") if isinstance(value, Mapping) else None
        fix = f"; give it as --parameter {reference}=…" if isinstance(reference, str) else ""
        refuse(f"{what} is not known before deployment: {json.dumps(value, default=str)}{fix}")

    def whole(self, value: Any, what: str) -> int:
        """A whole number of 0 or more, as the API's integers are."""
        number = self.number(value, what)
        if not 0 <= number <= MOST_CAPACITY or number != int(number):
            refuse(f"{what} must be a whole number from 0 to {MOST_CAPACITY}, got {number:g}")
        return int(number)

    def text(self, value: Any) -> str:
        """A text; what only a deployment knows is written as Fn::Sub would: `${Endpoint.EndpointName}`."""
        value = self._resolved(value)
        if not isinstance(value, Mapping) or len(value) != 1:
            return str(value)
        match value:
            case {"Fn::Join": [between, list() as parts]}:
                return str(between).join(self.text(part) for part in parts)
            case {"Fn::Sub": str() as text} | {"Fn::Sub": [str() as text]}:
                return self._substituted(text, {})
            case {"Fn::Sub": [str() as text, {} as values]}:
                return self._substituted(text, values)
            case {"Fn::GetAtt": list() as path}:
                return f"${{{'.'.join(map(str, path))}}}"
            case {"Fn::GetAtt": str() as name} | {"Ref": str() as name}:
                return f"${{{name}}}"
        ((function, argument),) = value.items()
        return f"${{{function} {json.dumps(argument, default=str)}}}"

    def refers_to(self, value: Any, logical_id: str) -> bool:
        """Whether *value* is the reference to a resource, or to an attribute of it."""
        text = self.text(value)
        return text == f"${{{logical_id}}}" or (text.startswith(f"${{{logical_id}.") and text.endswith("}"))

    def _resolved(self, value: Any) -> Any:
        match value:
            case {"Ref": str() as name} if len(value) == 1 and name in self.parameters:
                return self.parameters[name]
        return value

    def _substituted(self, text: str, values: Mapping[str, Any]) -> str:
        def filled(match: re.Match[str]) -> str:
            name = match[1].strip()
            if name in values:
                return self.text(values[name])
            return str(self.parameters.get(name, f"${{{name}}}"))

        return re.sub(r"\$\{([^!}][^}]*)\}", filled, text)


@dataclass(frozen=True, slots=True)
class Target:
    """One scalable target of SageMaker.

    Attributes:
        logical_id: Its logical id.
        dimension: Such as `sagemaker:variant:DesiredInstanceCount`.
        resource_id: Its text, as `Template.text` writes it.
        properties: As the template has them.
    """

    logical_id: str
    dimension: str
    resource_id: str
    properties: Properties


def the_target(template: Template, wanted: str | None) -> Target:
    """The target to preview: *wanted* by logical id, or the only one there is."""
    found = {
        logical_id: Target(logical_id, dimension, template.text(properties.get("ResourceId", "")), properties)
        for logical_id, properties in template.of_type(TARGET)
        if (dimension := template.text(properties.get("ScalableDimension", ""))).startswith("sagemaker:")
    }
    if not found:
        refuse(f"{template.name} has no scalable target of SageMaker ({TARGET} with ServiceNamespace sagemaker)")
    listed = ", ".join(f"{each.logical_id} ({each.resource_id})" for each in found.values())
    if wanted is None and len(found) > 1:
        refuse(f"{template.name} has several scalable targets; choose one with --target: {listed}")
    if wanted is not None and wanted not in found:
        refuse(f"{template.name} has no scalable target {wanted!r}; it has {listed}")
    return found[wanted] if wanted is not None else next(iter(found.values()))


def _content(path: str | Path) -> Any:
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        refuse(f"{path} cannot be read: {error.strerror}")
    except ValueError as error:
        refuse(f"{path} is not JSON: {error}; a template in YAML must be turned into JSON first")
    except RecursionError:
        refuse(f"{path} is nested more than {_DEEPEST} levels deep")


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether lists and mappings lie in each other more than *levels* deep."""
    found = [value]
    for _ in range(levels + 1):
        nested = [each for each in found if isinstance(each, Mapping | list | tuple)]
        found = [item for each in nested for item in (each.values() if isinstance(each, Mapping) else each)]
        if not found:
            return False
    return True


def members(value: Any, what: str) -> Properties:
    """*value* where it is a mapping, nothing where it is left out."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        refuse(f"{what} is not written out as the CloudFormation reference shapes it")
    return value


def items(value: Any, what: str) -> list[Any]:
    """*value* where it is a list, nothing where it is left out."""
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        refuse(f"{what} is not written out as the CloudFormation reference shapes it")
    return list(value)
