"""Metric math, as far as an expression can be computed period by period.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from ._metrics import History, Reading

_OPERATORS: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.AST], Callable[[float, float], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_OF_ARRAYS: dict[str, Callable[[list[float]], float]] = {
    "MAX": max,
    "MIN": min,
    "SUM": sum,
    "AVG": lambda values: sum(values) / len(values),
}
_OF_ONE: dict[str, Callable[[float], float]] = {"ABS": abs, "CEIL": math.ceil, "FLOOR": math.floor}


def expression(text: str, inputs: Mapping[str, Reading]) -> Reading:
    """Compute *text* from the readings of other ids.

    Known are + - * /, comparisons, IF, FILL, ABS, CEIL, FLOOR, and MAX, MIN, SUM and AVG of a list such as [m1, m2].

    Raises:
        ValueError: It holds something else.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        return _reading(tree, inputs)
    except (MemoryError, RecursionError, SyntaxError, ValueError) as error:
        reason = f": {error}" if type(error) is ValueError else ""
        raise ValueError(f"the expression {text!r} cannot be simulated{reason}") from None


def _reading(node: ast.expr, inputs: Mapping[str, Reading]) -> Reading:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        number = float(node.value)
        return lambda history, minute, period: number
    if isinstance(node, ast.Name):
        if node.id not in inputs:
            raise ValueError(f"it has no metric {node.id!r}")
        return inputs[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _computed(lambda values: -values[0], _reading(node.operand, inputs))
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        compute = _OPERATORS[type(node.op)]
        return _computed(lambda values: compute(*values), _reading(node.left, inputs), _reading(node.right, inputs))
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARISONS:
        compare = _COMPARISONS[type(node.ops[0])]
        left, right = _reading(node.left, inputs), _reading(node.comparators[0], inputs)
        return _computed(lambda values: float(compare(*values)), left, right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return _call(node.func.id.upper(), node.args, inputs)
    raise ValueError("it uses what is not known here")


def _call(name: str, arguments: list[ast.expr], inputs: Mapping[str, Reading]) -> Reading:
    if name in _OF_ONE and len(arguments) == 1:
        return _computed(lambda values: _OF_ONE[name](values[0]), _reading(arguments[0], inputs))
    if name in _OF_ARRAYS and len(arguments) == 1 and isinstance(arguments[0], ast.List) and arguments[0].elts:
        return _computed(_OF_ARRAYS[name], *(_reading(each, inputs) for each in arguments[0].elts))
    if name == "FILL" and len(arguments) == 2:
        if isinstance(arguments[1], ast.Name) and arguments[1].id == "REPEAT":
            return _repeated(_reading(arguments[0], inputs))
        return _filled(*(_reading(each, inputs) for each in arguments))
    if name == "IF" and len(arguments) == 3:
        return _chosen(*(_reading(each, inputs) for each in arguments))
    raise ValueError(f"{name} with these arguments is not known here")


def _computed(compute: Callable[[list[float]], float], *operands: Reading) -> Reading:
    def read(history: History, minute: int, period: int) -> float | None:
        values = [operand(history, minute, period) for operand in operands]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return None
        try:
            return compute(known)
        except (OverflowError, ValueError, ZeroDivisionError):
            return None  # CloudWatch has no datapoint there, either

    return read


def _filled(metric: Reading, filling: Reading) -> Reading:
    def read(history: History, minute: int, period: int) -> float | None:
        value = metric(history, minute, period)
        return filling(history, minute, period) if value is None else value

    return read


def _repeated(metric: Reading) -> Reading:
    def read(history: History, minute: int, period: int) -> float | None:
        for earlier in range(minute, -1, -1):
            value = metric(history, earlier, period)
            if value is not None:
                return value
        return None

    return read


def _chosen(condition: Reading, then: Reading, otherwise: Reading) -> Reading:
    def read(history: History, minute: int, period: int) -> float | None:
        value = condition(history, minute, period)
        return None if value is None else (then if value else otherwise)(history, minute, period)

    return read


def query(queries: Any, metric: Callable[[Mapping[str, Any]], tuple[Reading, int]]) -> tuple[Reading, int]:
    """The reading and period of a list of metric data queries; *metric* reads one MetricStat.

    Raises:
        ValueError: An expression cannot be computed, or it is not plain which one counts.
    """
    returned = [each for each in queries if each.get("ReturnData", True)]
    if len(returned) != 1:
        raise ValueError("exactly one of its metrics must have ReturnData true")
    found: dict[str, tuple[Reading, int]] = {}
    left = list(queries)
    while left:
        # An expression may name another one that comes later in the list.
        ready = [each for each in left if "Expression" not in each or _names(each["Expression"]) <= found.keys()]
        if not ready:
            expression(left[0]["Expression"], {name: reading for name, (reading, _) in found.items()})
            raise ValueError("its expressions name each other")
        for each in ready:
            if "Expression" in each:
                used = [found[name] for name in sorted(_names(each["Expression"]))]
                periods = {period for _, period in used} or {60}
                if len(periods) > 1:
                    raise ValueError("its metrics have different periods")
                inputs = {name: reading for name, (reading, _) in found.items()}
                found[each["Id"]] = (expression(each["Expression"], inputs), periods.pop())
            else:
                found[each["Id"]] = metric(each["MetricStat"])
            left.remove(each)
    return found[returned[0]["Id"]]


def _names(text: str) -> set[str]:
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (MemoryError, RecursionError, SyntaxError, ValueError):
        raise ValueError(f"the expression {text!r} cannot be simulated") from None
    # Ids begin with a lower-case letter, functions and their keywords such as REPEAT with a capital.
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id[:1].islower()}
