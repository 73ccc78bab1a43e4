"""What policies allow, decided exactly: globs as languages, statements as sets of pairs of action and resource.

A pattern is text in which `*` is any text and `?` any one character, as IAM reads it. Everything is decided by walking
the automata of all patterns at once, so that "yes" and "no" are both proofs, and "no" comes with a witness. A policy
variable such as `${aws:username}` is text like any other: it stands for the same on both sides.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any

from ._iam_facts import prefixes, service

# What a `*` stands for in a witness, the first that no pattern has at that place.
_OTHERS = "xyzwvu0123456789_-"

Statement = Mapping[str, Any]
_Places = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Witness:
    """A call that is allowed and should not be.

    Attributes:
        action: As in `s3:PutObject`.
        resource: An ARN.
        statement: The index of the statement that allows it.
    """

    action: str
    resource: str
    statement: int


def matches(pattern: str, text: str) -> bool:
    """Whether *pattern* stands for *text*, character by character; IAM compares actions in any case: lower both."""
    # An automaton of one bit a place of the pattern: patterns and texts may be long.
    places = _automaton(pattern)
    return text.startswith(places.head) and places.holds_end(reduce(places.after, text, places.start))


def includes(outer: str, inner: str) -> bool:
    """Whether all that *inner* stands for is what *outer* stands for too."""
    return beyond(inner, (outer,)) is None


def overlaps(one: str, other: str) -> bool:
    """Whether there is a text that both patterns stand for."""
    places = _automaton(one)
    at = places.start
    for character in other:
        at = places.after_any(at) if character == "*" else places.after(at, None if character == "?" else character)
    return places.holds_end(at)


def beyond(inner: str, outers: Sequence[str]) -> str | None:
    """A shortest text that *inner* stands for and none of *outers* does; None where they cover it together."""
    return next((text for accepted, text in regions((inner, *outers)) if accepted == {0}), None)


def expanded(pattern: str) -> tuple[str, ...]:
    """The known actions that *pattern* such as `s3:Get*` stands for, as they are spelled.

    `*` stands for those of every service. Empty where there are none.
    """
    wanted = pattern.lower()
    found: list[str] = []
    name, colon, _ = wanted.partition(":")
    plain = colon and "*" not in name and "?" not in name
    for prefix in [name] if plain else prefixes():
        head = f"{prefix}:"
        # Most services are passed over without reading their actions.
        if not overlaps(wanted, f"{head}*"):
            continue
        known = service(prefix)
        found += (
            [f"{head}{name}" for small, name in known.actions.items() if matches(wanted, head + small)] if known else []
        )
    return tuple(found)


def regions(patterns: Sequence[str]) -> Iterator[tuple[frozenset[int], str]]:
    """Each set of *patterns* that some text is in, and in no other, with a shortest such text; the first set is that of
    the empty text.

    Texts that are in no pattern are not told unless a walk along the patterns meets one.
    """
    start = _start(patterns)
    waiting = deque([(start, "")])
    seen = {start}
    told: set[frozenset[int]] = set()
    while waiting:
        places, text = waiting.popleft()
        accepted = frozenset(index for index, at in places if at == len(patterns[index]))
        if accepted not in told:
            told.add(accepted)
            yield accepted, text
        for character in _characters(patterns, places):
            following = _step(patterns, places, character)
            if following not in seen:
                seen.add(following)
                waiting.append((following, text + character))


def allowed_beyond(statements: Sequence[Statement], specification: Sequence[Statement]) -> Witness | None:
    """A call that *statements* allow and *specification* does not; None where there is none.

    Both are lists of statements of a policy. A condition of the specification must be among those of the statement
    that it is to cover: the same operator and key, and no value more. A Deny of *statements* takes away only if it has
    no condition; a Deny of *specification* takes away with any. Principals are not looked at.
    """
    return next(_allowed_beyond(statements, specification), None)


def _allowed_beyond(statements: Sequence[Statement], specification: Sequence[Statement]) -> Iterator[Witness]:
    denied = [one for one in statements if one.get("Effect") == "Deny" and not one.get("Condition")]
    refused = [one for one in specification if one.get("Effect") == "Deny"]
    for index, given in enumerate(statements):
        if given.get("Effect") != "Allow":
            continue
        covering = [one for one in specification if one.get("Effect") == "Allow" and _implies(given, one)]
        rows = (given, *denied, *covering, *refused)
        allow, deny = range(1 + len(denied), 1 + len(denied) + len(covering)), range(1, 1 + len(denied))

        def too_much(
            acts: frozenset[int],
            allow: range = allow,
            deny: range = deny,
            last: int = len(rows),
        ) -> bool:
            if 0 not in acts or any(row in acts for row in deny):
                return False
            return not any(row in acts for row in allow) or any(row in acts for row in range(allow.stop, last))

        for by_action, action in _rows([_side(row, "Action", str.lower) for row in rows]):
            if 0 not in by_action:
                continue
            for by_resource, resource in _rows([_side(row, "Resource", str) for row in rows]):
                if too_much(by_action & by_resource):
                    yield Witness(action, resource, index)


@dataclass(frozen=True, slots=True)
class _Side:
    """The actions or the resources of a statement: those of the patterns, or all but those."""

    patterns: tuple[str, ...]
    without: bool

    def holds(self, accepted: frozenset[str]) -> bool:
        return any(pattern in accepted for pattern in self.patterns) != self.without


class _Automaton:
    """Where in a pattern one can be, a bit a place."""

    def __init__(self, pattern: str) -> None:
        wanted = re.sub(r"\*+", "*", pattern)
        self._length = len(wanted)
        self.head = re.split(r"[*?]", wanted, maxsplit=1)[0]
        self._stars = self._places(wanted, "*")
        self._any = self._places(wanted, "?")
        self._named = {name: self._places(wanted, name) for name in set(wanted) - {"*", "?"}}
        self.start = self._through(1)

    @staticmethod
    def _places(pattern: str, character: str) -> int:
        return sum(1 << index for index, here in enumerate(pattern) if here == character)

    def _through(self, at: int) -> int:
        return at | (at & self._stars) << 1

    def after(self, at: int, character: str | None) -> int:
        """The places behind one more *character*; None is any."""
        named = ~self._stars if character is None else self._named.get(character, 0) | self._any
        end = 1 << self._length
        return self._through(((at & named & (end - 1)) << 1) | (at & self._stars))

    def after_any(self, at: int) -> int:
        """The places behind any text: all from the first on."""
        return -(at & -at) & ((1 << self._length + 1) - 1) if at else 0

    def holds_end(self, at: int) -> bool:
        return bool(at >> self._length & 1)


@lru_cache(maxsize=512)
def _automaton(pattern: str) -> _Automaton:
    # One pattern is compared with all the actions of a service.
    return _Automaton(pattern)


def _side(statement: Statement, name: str, change: Callable[[str], str]) -> _Side:
    without = f"Not{name}" in statement
    given = statement.get(f"Not{name}" if without else name, "*")
    return _Side(tuple(change(text) for text in ([given] if isinstance(given, str) else given)), without)


def _rows(sides: Sequence[_Side]) -> Iterator[tuple[frozenset[int], str]]:
    """Each set of rows that some text is in, with such a text."""
    # All texts are one of the patterns, for those that are in no other.
    patterns = tuple(dict.fromkeys(("*", *(pattern for side in sides for pattern in side.patterns))))
    told: set[frozenset[int]] = set()
    for accepted, text in regions(patterns):
        names = frozenset(patterns[index] for index in accepted)
        rows = frozenset(row for row, side in enumerate(sides) if side.holds(names))
        if rows not in told:
            told.add(rows)
            yield rows, text


def _implies(given: Statement, asked: Statement) -> bool:
    """Whether the conditions of *asked* hold whenever those of *given* do."""
    have = given.get("Condition") or {}
    for operator, keys in (asked.get("Condition") or {}).items():
        own = {key.lower(): values for key, values in have.get(operator, {}).items()}
        for key, values in keys.items():
            mine = own.get(key.lower())
            # The values of a negated operator are alternatives that are all excluded: more of them is narrower.
            few, many = (values, mine) if "Not" in operator else (mine, values)
            if mine is None or not set(_listed(few)) <= set(_listed(many)):
                return False
    return True


def _listed(values: Any) -> Iterable[str]:
    return [str(value) for value in values] if isinstance(values, (list, tuple)) else [str(values)]


def _start(patterns: Sequence[str]) -> _Places:
    return frozenset(place for index in range(len(patterns)) for place in _reached(patterns, index, 0))


def _step(patterns: Sequence[str], places: _Places, character: str) -> _Places:
    """Where all patterns are after one more character."""
    found: set[tuple[int, int]] = set()
    for index, at in places:
        pattern = patterns[index]
        if at < len(pattern) and pattern[at] == "*":
            found.update(_reached(patterns, index, at))
        elif at < len(pattern) and pattern[at] in ("?", character):
            found.update(_reached(patterns, index, at + 1))
    return frozenset(found)


def _reached(patterns: Sequence[str], index: int, at: int) -> Iterator[tuple[int, int]]:
    """The place, and those behind it that no character is needed for."""
    pattern = patterns[index]
    yield index, at
    while at < len(pattern) and pattern[at] == "*":
        at += 1
        yield index, at


def _characters(patterns: Sequence[str], places: _Places) -> Iterator[str]:
    """One character of each kind that leads on: those that a pattern names here, and one that none names."""
    here = {patterns[index][at] for index, at in places if at < len(patterns[index])}
    named = here - {"*", "?"}
    yield from sorted(named)
    if here & {"*", "?"}:
        yield next((other for other in _OTHERS if other not in named), "\N{REPLACEMENT CHARACTER}")
