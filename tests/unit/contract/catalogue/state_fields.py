"""States that hold what their type does not have, or lack what it needs."""

from typing import Any

from . import Examples, Json
from .state_machines import ALL, EACH, END, IN_BRANCH, alone, chain, go
from .state_requests import as_object, machine

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:f"


def task(**members: Any) -> Json:
    return alone({"Type": "Task", "Resource": FUNCTION, "End": True, **members})


def wait(**members: Any) -> Json:
    return alone({"Type": "Wait", "End": True, **members})


def choice(*rules: Json, **members: Any) -> Json:
    return machine(chain({"Type": "Choice", "Choices": list(rules), "Default": "Last", **members}))


def rule(**members: Any) -> Json:
    return {"Variable": "$.x", "Next": "Last", **members}


def items(**members: Any) -> Json:
    return alone({**EACH, **members})


def mode(**config: Any) -> Json:
    return {"ItemProcessor": {**IN_BRANCH, "ProcessorConfig": config}}


DISTRIBUTED = mode(Mode="DISTRIBUTED", ExecutionType="STANDARD")
LIMIT = {"Type": "Task", "Resource": FUNCTION, "End": True, "TimeoutSeconds": {"Ref": "Limit"}}

EXAMPLES = {
    "SF120": Examples(
        fails={
            "a misspelt type": alone({"Type": "Tsak", "End": True}),
            "no type": alone({"End": True}),
            "another case": alone({"Type": "pass", "End": True}),
        },
        passes={
            "a Pass state": alone(END),
            "a Succeed state": alone({"Type": "Succeed"}),
            "a parameter": as_object({"StartAt": "A", "States": {"A": {"Type": {"Ref": "Type"}, "End": True}}}),
        },
    ),
    "SF121": Examples(
        fails={
            "a misspelt field": task(TimoutSeconds=5),
            "Retry of a Wait state": wait(Seconds=1, Retry=[]),
            "Next of a Fail state": machine(chain({"Type": "Fail", "Next": "Last"})),
            "End of a Choice state": choice(rule(IsNull=True), End=True),
        },
        passes={"its fields": task(TimeoutSeconds=5, Comment="c"), "an error": alone({"Type": "Fail", "Error": "E"})},
    ),
    "SF122": Examples(
        fails={
            "a task without Resource": alone({"Type": "Task", "End": True}),
            "a map without states": alone({"Type": "Map", "End": True}),
            "a Parallel state without branches": alone({"Type": "Parallel", "End": True}),
            "a Choice state without rules": machine(chain({"Type": "Choice", "Default": "Last"})),
        },
        passes={
            "a task": task(),
            "a map": items(),
            "an older map": alone({"Type": "Map", "End": True, "Iterator": IN_BRANCH}),
        },
    ),
    "SF123": Examples(
        fails={"no time": wait(), "two times": wait(Seconds=1, SecondsPath="$.s")},
        passes={"seconds": wait(Seconds=1), "a path": wait(TimestampPath="$.t")},
    ),
    "SF124": Examples(
        fails={
            "no branch": alone({**ALL, "Branches": []}),
            "no rule": choice(),
        },
        passes={"a branch": alone(ALL), "a rule": choice(rule(IsNull=True))},
    ),
    "SF125": Examples(
        fails={
            "two time limits": task(TimeoutSeconds=5, TimeoutSecondsPath="$.t"),
            "two errors": alone({"Type": "Fail", "Error": "E", "ErrorPath": "$.e"}),
            "states of a map twice": items(Iterator={"StartAt": "Old", "States": {"Old": END}}),
        },
        passes={"a path alone": task(TimeoutSecondsPath="$.t"), "a value alone": task(TimeoutSeconds=5)},
    ),
    "SF126": Examples(
        fails={
            "no time": task(TimeoutSeconds=0),
            "more than the longest": wait(Seconds=100_000_000),
            "text": task(HeartbeatSeconds="30"),
            "half a second": task(TimeoutSeconds=1.5),
        },
        passes={
            "a second": task(TimeoutSeconds=1),
            "no wait": wait(Seconds=0),
            "the longest": task(TimeoutSeconds=99_999_999),
            "a parameter": as_object({"StartAt": "A", "States": {"A": LIMIT}}),
        },
    ),
    "SF127": Examples(
        fails={"as long as the limit": task(TimeoutSeconds=60, HeartbeatSeconds=60)},
        passes={
            "shorter than the limit": task(TimeoutSeconds=60, HeartbeatSeconds=59),
            "a limit that is a parameter": as_object(
                {"StartAt": "A", "States": {"A": {**LIMIT, "HeartbeatSeconds": 60}}}
            ),
        },
    ),
    "SF128": Examples(
        fails={"a date": wait(Timestamp="2026-03-14"), "a small t": wait(Timestamp="2026-03-14t01:59:00Z")},
        passes={
            "a time": wait(Timestamp="2026-03-14T01:59:00Z"),
            "a zone": wait(Timestamp="2026-03-14T01:59:00.5+01:00"),
        },
    ),
    "SF129": Examples(
        fails={
            "a misspelt comparison": choice(rule(StringEqual="a")),
            "two comparisons": choice(rule(StringEquals="a", IsPresent=True)),
            "no comparison": choice(rule()),
            "no variable": choice({"StringEquals": "a", "Next": "Last"}),
            "no Next": choice({"Variable": "$.x", "IsNull": True}),
            "in an And": choice({"And": [{"Variable": "$.x", "Equals": 1}], "Next": "Last"}),
            "no condition": choice({"Next": "Last"}, QueryLanguage="JSONata"),
        },
        passes={
            "a comparison": choice(rule(NumericGreaterThanEqualsPath="$.y")),
            "an And": choice(
                {
                    "And": [{"Variable": "$.x", "IsNull": False}, {"Not": {"Variable": "$.x", "IsString": True}}],
                    "Next": "Last",
                }
            ),
            "a condition": choice({"Condition": "{% $states.input.x = 1 %}", "Next": "Last"}, QueryLanguage="JSONata"),
        },
    ),
    "SF130": Examples(
        fails={
            "a misspelt mode": items(**mode(Mode="DISTRIBUTE")),
            "no execution type": items(**mode(Mode="DISTRIBUTED")),
            "a misspelt execution type": items(**mode(Mode="DISTRIBUTED", ExecutionType="FAST")),
        },
        passes={"distributed": items(**DISTRIBUTED), "inline": items(**mode(Mode="INLINE")), "nothing": items()},
    ),
    "SF131": Examples(
        fails={
            "batches": items(ItemBatcher={"MaxItemsPerBatch": 10}),
            "failures of an inline map": items(ToleratedFailureCount=1, **mode(Mode="INLINE")),
        },
        passes={"a distributed map": items(ItemBatcher={"MaxItemsPerBatch": 10}, **DISTRIBUTED)},
    ),
    "SF132": Examples(
        fails={"text": machine(chain(go(End="false")))},
        passes={"true": alone(END), "false": machine(chain(go(End=False)))},
    ),
    "SF133": Examples(
        fails={
            "less than none": items(MaxConcurrency=-1),
            "more than all": items(ToleratedFailurePercentage=101, **DISTRIBUTED),
        },
        passes={
            "no limit": items(MaxConcurrency=0),
            "all of them": items(ToleratedFailurePercentage=100, **DISTRIBUTED),
            "an expression": items(MaxConcurrency="{% $n %}", QueryLanguage="JSONata"),
        },
    ),
    "SF134": Examples(
        fails={"a number": alone({"Type": "Fail", "Error": 404})},
        passes={"text": alone({"Type": "Fail", "Error": "404", "Cause": "gone"})},
    ),
}
