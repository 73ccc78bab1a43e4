"""Paths, functions and expressions that Step Functions cannot read."""

from typing import Any

from . import Examples, Json
from .state_fields import task, wait
from .state_machines import END, alone, chain, go
from .state_requests import as_object, job, machine, train


def filled(value: Any, **members: Any) -> Json:
    return task(Parameters={"a": {"b.$": value}}, **members)


def jsonata(**members: Any) -> Json:
    return task(QueryLanguage="JSONata", **members)


EXAMPLES = {
    "SF151": Examples(
        fails={
            "no dollar sign": task(InputPath="name"),
            "a bracket that is open": task(OutputPath="$.a[0"),
            "a dot without a name": wait(SecondsPath="$.a."),
            "of a Catch": machine(
                chain(
                    go(
                        Type="Parallel",
                        Branches=[{"StartAt": "A", "States": {"A": END}}],
                        Catch=[{"ErrorEquals": ["E"], "Next": "Last", "ResultPath": "error"}],
                    )
                )
            ),
            "a number": task(ResultPath=1),
        },
        passes={
            "a name": task(InputPath="$.a.b[0]['c d']"),
            "everything": task(InputPath="$"),
            "nothing": task(ResultPath=None),
            "the context": task(InputPath="$$.Execution.Input"),
            "a variable": task(InputPath="$name.a"),
            "a filter": task(OutputPath="$..a[?(@.b == 'c)')].d"),
            "a function": alone({"Type": "Fail", "CausePath": "States.Format('{}', $.a)"}),
            "a parameter": as_object({"StartAt": "A", "States": {"A": {**END, "InputPath": {"Ref": "Path"}}}}),
        },
    ),
    "SF152": Examples(
        fails={
            "all of a list": task(ResultPath="$.a[*]"),
            "any depth": wait(SecondsPath="$..s"),
            "a range": task(ResultPath="$.a[0:2]"),
        },
        passes={"an entry": task(ResultPath="$.a[0].b"), "a name with a star in it": task(ResultPath="$['a*']")},
    ),
    "SF153": Examples(
        fails={
            "plain text": filled("name"),
            "a path that is not closed": filled("$.a['b"),
            "a parenthesis that is not closed": filled("States.Format('{}', $.a"),
            "too few arguments": filled("States.ArrayGetItem($.a)"),
            "something behind the function": filled("States.UUID() + 1"),
            "a number": filled(5),
            "in a ResultSelector": task(ResultSelector={"b.$": "b"}),
        },
        passes={
            "a path": filled("$.a"),
            "a function": filled("States.Format('it\\'s {}, {}', $.a[0], States.ArrayLength($$.Execution.Input.b))"),
            "no arguments": filled("States.UUID()"),
            "a key without the ending": task(Parameters={"b": "name"}),
            "a reference": filled({"Ref": "Path"}),
        },
    ),
    "SF154": Examples(
        fails={
            "a misspelt function": filled("States.Fromat('{}', $.a)"),
            "inside another": filled("States.Array(States.Base64($.a))"),
        },
        passes={"a function": filled("States.Array(States.Base64Encode($.a), 1, 'b', null)")},
    ),
    "SF155": Examples(
        fails={
            "Parameters in JSONata": jsonata(Parameters={"a": 1}),
            "Arguments in JSONPath": task(Arguments={"a": 1}),
            "a path in JSONata": jsonata(ResultPath="$.a"),
            "in a machine of JSONata": alone({**END, "OutputPath": "$.a"}, QueryLanguage="JSONata"),
        },
        passes={
            "Arguments in JSONata": jsonata(Arguments={"a": "{% $states.input.a %}"}, Output="{% 1 %}"),
            "Parameters in JSONPath": task(Parameters={"a": 1}),
        },
    ),
    "SF156": Examples(
        fails={"a path": jsonata(Arguments={"a.$": "$.a"})},
        passes={"an expression": jsonata(Arguments={"a": "{% $states.input.a %}"})},
    ),
    "SF157": Examples(
        fails={
            "no end": jsonata(Arguments={"a": "{% $states.input.a"}),
            "no beginning": jsonata(Output="$states.input.a %}"),
            "a parenthesis that is open": jsonata(Arguments={"a": "{% $sum($states.input.a %}"}),
            "a bracket that closes nothing": jsonata(Assign={"a": "{% $states.input.a] %}"}),
            "nothing": jsonata(Output="{%  %}"),
        },
        passes={
            "an expression": jsonata(Arguments={"a": "{% $states.input.a[b = ')'] & `c(` %}"}),
            "a regular expression": jsonata(Arguments={"a": "{% $match($states.input.a, /[(]/) %}"}),
            "text": jsonata(Arguments={"a": "100 %"}),
            "what JSONPath takes for text": task(Parameters={"a": "{% $x"}),
        },
    ),
    "SF158": Examples(
        fails={
            "of the machine": machine(chain(go(), QueryLanguage="JSONAta")),
            "of a state": task(QueryLanguage="jq"),
        },
        passes={"JSONata": jsonata(), "JSONPath": task(QueryLanguage="JSONPath")},
    ),
    "SF159": Examples(
        fails={"a state of JSONPath": alone({**END, "QueryLanguage": "JSONPath"}, QueryLanguage="JSONata")},
        passes={"a state of JSONata in a machine of JSONPath": jsonata()},
    ),
    "SF160": Examples(
        fails={
            "a path": train(job(HyperParameters={"lr": "$.lr"})),
            "of the context": train(job(Environment={"RUN": "$$.Execution.Name"})),
        },
        passes={
            "a key that ends in .$": train(job(HyperParameters={"lr.$": "$.lr"})),
            "an amount of money": train(job(HyperParameters={"price": "$5"})),
        },
    ),
}
