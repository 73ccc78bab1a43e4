"""What each type of state must hold and may hold."""

import re
from collections.abc import Iterator

from .._asl import FIELDS
from .._nearest import nearest
from .._unresolved import is_unresolved
from . import Fault, State, Template, boolean, number, rule, states

_SPEC = "https://states-language.net/spec.html"
_CHOICE = "https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html"
_MAP = "https://docs.aws.amazon.com/step-functions/latest/dg/state-map.html"
_DISTRIBUTED = "https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html"
_FAIL = "https://docs.aws.amazon.com/step-functions/latest/dg/state-fail.html"

_LONGEST = 99_999_999
_WAITS = ("Seconds", "Timestamp", "SecondsPath", "TimestampPath")
_ORDERED = ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
_COMPARISONS = (
    *(f"{kind}{order}" for kind in ("String", "Numeric", "Timestamp") for order in _ORDERED),
    "BooleanEquals",
)
_TESTS = ("IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean", "IsTimestamp")
_OPERATORS = (*_COMPARISONS, *(f"{name}Path" for name in _COMPARISONS), *_TESTS, "StringMatches", "And", "Or", "Not")
# Of a Choice rule, both of them: https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
_RULE = ("Next", "Variable", "Condition", "Comment", "Assign", "Output")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_EXCLUDED = (
    *((name, f"{name}Path") for name in ("TimeoutSeconds", "HeartbeatSeconds", "MaxConcurrency", "Error", "Cause")),
    *((name, f"{name}Path") for name in ("ToleratedFailurePercentage", "ToleratedFailureCount")),
    *(("ItemProcessor", "Iterator"), ("ItemSelector", "Parameters"), ("Items", "ItemsPath")),
)
_ONLY_DISTRIBUTED = (
    *("ItemReader", "ItemBatcher", "ResultWriter", "Label", "ToleratedFailurePercentage"),
    *("ToleratedFailurePercentagePath", "ToleratedFailureCount", "ToleratedFailureCountPath"),
)


@rule("SF120", "a state is of a type that the language has", source=_SPEC)
def unknown_type(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        type = state.body.get("Type")
        if is_unresolved(type) or (isinstance(type, str) and type in FIELDS):
            continue
        close = nearest(type, FIELDS) if isinstance(type, str) else None
        hint = f"; did you mean {close}?" if close else ""
        yield state.machine.fault(
            f"{state.path}.Type",
            f"the Type of {state.name} must be one of {', '.join(FIELDS)}, got {type!r}{hint}",
            fix="write one of those types",
            value=type,
        )


@rule("SF121", "a state holds only what its type has", source=_SPEC)
def unknown_field(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        fields = FIELDS.get(str(state.body.get("Type")))
        for key in state.body if fields else ():
            if fields and key not in fields.split():
                close = nearest(key, fields.split())
                hint = f"; did you mean {close}?" if close else ""
                yield state.machine.fault(
                    f"{state.path}.{key}",
                    f"{key} is not a field of a {state.body['Type']} state{hint}",
                    fix="take it out, or write the name as the language has it",
                    value=key,
                )


@rule("SF122", "a state holds what its type cannot do without", source=_SPEC)
def missing_field(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        type, body = state.body.get("Type"), state.body
        if type == "Task" and "Resource" not in body:
            yield _missing(state, "Resource", "the ARN of what does the work")
        if type == "Parallel" and "Branches" not in body:
            yield _missing(state, "Branches", "a list of branches")
        if type == "Choice" and "Choices" not in body:
            yield _missing(state, "Choices", "a list of rules")
        if type == "Map" and "ItemProcessor" not in body and "Iterator" not in body:
            yield _missing(state, "ItemProcessor", "the states that each item goes through")


def _missing(state: State, key: str, what: str) -> Fault:
    return state.machine.fault(
        f"{state.path}.{key}", f"{state.name} is a {state.body['Type']} state and must have {key}, {what}", fix="add it"
    )


@rule("SF123", "a Wait state says exactly once how long it waits", source=_SPEC)
def wait_once(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        given = [key for key in _WAITS if key in state.body]
        if state.body.get("Type") == "Wait" and len(given) != 1:
            yield state.machine.fault(
                state.path,
                f"{state.name} must have exactly one of {', '.join(_WAITS)}, got {', '.join(given) or 'none'}",
                fix="keep one of them",
            )


@rule("SF124", "a Parallel state has branches and a Choice state has rules", source=_SPEC)
def empty_list(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        key = {"Parallel": "Branches", "Choice": "Choices"}.get(str(state.body.get("Type")), "")
        value = state.body.get(key, [{}])
        if key and not is_unresolved(value) and not (isinstance(value, list) and value):
            yield state.machine.fault(
                f"{state.path}.{key}",
                f"{key} of {state.name} must be a list with at least one entry, got {value!r}",
                fix="add one, or take the state out",
                value=value,
            )


@rule("SF125", "a value and the path to it exclude each other", source=_SPEC)
def value_and_path(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        for one, other in _EXCLUDED:
            if one in state.body and other in state.body:
                yield state.machine.fault(
                    f"{state.path}.{other}",
                    f"{state.name} must have only one of {one} and {other}, got both",
                    fix="keep one of them",
                    value=state.body[other],
                )


@rule("SF126", "times of a state are whole seconds from 1 to 99999999", source=_SPEC)
def seconds_range(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        # A Wait state of no seconds goes on at once.
        for key, low in (("TimeoutSeconds", 1), ("HeartbeatSeconds", 1), ("Seconds", 0)):
            value = state.body.get(key)
            if key not in state.body or is_unresolved(value):
                continue
            seconds = value if isinstance(value, int | float) and not isinstance(value, bool) else None
            if seconds is None or not low <= seconds <= _LONGEST or seconds != int(seconds):
                yield state.machine.fault(
                    f"{state.path}.{key}",
                    f"{key} of {state.name} must be a whole number from {low} to {_LONGEST}, got {value!r}",
                    fix="write seconds in that range",
                    value=value,
                )


@rule("SF127", "a heartbeat is shorter than the time limit", source=_SPEC)
def heartbeat(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        beat, limit = number(state.body.get("HeartbeatSeconds")), number(state.body.get("TimeoutSeconds"))
        if beat is not None and limit is not None and 1 <= limit <= beat:
            yield state.machine.fault(
                f"{state.path}.HeartbeatSeconds",
                f"HeartbeatSeconds of {state.name} must be less than TimeoutSeconds ({limit}), got {beat}",
                fix="lower it, or raise TimeoutSeconds",
                value=beat,
            )


@rule("SF128", "a Timestamp is a date and a time with its zone", source=_SPEC)
def timestamp(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        value = state.body.get("Timestamp")
        if state.body.get("Type") != "Wait" or "Timestamp" not in state.body or is_unresolved(value):
            continue
        if not isinstance(value, str) or not _TIMESTAMP.fullmatch(value):
            yield state.machine.fault(
                f"{state.path}.Timestamp",
                f"Timestamp of {state.name} must be like 2026-03-14T01:59:00Z, got {value!r}",
                fix="write an RFC 3339 time with a capital T and a zone",
                value=value,
            )


@rule("SF129", "a rule of a Choice state compares once and says where to go", source=_CHOICE)
def choice_rule(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        listed = state.body.get("Choices")
        if state.body.get("Type") != "Choice" or not isinstance(listed, list) or is_unresolved(listed):
            continue
        for index, choice in enumerate(listed):
            where = f"{state.path}.Choices[{index}]"
            if is_unresolved(choice):
                continue
            for problem in _choice_problems(choice, state.jsonata, top=True):
                yield state.machine.fault(where, f"Choices[{index}] of {state.name} {problem}", fix="correct the rule")


def _choice_problems(choice: object, jsonata: bool, top: bool) -> Iterator[str]:
    if not isinstance(choice, dict):
        yield f"must be an object, got {choice!r}"
        return
    if top and "Next" not in choice:
        yield "must have Next"
    if jsonata:
        if "Condition" not in choice:
            yield "must have a Condition"
        return
    for key in choice:
        if key not in _OPERATORS and key not in _RULE:
            close = nearest(key, (*_OPERATORS, *_RULE))
            yield f"must not have {key}, which is no comparison" + (f"; did you mean {close}?" if close else "")
    operators = [key for key in choice if key in _OPERATORS]
    if len(operators) != 1 and all(key in _OPERATORS or key in _RULE for key in choice):
        yield f"must have exactly one comparison, got {', '.join(operators) or 'none'}"
    if set(operators) - {"And", "Or", "Not"} and "Variable" not in choice:
        yield "must have a Variable, the path to what it compares"
    for key in ("And", "Or"):
        listed = choice.get(key)
        for inner in listed if isinstance(listed, list) and not is_unresolved(listed) else ():
            yield from _choice_problems(inner, jsonata, top=False) if not is_unresolved(inner) else ()
    if "Not" in choice and not is_unresolved(choice["Not"]):
        yield from _choice_problems(choice["Not"], jsonata, top=False)


@rule("SF130", "the mode of a Map state is one that the language has", source=_MAP)
def map_mode(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        config = _processor(state)
        for key, allowed in (("Mode", ("INLINE", "DISTRIBUTED")), ("ExecutionType", ("STANDARD", "EXPRESS"))):
            value = config.get(key)
            if value is not None and not is_unresolved(value) and value not in allowed:
                yield state.machine.fault(
                    f"{state.path}.ItemProcessor.ProcessorConfig.{key}",
                    f"{key} of {state.name} must be one of {', '.join(allowed)}, got {value!r}",
                    fix="write one of those",
                    value=value,
                )
        if config.get("Mode") == "DISTRIBUTED" and "ExecutionType" not in config:
            yield state.machine.fault(
                f"{state.path}.ItemProcessor.ProcessorConfig.ExecutionType",
                f"{state.name} is distributed and must have an ExecutionType, STANDARD or EXPRESS",
                fix="add it",
            )


@rule("SF131", "a Map state that is not distributed has nothing that only a distributed one takes", source=_DISTRIBUTED)
def only_distributed(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        config = _processor(state)
        inner = state.body.get("ItemProcessor", state.body.get("Iterator"))
        if state.body.get("Type") != "Map" or is_unresolved(inner) or config.get("Mode", "INLINE") != "INLINE":
            continue
        for key in _ONLY_DISTRIBUTED:
            if key in state.body:
                yield state.machine.fault(
                    f"{state.path}.{key}",
                    f"{key} of {state.name} needs ProcessorConfig with Mode DISTRIBUTED",
                    fix="take it out, or make the map distributed",
                    value=state.body[key],
                )


def _processor(state: State) -> dict[str, object]:
    inner = state.body.get("ItemProcessor", state.body.get("Iterator"))
    config = inner.get("ProcessorConfig") if isinstance(inner, dict) else None
    if state.body.get("Type") != "Map" or config is None:
        return {}
    return config if isinstance(config, dict) and not is_unresolved(config) else {"Mode": config}


@rule("SF132", "the end of a state is true or false", source=_SPEC)
def end_is_boolean(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        end = state.body.get("End")
        if "End" in state.body and not is_unresolved(end) and not isinstance(end, bool):
            meant = "; Step Functions reads no texts" if boolean(end) is not None else ""
            yield state.machine.fault(
                f"{state.path}.End",
                f"End of {state.name} must be true or false, got {end!r}{meant}",
                fix="write true without quotes",
                value=end,
            )


@rule("SF133", "a number of items or failures of a Map state is in its range", source=_MAP)
def map_numbers(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        for key, high in (
            ("MaxConcurrency", None),
            ("ToleratedFailureCount", None),
            ("ToleratedFailurePercentage", 100),
        ):
            value = state.body.get(key)
            if key not in state.body or is_unresolved(value) or state.body.get("Type") != "Map":
                continue
            fine = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
            if not fine or (high is not None and value > high):
                wanted = "a number of at least 0" if high is None else f"a number from 0 to {high}"
                yield state.machine.fault(
                    f"{state.path}.{key}",
                    f"{key} of {state.name} must be {wanted}, got {value!r}",
                    fix="write a number in that range",
                    value=value,
                )


@rule("SF134", "the error of a Fail state is text", source=_FAIL)
def fail_text(template: Template) -> Iterator[Fault]:
    for state in template.once(states):
        for key in ("Error", "Cause"):
            value = state.body.get(key, "")
            if state.body.get("Type") == "Fail" and not isinstance(value, str) and not is_unresolved(value):
                yield state.machine.fault(
                    f"{state.path}.{key}",
                    f"{key} of {state.name} must be text, got {value!r}",
                    fix=f"write text, or fill it in with {key}Path",
                    value=value,
                )
