"""Values that only a running workflow knows, as they stand in text: JSONata that reads `$states`, from {% to %}.

Step Functions evaluates a text that is an expression from end to end and takes any other literally, so one with an
expression inside of it has to become an expression as a whole.
Source: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

import json
import re
from collections.abc import Mapping
from typing import Any

# Only what reads the state is ours: a text that holds `{% if x %}` is somebody's template.
_LATE = re.compile(r"\{%\s*((?:(?!%\}).)*?\$states\.(?:(?!%\}).)*?)\s*%\}", re.DOTALL)
_PATH = re.compile(r"[\w$.`-]+")
_WRAPPED = re.compile(rf"\$string\(({_PATH.pattern})\)")
_AROUND = r'/^\{"v":|\}$/'


def is_late(value: Any) -> bool:
    """Whether *value* is a text with something in it that only a running workflow knows."""
    return isinstance(value, str) and _LATE.search(value) is not None


def late_texts(value: Any) -> list[str]:
    """The texts anywhere in a request that hold something which only a running workflow knows, each once."""
    if isinstance(value, Mapping):
        return sorted({text for part in value.values() for text in late_texts(part)})
    if isinstance(value, list | tuple):
        return sorted({text for part in value for text in late_texts(part)})
    return [value] if is_late(value) else []


def runtime_problems(thing: str, value: Any) -> list[str]:
    """What stands in *value*, of which *thing* is made at deployment, and no workflow has filled in."""
    known = f"is known only while a workflow runs, and {thing} is made before; give what is fixed"
    return [f"{text!r} {known}" for text in late_texts(value)]


def expression(inside: str) -> str:
    """JSONata as Step Functions tells it from plain text."""
    return f"{{% {inside} %}}"


def literal(value: str) -> str:
    """A text in JSONata, whose strings know the escapes of JSON and no other: `\\'` is none of them."""
    if not re.search(r"['\\\x00-\x1f]|%\}", value):
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False).replace("%}", "%\\u007d")


def bare(value: str) -> str:
    """The JSONata of a text that is an expression as a whole, before what it gives was made a text."""
    inside = value.removeprefix("{%").removesuffix("%}").strip()
    wrapped = _WRAPPED.fullmatch(inside)
    return wrapped[1] if wrapped else inside


def joined(value: str) -> str:
    """A text that Step Functions evaluates: one expression, if there is any in it."""
    found = list(_LATE.finditer(value))
    if not found or found[0].group() == value:
        return value
    pieces, at = [], 0
    for late in found:
        pieces += [literal(value[at : late.start()])] if late.start() > at else []
        read = bare(late.group())
        read = read if _PATH.fullmatch(read) else f"({read})"
        pieces.append(_there(read, read))
        at = late.end()
    pieces += [literal(value[at:])] if at < len(value) else []
    return expression(" & ".join(pieces))


def joined_within(value: Any) -> Any:
    """*value* with each text in it joined: what a request has to be before Step Functions sees it."""
    if isinstance(value, str):
        return joined(value)
    if isinstance(value, dict):
        return {name: joined_within(item) for name, item in value.items()}
    return [joined_within(item) for item in value] if isinstance(value, list | tuple) else value


def as_json(value: str) -> str:
    """An expression that gives, as JSON, what the late text *value* gives: a number stays one, a text gets quotes."""
    inside = bare(joined(value))
    # `$string` of a text is that text; within an object it is written as JSON, and the object is then taken away.
    written = f"$replace($string({{'v': {inside}}}), {_AROUND}, '')"
    return expression(written if _PATH.fullmatch(inside) is None else _there(inside, written))


def known_start(value: str) -> str:
    """What the late text *value* begins with, as far as that is known; *value* may be joined already."""
    if not value.startswith("{%"):
        late = _LATE.search(value)
        return value[: late.start()] if late else value
    inside = value.removeprefix("{%").lstrip()
    if inside.startswith('"'):
        return str(json.JSONDecoder().raw_decode(inside)[0])
    return inside[1:].partition("'")[0] if inside.startswith("'") else ""


def _there(read: str, then: str) -> str:
    """*then*, where *read* gives anything: JSONata takes what is not there for an empty text."""
    return f"($exists({read}) ? {then} : $error({literal(f'{read} has no value')}))"
