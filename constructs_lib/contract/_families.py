"""Instance types that are new, not misspelt."""

import re
from functools import cache

from ._model import raw_model
from ._problem import Problem

_SHAPES = ("TrainingInstanceType", "ProductionVariantInstanceType")


def is_new_instance_family(problem: Problem) -> bool:
    """Whether *problem* is an instance type of a family that the installed botocore has never heard of."""
    if problem.rule != "enum" or not problem.path.endswith("InstanceType") or not isinstance(problem.value, str):
        return False
    family = re.fullmatch(r"(ml\.[a-z0-9-]+)\.[a-z0-9-]+", problem.value)
    return family is not None and family[1] not in _known_families()


@cache
def _known_families() -> frozenset[str]:
    shapes = raw_model("sagemaker")["shapes"]
    return frozenset(name.rpartition(".")[0] for shape in _SHAPES for name in shapes[shape]["enum"])
