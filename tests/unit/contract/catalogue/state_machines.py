"""State machines whose states do not hang together."""

import json
from typing import Any

from . import Examples, Json
from .state_requests import as_object, machine

END: Json = {"Type": "Pass", "End": True}
LONG = "n" * 81


def go(next: Any = "Last", **members: Any) -> Json:
    return {"Type": "Pass", "Next": next, **members}


def chain(first: Json, last: Json = END, **members: Any) -> Json:
    """A definition of two states."""
    return {"StartAt": "First", "States": {"First": first, "Last": last}, **members}


def alone(state: Json, **members: Any) -> Json:
    """A state machine of one state."""
    return machine({"StartAt": "First", "States": {"First": state}, **members})


def text(definition: Any, **properties: Any) -> Json:
    return machine({}, DefinitionString=definition, **properties)


CHOICE: Json = {
    "Type": "Choice",
    "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "Wait"}],
    "Default": "Last",
}
FINE = chain(go())
GONE = {"Ref": "AWS::NoValue"}
IN_BRANCH: Json = {"StartAt": "Inner", "States": {"Inner": END}}
ALL: Json = {"Type": "Parallel", "End": True, "Branches": [IN_BRANCH]}
EACH: Json = {"Type": "Map", "End": True, "ItemProcessor": IN_BRANCH}
TWICE = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}, "A": {"Type": "Succeed"}}}'

EXAMPLES = {
    "SF101": Examples(
        fails={
            "a comma that is missing": text('{"StartAt": "A" "States": {}}'),
            "a list": text("[]"),
            "broken around a reference in quotes": text({"Fn::Join": ["", ['{"StartAt": "', {"Ref": "Name"}, '"']]}),
            "a number that no substitution fills in": text('{"TimeoutSeconds": ${Limit}}'),
        },
        passes={
            "an object": machine(FINE),
            "an object in Definition": as_object(FINE),
            "a parameter": text({"Ref": "Definition"}),
            "a part that is known at deployment": text({"Fn::Join": ["", ['{"StartAt": "A", ', {"Ref": "Rest"}]]}),
        },
    ),
    "SF102": Examples(
        fails={
            "no StartAt": machine({"States": {"First": END}}),
            "no states": machine({"StartAt": "First", "States": {}}),
            "a branch without StartAt": alone({**ALL, "Branches": [{"States": {"Inner": END}}]}),
        },
        passes={"both": machine(FINE), "a branch": alone(ALL)},
    ),
    "SF103": Examples(
        fails={"a misspelt start": machine({**FINE, "StartAt": "Frist"})},
        passes={"its first state": machine(FINE), "a parameter": as_object({**FINE, "StartAt": {"Ref": "Start"}})},
    ),
    "SF104": Examples(
        fails={
            "Next": machine(
                {
                    "StartAt": "First",
                    "States": {"First": CHOICE, "Wait": go("Lats", Type="Wait", Seconds=1), "Last": END},
                }
            ),
            "Default": machine(
                chain(
                    {
                        "Type": "Choice",
                        "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "Last"}],
                        "Default": "No",
                    }
                )
            ),
            "a rule of a Choice": machine(
                chain(
                    {
                        "Type": "Choice",
                        "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "No"}],
                        "Default": "Last",
                    }
                )
            ),
            "a Catch": machine(
                chain({**ALL, "Catch": [{"ErrorEquals": ["E"], "Next": "No"}], "Next": "Last", "End": False})
            ),
            "out of a branch": machine(
                chain(
                    {
                        "Type": "Parallel",
                        "Next": "Last",
                        "Branches": [
                            {"StartAt": "A", "States": {"A": {**CHOICE, "Default": "Last"}, "Wait": END}},
                        ],
                    }
                )
            ),
        },
        passes={"a state beside it": machine(FINE)},
    ),
    "SF105": Examples(
        fails={
            "a state that nothing leads to": machine(chain(END)),
            "two states that lead to each other only": machine(
                {"StartAt": "A", "States": {"A": END, "B": go("C"), "C": go("B")}}
            ),
            "in a map": alone({**EACH, "ItemProcessor": {"StartAt": "A", "States": {"A": END, "B": END}}}),
        },
        passes={
            "a chain": machine(FINE),
            "through a Catch": machine(
                chain({**ALL, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Last"}]}, {"Type": "Fail"})
            ),
            "through a name that is a parameter": as_object(chain(go({"Ref": "Next"}))),
        },
    ),
    "SF106": Examples(
        fails={"a circle": machine(chain(go(), go("First")))},
        passes={
            "a circle with a way out": machine(
                chain({"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "Last"}]})
            ),
            "a Fail state": machine(chain(go(), {"Type": "Fail"})),
        },
    ),
    "SF107": Examples(
        fails={
            "neither": alone({"Type": "Pass"}),
            "both": machine(chain(go(End=True))),
            "End is false": alone({"Type": "Pass", "End": False}),
        },
        passes={"one of them": machine(FINE), "Next and no end": machine(chain(go(End=False)))},
    ),
    "SF112": Examples(
        fails={
            "in two branches": alone({**ALL, "Branches": [IN_BRANCH, IN_BRANCH]}),
            "in a branch and around it": alone({**ALL, "Branches": [{"StartAt": "First", "States": {"First": END}}]}),
            "twice in one object": text(TWICE),
        },
        passes={
            "a name of its own each": alone(ALL),
            "the same name in another machine": {**machine(FINE), "Other": machine(FINE)["Machine"]},
        },
    ),
    "SF113": Examples(
        fails={"81 characters": machine({"StartAt": LONG, "States": {LONG: END}})},
        passes={"80 characters": machine({"StartAt": LONG[1:], "States": {LONG[1:]: END}})},
    ),
    "SF114": Examples(
        fails={
            "of the machine": machine(chain(go(), TimoutSeconds=5)),
            "of a branch": alone({**ALL, "Branches": [{**IN_BRANCH, "Retry": []}]}),
        },
        passes={"a comment and a version": machine(chain(go(), Comment="c", Version="1.0"))},
    ),
    "SF115": Examples(
        fails={
            "no time": machine(chain(go(), TimeoutSeconds=0)),
            "too long": machine(chain(go(), TimeoutSeconds=100_000_000)),
            "text": machine(chain(go(), TimeoutSeconds="60")),
        },
        passes={
            "a second": machine(chain(go(), TimeoutSeconds=1)),
            "the longest": machine(chain(go(), TimeoutSeconds=99_999_999)),
            "a parameter": as_object(chain(go(), TimeoutSeconds={"Ref": "Limit"})),
        },
    ),
    "SF117": Examples(
        fails={
            "none": text(GONE),
            "two": machine(FINE, Definition=FINE),
        },
        passes={
            "text": machine(FINE),
            "an object": as_object(FINE),
            "an object of S3": text(GONE, DefinitionS3Location={"Bucket": "own", "Key": "machine.json"}),
        },
    ),
    "SF116": Examples(
        fails={"a comment that is long": machine(chain(go(), Comment="c" * 1024 * 1024))},
        passes={"as long as it may be": text(json.dumps(FINE) + " " * (1024 * 1024 - len(json.dumps(FINE))))},
    ),
}
