"""The one error that wrong input to a construct raises."""

from collections.abc import Iterable


class ConfigurationError(ValueError):
    """Input that SageMaker, CloudFormation or this library would not accept, all of it at once.

    Attributes:
        subject: What was being built: a construct path such as `Training/Train`, or the name of a value class.
        problems: One sentence a problem: the argument as the caller wrote it, the rule, the value given, the fix.
    """

    def __init__(self, subject: str, problems: Iterable[str]) -> None:
        self.subject = subject
        self.problems = tuple(problems)
        super().__init__("\n".join([f"{subject} is not valid:", *(f"- {problem}" for problem in self.problems)]))
