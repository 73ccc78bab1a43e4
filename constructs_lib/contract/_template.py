"""A template as rules see it: conditions decided, literal functions worked out, the rest left as it is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from ._conditions import cases
from ._finding import Fault
from ._functions import conditions_in, decided, pieces
from ._unresolved import has_macro, is_unresolved

Json = dict[str, Any]
T = TypeVar("T")

# The CDK's own resource exists in a list of regions: one comparison each, and nothing that a rule looks at.
_NO_CASES = "AWS::CDK::Metadata"


class _Unknown:
    """A value that only a deployment knows. It is false."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()


@dataclass(frozen=True, slots=True)
class Reference:
    """A `Ref` or `Fn::GetAtt` in a value.

    Attributes:
        logical_id: A resource, a parameter, or a pseudo parameter such as `AWS::Region`.
        attribute: What `Fn::GetAtt` asks for; empty for `Ref`.
        resource: The resource that is meant; None for a parameter, and for what is not in the templates at hand.
    """

    logical_id: str
    attribute: str = ""
    resource: "Resource | None" = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One resource of a template.

    Attributes:
        logical_id: Its key in the template.
        type: As in `AWS::SageMaker::Model`.
        properties: Without `Fn::If` and `AWS::NoValue`. Any function that is not literal is left as it is: ask
            `known(value)` before you judge a value.
        attributes: The resource itself, with `DependsOn`, `Metadata`, `DeletionPolicy`, …
        template: Where it is.
    """

    logical_id: str
    type: str
    properties: Json
    attributes: Json
    template: "Template" = field(repr=False)

    @property
    def construct(self) -> str | None:
        """The construct path that the CDK writes into the metadata."""
        metadata = self.attributes.get("Metadata")
        path = metadata.get("aws:cdk:path") if isinstance(metadata, dict) else None
        return path if isinstance(path, str) else None

    def get(self, path: str, default: Any = None) -> Any:
        """The value at a dotted *path* of structures, such as `DataCaptureConfig.EnableCapture`; see `member`."""
        return member(self.properties, path, default)

    def items(self, path: str) -> Iterator[tuple[str, Any]]:
        """Path and value of each item of the list at *path*, for `member`; nothing where it is missing or unknown."""
        listed = self.get(path)
        if isinstance(listed, list):
            for index, item in enumerate(listed):
                yield f"{path}[{index}]", item

    def fault(self, path: str, message: str, *, fix: str = "", value: object = None) -> Fault:
        """What a rule yields for this resource; `Fault` describes the arguments."""
        return Fault(
            logical_id=self.logical_id, construct=self.construct, path=path, message=message, fix=fix, value=value
        )

    def skip(self, path: str) -> None:
        """Count the property at *path* as not judged, since only a deployment knows it."""
        self.template.skipped.add((self.logical_id, path))


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """One template under one outcome of its conditions.

    A rule is asked once for each outcome that is possible; findings that repeat are reported once.

    Attributes:
        name: As in `Finding.template`.
        raw: The template as it was read.
        resources: Logical id to resource; those whose condition does not hold are not there.
        skipped: What could not be judged; rules add to it through `Resource.skip`.
        exports: Name of an export to its template and value, over all templates that are checked together.
    """

    name: str
    raw: Json
    resources: dict[str, Resource] = field(default_factory=dict, repr=False)
    skipped: set[tuple[str, str]] = field(default_factory=set, repr=False)
    exports: Mapping[str, tuple["Template", Any]] = field(default_factory=dict, repr=False)
    _shared: dict[Any, Any] = field(default_factory=dict, repr=False)

    def of_type(self, *types: str) -> list[Resource]:
        """The resources of these types, in the order of the template."""
        return [resource for resource in self.resources.values() if resource.type in types]

    def once(self, work: Callable[["Template"], T]) -> T:
        """The result of *work* on this template, done once however many rules ask for it."""
        if work not in self._shared:
            self._shared[work] = work(self)
        result: T = self._shared[work]
        return result

    def fault(self, message: str, *, path: str = "", fix: str = "", value: object = None) -> Fault:
        """What a rule yields for the template as a whole."""
        return Fault(logical_id="", construct=None, path=path, message=message, fix=fix, value=value)

    def parts(self, value: Any) -> list[Any]:
        """A text taken apart: `str` where it is literal, `Reference` where it refers, UNKNOWN for anything else.

        `{"Fn::Join": ["/", ["endpoint", {"Ref": "E"}]]}` is `["endpoint/", Reference("E")]`, and so is the `Fn::Sub`.
        """
        joined: list[Any] = []
        for part in self._parts(value):
            if isinstance(part, str) and joined and isinstance(joined[-1], str):
                joined[-1] += part
            elif part != "":
                joined.append(part)
        return joined

    def target(self, value: Any, *types: str) -> "Resource | None":
        """The resource that *value* means: the only one that its references name, of one of *types* if any are given.

        None where it names none, several, one of another type, or one that is not in the templates at hand: a rule
        then has nothing to say. An `Fn::ImportValue` is followed into the templates that are checked together.
        """
        found = {part.resource for part in self.parts(value) if isinstance(part, Reference) and part.resource}
        if types:
            found = {resource for resource in found if resource.type in types}
        return found.pop() if len(found) == 1 else None

    def _parts(self, value: Any) -> Iterator[Any]:
        for piece in pieces(value):
            if isinstance(piece, str):
                yield piece if "{{resolve:" not in piece else UNKNOWN
                continue
            ((function, argument),) = piece.items() if isinstance(piece, dict) and len(piece) == 1 else (("", None),)
            if function == "Ref" and isinstance(argument, str):
                yield self._reference(argument)
            elif function == "Fn::GetAtt" and isinstance(argument, list) and len(argument) == 2:
                yield self._reference(*map(str, argument))
            elif function == "Fn::GetAtt" and isinstance(argument, str):
                yield self._reference(*argument.split(".", 1))
            elif function == "Fn::ImportValue" and isinstance(argument, str) and argument in self.exports:
                template, exported = self.exports[argument]
                # Without its own exports: an export of an import is not followed, since templates may form a ring.
                yield from replace(template, exports={})._parts(exported)
            else:
                yield UNKNOWN

    def _reference(self, logical_id: str, attribute: str = "") -> Reference:
        return Reference(logical_id, attribute, self.resources.get(logical_id))


def member(value: Any, path: str, default: Any = None) -> Any:
    """The value at a dotted *path* of structures below *value*.

    *default* where a part of it is missing; UNKNOWN where it, or a part on the way, is known only at deployment.
    """
    for name in path.split("."):
        if is_unresolved(value):
            return UNKNOWN
        if not isinstance(value, dict) or name not in value:
            return default
        value = value[name]
    return UNKNOWN if is_unresolved(value) else value


def known(value: Any) -> bool:
    """Whether *value* is there and not for a deployment to tell: neither UNKNOWN nor an unresolved function."""
    return value is not UNKNOWN and not is_unresolved(value)


def views(name: str, raw: Json, exports: Mapping[str, tuple[Template, Any]]) -> Iterator[Template]:
    """The template under each outcome of its conditions that is possible."""
    resources = {
        logical_id: resource
        for logical_id, resource in raw.get("Resources", {}).items()
        if isinstance(resource, dict) and isinstance(resource.get("Type"), str)
    }
    conditions = raw.get("Conditions")
    skipped: set[tuple[str, str]] = set()
    for case in cases(conditions if isinstance(conditions, dict) else {}, _used(resources)):
        template = Template(name, raw, skipped=skipped, exports=exports)
        for logical_id, resource in resources.items():
            if case.get(str(resource.get("Condition")), True):
                mappings = raw.get("Mappings")
                properties = decided(resource.get("Properties"), case, mappings if isinstance(mappings, dict) else {})
                if isinstance(properties, dict) and has_macro(properties):
                    # What it puts in, or changes, is not known: no rule can say anything of the resource.
                    skipped.add((logical_id, ""))
                    continue
                template.resources[logical_id] = Resource(
                    logical_id,
                    resource["Type"],
                    properties if isinstance(properties, dict) else {},
                    resource,
                    template,
                )
        yield template


def _used(resources: Mapping[str, Json]) -> set[str]:
    judged = [resource for resource in resources.values() if resource["Type"] != _NO_CASES]
    own = {str(resource["Condition"]) for resource in judged if "Condition" in resource}
    return own.union(*(conditions_in(resource.get("Properties")) for resource in judged))
