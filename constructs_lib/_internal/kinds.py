"""Whether arguments are of the kind that their annotations say, told before anything is done with them.

A value object and a construct begin with it: what follows may then rely on the annotations, and a text where an object
is needed ends in a ConfigurationError and not in a traceback from inside.
"""

import builtins
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from constructs_lib._internal.checks import is_token, nearest

# What to write where a value of the class is wanted, for classes that do not tell by a method that makes one.
_EXAMPLES = {
    "Archive": "store.artifact('models/model.tar.gz')",
    "AutoRollback": "AutoRollback(…), .on_alarms(…) or .never()",
    "CompilationTarget": "CompilationTarget.device('ml_g4dn')",
    "Condition": "Condition.metric(job, 'validation:accuracy') >= 0.9",
    "Container": "Container(image=…)",
    "ContainerImage": "ContainerImage.built_in(…) or ContainerImage.from_framework(…)",
    "DeploymentPolicy": "AllAtOnce(…), Canary(…), Linear(…) or Rolling(…)",
    "Duration": "Duration.hours(12)",
    "EventPattern": "events.EventPattern(source=[…])",
    "IKey": "kms.Key.from_key_arn(…)",
    "IManagedPolicy": "iam.ManagedPolicy.from_managed_policy_arn(…)",
    "IPrefixList": "ec2.PrefixList.from_lookup(…)",
    "IRuleTarget": "targets.SnsTopic(…)",
    "IRole": "ExecutionRole(…)",
    "ITopic": "sns.Topic(…)",
    "ISecurityGroup": "ec2.SecurityGroup(…)",
    "IVpc": "ec2.Vpc.from_lookup(…)",
    "InstanceType": "InstanceType('ml.g5.xlarge')",
    "Machines": "Cluster(instance_type=…)",
    "ModelPackageGroupBase": "ModelPackageGroup(…) or ModelPackageGroup.from_group_name(…)",
    "NetworkBase": "Network(…) or Network.from_vpc(…)",
    "ParameterRange": "ContinuousParameterRange(…)",
    "Readable": "store.location('data')",
    "S3Location": "store.location('data')",
    "S3Object": "store.artifact('models/model.tar.gz')",
    "Size": "Size.gibibytes(50)",
    "SubnetSelection": "ec2.SubnetSelection(subnet_group_name='inner')",
    "Schedule": "events.Schedule.rate(…)",
    "ModelBase": "Model(…) or Model.from_model_name(…)",
}
_WORDS = {bool: "True or False", int: "a whole number", float: "a number", str: "text"}


def field_problems(value: Any) -> list[str]:
    """The fields of a dataclass that hold another kind of value than they are annotated with, one sentence each."""
    kind: Any = type(value)
    kinds = _field_kinds(kind)
    return [problem for name, wanted in kinds.items() for problem in kind_problems(name, getattr(value, name), wanted)]


def argument_problems(function: Callable[..., Any], arguments: Mapping[str, Any]) -> list[str]:
    """The arguments of a construct that are of another kind than annotated, one sentence each.

    Args:
        function: The constructor.
        arguments: What it was called with by name, which is `locals()` in its first statement. What it does not name
            is no argument, and its scope and id are the CDK's own to check.
    """
    kinds = _argument_kinds(function)
    return [problem for name, wanted in kinds.items() for problem in kind_problems(name, arguments[name], wanted)]


def kind_problems(field: str, value: Any, wanted: Any) -> list[str]:
    """Why *value* is none of the kind that the annotation *wanted* means, one sentence each.

    A token is of its kind: text, a number or a list. An `IResolvable` is a switch, and becomes text or a number by
    `Token.as_string` or `Token.as_number`.
    """
    return list(_problems(field, value, wanted))


@cache
def _field_kinds(kind: Any) -> dict[str, Any]:
    names = [(field.name, field.type) for field in fields(kind)]
    homes = {name: base for base in reversed(kind.__mro__) for name in vars(base).get("__annotations__", {})}
    return {name: _resolved(wanted, vars(sys.modules[homes[name].__module__])) for name, wanted in names}


@cache
def _argument_kinds(function: Callable[..., Any]) -> dict[str, Any]:
    known = inspect.unwrap(function).__globals__
    return {
        name: _resolved(parameter.annotation, known)
        for name, parameter in inspect.signature(function).parameters.items()
        if name not in ("self", "scope", "id")
    }


class _Names(dict[str, Any]):
    """Names of a module; one that only a type checker imports stands for any kind."""

    def __missing__(self, name: str) -> Any:
        return getattr(builtins, name, Any)


def _resolved(annotation: Any, known: Mapping[str, Any]) -> Any:
    if not isinstance(annotation, str):
        return annotation
    try:
        return eval(annotation, {}, _Names(known))  # noqa: S307 -- an annotation in the code of this package
    except AttributeError:
        # A name in a module that only a type checker imports.
        return Any


def _problems(field: str, value: Any, wanted: Any) -> Iterator[str]:
    if isinstance(wanted, str):  # the name of a class inside of another annotation, which is defined further down
        return
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin in (Union, UnionType):
        yield from _union_problems(field, value, inner)
    elif origin is tuple and (len(inner) != 2 or inner[1] is not Ellipsis):
        yield from _tuple_problems(field, value, inner)
    elif origin in (Sequence, tuple, list):
        if not isinstance(value, list | tuple):
            yield _must_be(field, value, wanted)
        else:
            for number, item in enumerate(value):
                yield from _problems(f"{field}[{number}]", item, inner[0])
    elif origin in (Mapping, dict):
        if not isinstance(value, Mapping):
            yield _must_be(field, value, wanted)
        else:
            for key, item in value.items():
                if not isinstance(key, str):
                    yield f"{field} must have names that are text, got {key!r}"
                yield from _problems(f"{field}[{key!r}]", item, inner[1])
    elif isinstance(wanted, type) and wanted is not Any and not _is_of_class(value, wanted):
        yield _must_be(field, value, wanted)


def _union_problems(field: str, value: Any, options: tuple[Any, ...]) -> Iterator[str]:
    if value is None and NoneType in options:
        return
    options = tuple(option for option in options if option is not NoneType)
    found = [list(_problems(field, value, option)) for option in options]
    if all(found):
        # Where one alternative says which part of the value is wrong, that is the one that was meant.
        parts = [problems for problems in found if not problems[0].startswith(f"{field} must be ")]
        yield from parts[0] if parts else [_must_be(field, value, *options)]


def _tuple_problems(field: str, value: Any, inner: tuple[Any, ...]) -> Iterator[str]:
    if not isinstance(value, list | tuple) or len(value) != len(inner):
        yield f"{field} must be {len(inner)} values, got {value!r}"
        return
    for number, (item, kind) in enumerate(zip(value, inner, strict=True)):
        yield from _problems(f"{field}[{number}]", item, kind)


def _is_of_class(value: Any, wanted: type) -> bool:
    # The CDK takes an `IResolvable` for a switch, and for no number. Text is looked into all over: split, matched.
    if wanted is bool and _is_late(value):
        return True
    if wanted in (int, float):
        return _is_number(value, wanted)
    if getattr(wanted, "_is_protocol", False):
        # A place in a bucket has a `key_arn` too, and is no key.
        no_construct = hasattr(wanted, "__jsii_type__") and is_dataclass(value)
        return not no_construct and all(hasattr(value, member) for member in _members(wanted))
    if hasattr(wanted, "__jsii_struct__") and isinstance(value, Mapping):
        return True
    return isinstance(value, wanted)


def _is_number(value: Any, wanted: type) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    # A CfnParameter's number is a float, whatever it counts.
    # What is beyond a float, infinity among it, JSON has no word for.
    return is_token(value) or ((wanted is float or isinstance(value, int)) and abs(value) <= sys.float_info.max)


def _is_late(value: Any) -> bool:
    """Whether it is an `IResolvable`: what is not text or number, but known only at deployment."""
    # A stack has both methods, and is no token.
    return hasattr(value, "to_string") and hasattr(value, "resolve") and is_token(value)


@cache
def _members(protocol: type) -> tuple[str, ...]:
    """The members that tell a protocol.

    The CDK's interfaces are protocols too. Of theirs the ARN is enough (`key_arn`, `role_arn`): jsii's objects know no
    `isinstance`, and to look at a member of one may be a call to Node.
    """
    members = tuple(name for name in vars(protocol) if not name.startswith("_"))
    if not hasattr(protocol, "__jsii_type__"):
        return members
    return tuple(name for name in members if name.endswith("_arn"))[:1] or members[:1]


def _must_be(field: str, value: Any, *options: Any) -> str:
    return f"{field} must be {' or '.join(dict.fromkeys(map(_words, options)))}, got {value!r}{_meant(value, options)}"


def _words(wanted: Any) -> str:
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin in (Sequence, tuple, list):
        return "a list" if inner[0] is Any else f"a list of {_name(inner[0])}"
    if origin in (Mapping, dict):
        return "a mapping" if inner[1] is Any else f"a mapping of names to {_name(inner[1])}"
    if wanted in _WORDS:
        return _WORDS[wanted]
    if issubclass(wanted, Enum):
        return f"one of {', '.join(f'{wanted.__name__}.{member.name}' for member in wanted)}"
    return f"such as {_EXAMPLES.get(wanted.__name__) or _made_by(wanted)}"


def _name(wanted: Any) -> str:
    if get_origin(wanted) in (Union, UnionType):
        return " or ".join(map(_name, get_args(wanted)))
    return {str: "text", int: "whole numbers", float: "numbers"}.get(wanted) or str(wanted.__name__)


def _made_by(wanted: type) -> str:
    """`Channel.from_s3(…)`: the first method of the class that makes one, or the class itself."""
    for name, method in vars(wanted).items():
        made = isinstance(method, staticmethod) and method.__func__.__annotations__.get("return")
        if made == wanted.__name__:
            return f"{wanted.__name__}.{name}(…)"
    return f"{wanted.__name__}(…)"


def _meant(value: Any, options: tuple[Any, ...]) -> str:
    """How to write what was meant: a token as text, a text as the member of an enumeration that it is near."""
    if type(value).__name__ == "CreateModelStep":
        return "; write Model.from_model_name(scope, id, step.model_name, role=step.role) of it"
    if _is_late(value) and not _WORDS.keys().isdisjoint(options):
        return f"; write Token.{'as_string' if str in options else 'as_number'}(…) of it"
    enums = [option for option in options if isinstance(option, type) and issubclass(option, Enum)]
    if not isinstance(value, str) or not enums:
        return ""
    spellings = {
        spelling: f"{member.__class__.__name__}.{member.name}"
        for enum in enums
        for member in enum
        for spelling in (member.name.lower(), str(member.value).lower())
    }
    if value.lower() in spellings:
        return f"; write {spellings[value.lower()]}"
    return nearest(value, spellings.values())
