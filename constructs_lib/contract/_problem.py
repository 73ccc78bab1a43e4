"""What a check finds."""

from dataclasses import dataclass
from typing import Literal

Rule = Literal[
    "required", "type", "unknown", "enum", "range", "length", "pattern", "union", "read-only", "api-only", "family"
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One place where a request differs from the API model.

    Attributes:
        path: Where, as in `InputDataConfig[0].DataSource.S3DataSource.S3Uri`.
        rule: Which kind of rule it breaks.
        message: The whole sentence: the path, the rule with its bounds, the value given.
        value: The value given; None where it is missing.
    """

    path: str
    rule: Rule
    message: str
    value: object = None
