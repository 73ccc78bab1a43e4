"""Durations that services take in whole days."""

from typing import Any

from aws_cdk import Duration


def days_problem(field: str, value: Any, low: int, high: int | None = None) -> str | None:
    """A `Duration` of whole days, from *low* to *high*; None is fine, and what is none at all is told elsewhere."""
    if not isinstance(value, Duration):
        return None
    if value.is_unresolved():
        return None
    days = value.to_days(integral=False)
    if days == int(days) and days >= low and (high is None or days <= high):
        return None
    allowed = f"from {low} to {high}" if high else f"at least {low}"
    return f"{field} must be a whole number of days, {allowed}, got {value.to_human_string()}"
