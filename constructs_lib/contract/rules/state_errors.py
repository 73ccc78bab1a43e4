"""What states do when something fails: Retry and Catch."""

from collections.abc import Iterator
from typing import Any

from .._nearest import nearest
from .._unresolved import is_unresolved
from . import Fault, State, Template, number, rule, states

_ERRORS = "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html"
_SPEC = "https://states-language.net/spec.html#errors"

_MEMBERS = {
    "Retry": ("ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy"),
    "Catch": ("ErrorEquals", "Next", "ResultPath", "Assign", "Output"),
}
_BUILT_IN = (
    *("ALL", "BranchFailed", "DataLimitExceeded", "ExceedToleratedFailureThreshold", "HeartbeatTimeout", "Http.Socket"),
    *("IntrinsicFailure", "ItemReaderFailed", "NoChoiceMatched", "ParameterPathFailure", "Permissions"),
    *("QueryEvaluationError", "ResultPathMatchFailure", "ResultWriterFailed", "Runtime", "TaskFailed", "Timeout"),
)


@rule("SF141", "a Retry and a Catch name the errors that they are for", source=_SPEC)
def no_errors(template: Template) -> Iterator[Fault]:
    for state, path, item in _handlers(template):
        errors = item.get("ErrorEquals")
        if is_unresolved(errors):
            continue
        if not isinstance(errors, list) or not errors:
            yield state.machine.fault(
                f"{path}.ErrorEquals",
                f"ErrorEquals of {state.name} must be a list with at least one error, got {errors!r}",
                fix='name errors, or ["States.ALL"]',
                value=errors,
            )


@rule("SF142", "States.ALL stands alone", source=_SPEC)
def all_alone(template: Template) -> Iterator[Fault]:
    for state, path, item in _handlers(template):
        errors = item.get("ErrorEquals")
        if isinstance(errors, list) and "States.ALL" in errors and len(errors) > 1:
            yield state.machine.fault(
                f"{path}.ErrorEquals",
                f"States.ALL must stand alone in ErrorEquals of {state.name}, got {', '.join(map(str, errors))}",
                fix="take the other errors out, since it means all of them",
                value=errors,
            )


@rule("SF143", "States.ALL stands last", source=_SPEC)
def all_last(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        for key in _MEMBERS:
            listed = [item for _, item in _listed(state, key)]
            for index, item in enumerate(listed[:-1]):
                if item.get("ErrorEquals") == ["States.ALL"]:
                    yield state.machine.fault(
                        f"{state.path}.{key}[{index}].ErrorEquals",
                        f"States.ALL must stand in the last entry of {key} of {state.name}, got entry {index + 1} of "
                        f"{len(listed)}; those behind it are never asked",
                        fix="move it to the end",
                    )


@rule("SF144", "a Retry waits and repeats within the ranges of the language", source=_SPEC)
def retry_ranges(template: Template) -> Iterator[Fault]:
    ranges = (
        ("IntervalSeconds", 1, 99_999_999, True),
        ("MaxAttempts", 0, 99_999_999, True),
        ("BackoffRate", 1, None, False),
        ("MaxDelaySeconds", 1, 31_622_399, True),
    )
    for state, path, item in _handlers(template, "Retry"):
        for key, low, high, whole in ranges:
            value = item.get(key)
            if key not in item or is_unresolved(value):
                continue
            found = value if isinstance(value, int | float) and not isinstance(value, bool) else None
            if found is None or found < low or (high is not None and found > high) or (whole and found != int(found)):
                wanted = f"from {low} to {high}" if high else f"of at least {low}"
                yield state.machine.fault(
                    f"{path}.{key}",
                    f"{key} of {state.name} must be a {'whole ' if whole else ''}number {wanted}, got {value!r}",
                    fix="write a number in that range",
                    value=value,
                )


@rule("SF145", "the longest delay of a Retry is longer than its first", source=_ERRORS)
def delay_order(template: Template) -> Iterator[Fault]:
    for state, path, item in _handlers(template, "Retry"):
        first, longest = number(item.get("IntervalSeconds", 1)), number(item.get("MaxDelaySeconds"))
        if first is not None and longest is not None and 1 <= longest <= first:
            yield state.machine.fault(
                f"{path}.MaxDelaySeconds",
                f"MaxDelaySeconds of {state.name} must be more than IntervalSeconds ({first}), got {longest}",
                fix="raise it, or lower IntervalSeconds",
                value=longest,
            )


@rule("SF146", "the jitter of a Retry is FULL or NONE", source=_ERRORS)
def jitter(template: Template) -> Iterator[Fault]:
    for state, path, item in _handlers(template, "Retry"):
        value = item.get("JitterStrategy", "NONE")
        if value not in ("FULL", "NONE") and not is_unresolved(value):
            yield state.machine.fault(
                f"{path}.JitterStrategy",
                f"JitterStrategy of {state.name} must be one of FULL, NONE, got {value!r}",
                fix="write one of those",
                value=value,
            )


@rule("SF147", "a Retry and a Catch hold only what the language has", source=_SPEC)
def unknown_member(template: Template) -> Iterator[Fault]:
    for key, members in _MEMBERS.items():
        for state, path, item in _handlers(template, key):
            for name in item:
                if name not in (*members, "Comment"):
                    close = nearest(name, members)
                    hint = f"; did you mean {close}?" if close else ""
                    yield state.machine.fault(
                        f"{path}.{name}",
                        f"{name} is not a field of {key}{hint}",
                        fix="take it out, or write the name as the language has it",
                        value=name,
                    )


@rule("SF148", "a Catch says where to go", source=_SPEC)
def catch_without_next(template: Template) -> Iterator[Fault]:
    for state, path, item in _handlers(template, "Catch"):
        if "Next" not in item:
            yield state.machine.fault(
                f"{path}.Next", f"Catch of {state.name} must have Next, the state that handles the error", fix="add it"
            )


@rule("SF149", "an error that begins with States. is one that the language has", source=_ERRORS)
def unknown_error(template: Template) -> Iterator[Fault]:
    for state, path, item in _handlers(template):
        errors = item.get("ErrorEquals")
        for error in errors if isinstance(errors, list) else ():
            name = error.removeprefix("States.") if isinstance(error, str) else ""
            if not isinstance(error, str) or not error.startswith("States.") or name in _BUILT_IN:
                continue
            close = nearest(name, _BUILT_IN)
            hint = f"; did you mean States.{close}?" if close else ""
            yield state.machine.fault(
                f"{path}.ErrorEquals",
                f"{error} of {state.name} is not an error of the language{hint}",
                fix="name an error of the language, or one of your own without States.",
                value=error,
            )


def _handlers(template: Template, *keys: str) -> Iterator[tuple[State, str, dict[str, Any]]]:
    """Each entry of Retry and Catch of each state, and its path."""
    for state in template.once(states):
        for key in keys or _MEMBERS:
            for path, item in _listed(state, key):
                yield state, path, item


def _listed(state: State, key: str) -> list[tuple[str, dict[str, Any]]]:
    listed = state.body.get(key)
    if not isinstance(listed, list) or state.body.get("Type") not in ("Task", "Parallel", "Map"):
        return []
    return [
        (f"{state.path}.{key}[{index}]", item)
        for index, item in enumerate(listed)
        if isinstance(item, dict) and not is_unresolved(item)
    ]
