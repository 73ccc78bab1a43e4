"""Metric math of an alarm: the four operations, and one value of all metrics. Imports nothing of MiniStack."""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from statistics import mean
from typing import Any

_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
# Over all metrics of the alarm, as `MAX(METRICS())`.
_OF_ALL: dict[str, Callable[[Sequence[float]], float]] = {"MAX": max, "MIN": min, "SUM": sum, "AVG": mean}


def value(queries: Sequence[Mapping[str, Any]], known: Mapping[str, float | None]) -> float | None:
    """What the query that returns data comes to; None where a metric has no data, or for a function such as FILL."""
    expressions = {query["Id"]: query["Expression"] for query in queries if "Expression" in query}
    returned = [query["Id"] for query in queries if query.get("ReturnData", True)]
    if len(returned) != 1:
        return None
    try:
        return _term(ast.Name(returned[0]), expressions, known)
    except (_Unknown, SyntaxError, ZeroDivisionError, RecursionError):
        return None


class _Unknown(Exception):  # noqa: N818 -- because it is an answer: no value can be told
    pass


def _term(term: ast.expr, expressions: Mapping[str, str], known: Mapping[str, float | None]) -> float:
    if isinstance(term, ast.Constant) and isinstance(term.value, (int, float)):
        return float(term.value)
    if isinstance(term, ast.Name):
        if term.id in expressions:
            return _term(ast.parse(expressions[term.id], mode="eval").body, expressions, known)
        found = known.get(term.id)
        if found is not None:
            return found
    if isinstance(term, ast.Call) and isinstance(term.func, ast.Name) and term.func.id in _OF_ALL:
        values = [found for found in known.values() if found is not None]
        if [ast.unparse(argument) for argument in term.args] == ["METRICS()"] and values:
            return _OF_ALL[term.func.id](values)
    if isinstance(term, ast.UnaryOp) and isinstance(term.op, ast.USub):
        return -_term(term.operand, expressions, known)
    if isinstance(term, ast.BinOp) and type(term.op) in _OPERATORS:
        sides = (_term(side, expressions, known) for side in (term.left, term.right))
        return _OPERATORS[type(term.op)](*sides)
    raise _Unknown
