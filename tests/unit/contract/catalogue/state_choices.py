"""Choice states that compare what cannot be compared."""

from . import Examples
from .state_fields import choice, rule
from .state_machines import chain
from .state_requests import as_object

EXAMPLES = {
    "SF135": Examples(
        fails={
            "a name": choice(rule(Variable="a", IsNull=True)),
            "a name in an And": choice({"And": [{"Variable": "a", "IsNull": True}], "Next": "Last"}),
        },
        passes={
            "a path": choice(rule(Variable="$.a[0]", IsNull=True)),
            "the context": choice(rule(Variable="$$.Execution.Name", StringEquals="a")),
            "a reference": as_object(
                chain({"Type": "Choice", "Choices": [rule(Variable={"Ref": "Path"}, IsNull=True)], "Default": "Last"})
            ),
        },
    ),
    "SF136": Examples(
        fails={
            "text for a number": choice(rule(NumericEquals="x")),
            "a number for text": choice(rule(StringEquals=1)),
            "text for a boolean": choice(rule(BooleanEquals="true")),
            "a day for a time": choice(rule(TimestampLessThan="2026-03-14")),
            "text for a test": choice(rule(IsPresent="true")),
            "a value for a path": choice(rule(NumericEqualsPath="x")),
            "in a Not": choice({"Not": {"Variable": "$.x", "NumericEquals": "1"}, "Next": "Last"}),
        },
        passes={
            "a number": choice(rule(NumericGreaterThanEquals=1.5)),
            "a pattern": choice(rule(StringMatches="a*")),
            "a time": choice(rule(TimestampLessThanEquals="2026-03-14T01:59:00Z")),
            "a test": choice(rule(IsPresent=True)),
            "a path": choice(rule(BooleanEqualsPath="$.y")),
            "a reference": as_object(
                chain({"Type": "Choice", "Choices": [rule(NumericEquals={"Ref": "Limit"})], "Default": "Last"})
            ),
        },
    ),
}
