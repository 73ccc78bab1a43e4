"""Rules that every folder shares: each returns one sentence, or None when the value is fine or not known yet."""

import json
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from constructs_lib.errors import ConfigurationError

if TYPE_CHECKING:
    from constructs import IConstruct

    # What an error is about: a name, a construct, or a scope and the id of what is about to be made in it.
    Subject = str | IConstruct | tuple[IConstruct, str]


def is_token(value: Any) -> bool:
    """Whether *value* is known only at deployment, told without a call into the jsii kernel.

    The CDK writes a token into a string as `${Token[…]}`, into a list as `#{Token[…]}` and into a number as a huge
    negative one; any other object is an IResolvable. Source: aws-cdk-lib core/lib/private/encoding.ts.
    """
    if isinstance(value, str):
        return "${Token[" in value or "#{Token[" in value
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int | float):
        return -sys.float_info.max <= value < -1e280
    if isinstance(value, list | tuple):
        return any(is_token(item) for item in value)
    # Other objects of the CDK, such as a Duration, are no tokens.
    kind = type(value)
    return (hasattr(kind, "resolve") and hasattr(kind, "creation_stack")) or kind.__name__ == "InterfaceDynamicProxy"


def require(subject: "Subject", *problems: str | Iterable[str | None] | None) -> None:
    """Raise one ConfigurationError with all *problems* that are not None; an iterable adds its own problems.

    The path of a construct is asked for when there is a problem only: it costs two calls into the jsii kernel.
    """
    found: list[str] = []
    for problem in problems:
        if isinstance(problem, str):
            found.append(problem)
        elif problem is not None:
            found.extend(each for each in problem if each is not None)
    if found:
        raise ConfigurationError(_path_of(subject), found)


def _path_of(subject: "Subject") -> str:
    if isinstance(subject, str):
        return subject
    if isinstance(subject, tuple):
        scope, id = subject
        return f"{scope.node.path}/{id}"
    return str(subject.node.path)


def between(field: str, value: float | None, low: float, high: float, *, unit: str = "") -> str | None:
    """A number inside its range, of which both ends are part; *unit* is said where the argument's name does not."""
    if value is None or is_token(value) or low <= value <= high:
        return None
    return f"{field} must be between {low} and {high}{unit and ' '}{unit}, got {value!r}"


def at_least(field: str, value: float | None, low_field: str, low: float | None) -> str | None:
    """A number that may not be below another argument's."""
    if value is None or low is None or is_token(value) or is_token(low) or value >= low:
        return None
    return f"{field} must not be below {low_field} ({low}), got {value!r}; raise {field} or lower {low_field}"


def one_of(field: str, value: Any, allowed: Collection[Any], *, fix: str = "") -> str | None:
    """A member of a closed list; the nearest one is named when the list is long."""
    if is_token(value) or value in allowed:
        return None
    if len(allowed) <= 12:
        return f"{field} must be one of {', '.join(map(repr, allowed))}, got {value!r}{fix}"
    return f"{field} is not known: {value!r}{nearest(str(value), map(str, allowed))}{fix}"


def nearest(value: str, allowed: Iterable[str]) -> str:
    """`; did you mean …` with up to three look-alikes, or nothing."""
    close = get_close_matches(value, list(allowed), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(map(repr, close))}" if close else ""


def matches(field: str, value: Any, pattern: str, *, shape: str) -> str | None:
    """Text that fits *pattern* from end to end; *shape* says the pattern in words."""
    if isinstance(value, str) and (is_token(value) or re.fullmatch(pattern, value)):
        return None
    return f"{field} must be {shape}, got {value!r}"


def is_unicode(text: str) -> bool:
    """Whether it can be encoded; half of a pair of surrogates, as bad bytes in the name of a file give, cannot."""
    return not re.search(r"[\ud800-\udfff]", text)


def address(field: str, value: Any) -> str | None:
    """An address of mail; RFC 3696 lets it have 64 characters before the @ and 255 behind."""
    part = r"[^@\s,\x00-\x1f\x7f\ud800-\udfff]+"
    return matches(field, value, rf"(?=.{{3,320}}$){part}@{part}", shape="an address such as 'on-call@example.com'")


def is_a(field: str, value: Any, wanted: Any, fix: str) -> str | None:
    """A value of the right class, for arguments where a text or an ARN is the usual slip; *fix* says what to write."""
    if isinstance(value, wanted):
        return None
    return f"{field} must be {fix}, got {value!r}"


def has(field: str, value: Any, attribute: str, fix: str, *, optional: bool = True) -> str | None:
    """A construct of the right kind, told by what it has: jsii's interfaces know no `isinstance`.

    None is fine where the argument is *optional*.
    """
    if (optional and value is None) or hasattr(value, attribute):
        return None
    return f"{field} must be {fix}, got {value!r}"


def grantee_problem(grantee: Any) -> str | None:
    """A caller that cannot be given rights; a name or an ARN is the usual slip."""
    problem = has("grantee", grantee, "grant_principal", "a role, user or function to give rights to", optional=False)
    # By its name, because value objects come here too and must not start Node.
    if problem is not None or type(grantee.grant_principal).__name__ != "UnknownPrincipal":
        return problem
    return (
        "grantee must have a role that is known, which what is imported by its name or ARN has not; import it with its "
        f"role, such as Function.from_function_attributes(…, role=…), or give the role itself, got {grantee!r}"
    )


def removal_problem(policy: Any) -> str | None:
    """A policy that none of our resources has: CloudFormation knows snapshots of disks and databases only.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
    """
    # By its name, because value objects come here too and must not start Node; what is no policy is told elsewhere.
    if getattr(policy, "name", None) != "SNAPSHOT":
        return None
    return f"removal_policy must be another than RemovalPolicy.SNAPSHOT, of which there is none here, got {policy!r}"


def whole(field: str, value: Any, low: int) -> str | None:
    """A whole number, at least *low*."""
    if _is_late_number(value) or (isinstance(value, int) and not isinstance(value, bool) and value >= low):
        return None
    return f"{field} must be a whole number of at least {low}, got {value!r}"


def above_zero(field: str, value: Any) -> str | None:
    """A number, whole or not, above 0; infinity is none, and JSON has no word for it."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if _is_late_number(value) or (number and 0 < value <= sys.float_info.max):
        return None
    return f"{field} must be a number above 0, got {value!r}"


def level(field: str, value: Any, *, factor: float = 1) -> str | None:
    """A number above 0 to hold a metric against, which counts in *factor* times the units of *value*.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
    """
    problem = above_zero(field, value)
    if problem is not None or is_token(value) or value * factor <= 2.0**360:
        return problem
    return f"{field} is too large, got {value!r}; no metric goes beyond 2^360"


def _is_late_number(value: Any) -> bool:
    """A number that is known only at deployment; a text with a token in it is none, nor is an `IResolvable`."""
    return isinstance(value, int | float) and is_token(value)


def known_at_synth(field: str, value: Any, why: str) -> str | None:
    """What may be no token; *why* says what happens to it while the app is synthesized."""
    return (
        f"{field} must be known when the app is synthesized, because {why}, got {value!r}" if is_token(value) else None
    )


def late_list_problem(field: str, values: Sequence[Any], why: str) -> str | None:
    """A list whose length only the deployment knows, such as that of a CfnParameter; its items may be known late."""
    # The CDK puts one such text into the list: aws-cdk-lib core/lib/private/encoding.ts.
    if not any(isinstance(value, str) and "#{Token[" in value for value in values):
        return None
    return known_at_synth(field, values, why)


def fits_json(field: str, value: Any) -> str | None:
    """What JSON can hold; an IResolvable in it is left to the CDK."""
    try:
        json.dumps(value, allow_nan=False, default=_late)
        named = _is_named_by_text(value)
    except (TypeError, ValueError, RecursionError):
        named = False
    if not named:
        return f"{field} must be texts, finite numbers, lists and mappings of them, as JSON can hold, got {value!r}"
    return None


def holds_token(value: Any) -> bool:
    """Whether a token lies anywhere in lists and mappings."""
    if isinstance(value, Mapping):
        return any(holds_token(part) for pair in value.items() for part in pair)
    return any(map(holds_token, value)) if isinstance(value, list | tuple) else is_token(value)


def _is_named_by_text(value: Any) -> bool:
    """Whether all mappings in *value* have names that are text: JSON would make some of another, such as '1' of 1."""
    if isinstance(value, Mapping):
        return all(isinstance(name, str) and _is_named_by_text(part) for name, part in value.items())
    return all(map(_is_named_by_text, value)) if isinstance(value, list | tuple) else True


def _late(value: Any) -> str:
    if is_token(value):
        return ""
    raise TypeError


def unique(field: str, values: Iterable[str]) -> str | None:
    """Names that may not repeat."""
    repeated = sorted(value for value, count in Counter(values).items() if count > 1)
    if not repeated:
        return None
    return f"{field} must be unique, got {', '.join(map(repr, repeated))} more than once"
