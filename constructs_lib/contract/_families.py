"""Instance types that are new, not misspelt."""

import re
from functools import cache

from ._model import raw_model
from ._problem import Problem

_SHAPES = ("TrainingInstanceType", "ProductionVariantInstanceType", "ProcessingInstanceType", "TransformInstanceType")
_SIZE = r"nano|micro|small|medium|large|(\d{1,3})?xlarge|metal(-\d{1,3}xl)?"


def is_new_instance_type(problem: Problem) -> bool:
    """Whether *problem* is an instance type that may be newer than the installed botocore.

    It is of a family that botocore has never heard of, or another size of a known one: SageMaker has both before
    botocore does. A type that botocore knows from another use, such as training only, is not new.
    """
    if problem.rule != "enum" or not problem.path.endswith("InstanceType") or not isinstance(problem.value, str):
        return False
    parts = re.fullmatch(r"(ml\.[a-z0-9-]+)\.([a-z0-9-]+)", problem.value)
    if parts is None or problem.value in _known_types():
        return False
    return parts[1] not in _known_families() or re.fullmatch(_SIZE, parts[2]) is not None


@cache
def _known_types() -> frozenset[str]:
    shapes = raw_model("sagemaker")["shapes"]
    return frozenset(name for shape in _SHAPES for name in shapes[shape]["enum"])


@cache
def _known_families() -> frozenset[str]:
    return frozenset(name.rpartition(".")[0] for name in _known_types())
