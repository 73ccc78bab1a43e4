"""Metric math as text: the ids that an expression names.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import re
from collections.abc import Collection

# Functions and their keywords, such as FILL and REPEAT.
_FUNCTION = re.compile(r"[A-Z_][A-Z_0-9]*")


def unknown_ids(expression: str, ids: Collection[str]) -> list[str]:
    """What *expression* names beside *ids* and functions; nothing for a query, whose words are names of metrics."""
    if expression.lstrip().upper().startswith(("SELECT", "SEARCH")):
        return []
    words = re.findall(r"[A-Za-z_]\w*", re.sub(r"'[^']*'|\"[^\"]*\"", "", expression))
    return [word for word in words if word not in ids and not _FUNCTION.fullmatch(word)]


def searches(expression: str) -> bool:
    """Whether it asks for several time series, which no alarm can watch, those of a scaling policy among them.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-search-expressions.html
    """
    return re.search(r"\bSEARCH\s*\(", re.sub(r"'[^']*'|\"[^\"]*\"", "", expression), re.IGNORECASE) is not None
