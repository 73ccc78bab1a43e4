"""The forms of paths, of intrinsic functions and of JSONata in a state machine."""

import re
from collections.abc import Iterator

# How many arguments each function takes.
# https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
INTRINSICS: dict[str, tuple[int, int]] = {
    "States.Array": (0, 1000),
    "States.ArrayContains": (2, 2),
    "States.ArrayGetItem": (2, 2),
    "States.ArrayLength": (1, 1),
    "States.ArrayPartition": (2, 2),
    "States.ArrayRange": (3, 3),
    "States.ArrayUnique": (1, 1),
    "States.Base64Decode": (1, 1),
    "States.Base64Encode": (1, 1),
    "States.Format": (1, 1000),
    "States.Hash": (2, 2),
    "States.JsonMerge": (3, 3),
    "States.JsonToString": (1, 1),
    "States.MathAdd": (2, 2),
    "States.MathRandom": (2, 3),
    "States.StringSplit": (2, 2),
    "States.StringToJson": (1, 1),
    "States.UUID": (0, 0),
}
_CALL = re.compile(r"([A-Za-z][\w.]*)\s*\(")
_ROOT = re.compile(r"\$\$|\$[A-Za-z_]\w*|\$")
_NAME = re.compile(r"[^.\[\]()'\"\s][^.\[\]()'\"]*")
_WORD = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?|null|true|false")
_PAIRS = {"(": ")", "[": "]", "{": "}"}
# What a reference path, which names one place, may not hold: https://states-language.net/spec.html#ref-paths
_SEVERAL = re.compile(r"\.\.|\*|\[\s*\?|\[[^\]'\"]*[:,][^\]'\"]*\]|\(|@")


def path_problem(text: str, *, reference: bool = False) -> str | None:
    """What is wrong with a JSONPath, or with a reference path; None where nothing is."""
    root = _ROOT.match(text)
    if root is None:
        return "it does not begin with $"
    at = root.end()
    while at < len(text):
        if text[at] == "[":
            end = _closed(text, at)
            if end is None:
                return "a bracket is not closed"
            if end == at + 2:
                return "a bracket is empty"
            at = end
        elif text[at] == ".":
            at += 2 if text.startswith("..", at) else 1
            if text.startswith("[", at):
                continue
            name = _NAME.match(text, at)
            if name is None:
                return "a dot has no name behind it"
            at = name.end()
        elif text[at] == "(":
            end = _closed(text, at)
            if end is None:
                return "a parenthesis is not closed"
            at = end
        else:
            return f"{text[at]!r} stands where a dot or a bracket should"
    if reference and _SEVERAL.search(re.sub(r"'[^']*'|\"[^\"]*\"", "''", text)):
        return "it may name several places, and a reference path names one"
    return None


def value_problem(text: str) -> str | None:
    """What is wrong with the value of a member that ends in `.$`: a path or a function; None where nothing is."""
    if text.startswith("$"):
        return path_problem(text)
    if not _CALL.match(text):
        return "it is neither a path that begins with $ nor an intrinsic function"
    try:
        end = _function(text, 0)
    except ValueError as error:
        return str(error)
    return None if not text[end:].strip() else f"{text[end:].strip()!r} stands behind the function"


def _function(text: str, at: int) -> int:
    call = _CALL.match(text, at)
    if call is None:
        raise ValueError("an argument is neither a path, a literal nor a function")
    name = call[1]
    if name not in INTRINSICS:
        raise ValueError(f"{name} is not an intrinsic function")
    count, at = 0, _space(text, call.end())
    while not text.startswith(")", at):
        at = _space(text, _argument(text, at))
        count += 1
        if text.startswith(",", at):
            at = _space(text, at + 1)
        elif not text.startswith(")", at):
            raise ValueError(f"the parenthesis of {name} is not closed")
    low, high = INTRINSICS[name]
    if not low <= count <= high:
        wanted = str(low) if low == high else f"at least {low}" if high > 9 else f"{low} to {high}"
        raise ValueError(f"{name} takes {wanted} arguments, got {count}")
    return at + 1


def _argument(text: str, at: int) -> int:
    if text.startswith("'", at):
        end = re.compile(r"'(\\.|[^'\\])*'", re.DOTALL).match(text, at)
        if end is None:
            raise ValueError("a quote is not closed")
        return end.end()
    if text.startswith("$", at):
        end_of_path = _until(text, at)
        problem = path_problem(text[at:end_of_path].rstrip())
        if problem:
            raise ValueError(f"in {text[at:end_of_path].rstrip()}: {problem}")
        return end_of_path
    word = _WORD.match(text, at)
    return word.end() if word else _function(text, at)


def _until(text: str, at: int) -> int:
    """Where the path that begins at *at* ends: before a comma or a parenthesis of the function around it."""
    while at < len(text) and text[at] not in ",)":
        at = (_closed(text, at) or len(text)) if text[at] in "[(" else at + 1
    return at


def _space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _closed(text: str, at: int) -> int | None:
    """The place behind the bracket that closes the one at *at*."""
    waiting: list[str] = []
    for place, character in _outside_quotes(text, at):
        if character in _PAIRS:
            waiting.append(_PAIRS[character])
        elif character in _PAIRS.values():
            if not waiting or waiting.pop() != character:
                return None
            if not waiting:
                return place + 1
    return None


def _outside_quotes(text: str, at: int) -> Iterator[tuple[int, str]]:
    quote = ""
    while at < len(text):
        character = text[at]
        if character == "\\" and quote:
            at += 1
        elif quote:
            quote = "" if character == quote else quote
        elif character in "'\"`":
            quote = character
        else:
            yield at, character
        at += 1


def expression_problem(text: str) -> str | None:
    """What is wrong with a text that may be JSONata; None where nothing is, and where it is plain text."""
    opened, closed = text.startswith("{%"), text.endswith("%}")
    if opened != closed:
        return "it begins with {% and does not end with %}" if opened else "it ends with %} and does not begin with {%"
    if not opened:
        return None
    inside = text[2:-2]
    if not inside.strip():
        return "there is nothing between {% and %}"
    # A regular expression and a comment may hold any bracket.
    if "/" in inside:
        return None
    waiting: list[str] = []
    for _, character in _outside_quotes(inside, 0):
        if character in _PAIRS:
            waiting.append(_PAIRS[character])
        elif character in _PAIRS.values() and (not waiting or waiting.pop() != character):
            return f"{character!r} closes what is not open"
    return f"{waiting[-1]!r} is missing" if waiting else None
