"""What a dashboard shows of the scaling of an endpoint."""

from collections.abc import Iterable

from constructs import IConstruct

from constructs_lib.scaling.scaling import Scaling


def scaling_limits(children: Iterable[IConstruct]) -> dict[str, float]:
    """The limits of the scalable targets among *children*, by a label; those of a variant with its name."""
    targets = [child for child in children if isinstance(child, Scaling)]
    limits: dict[str, float] = {}
    for target in targets:
        whose = f"{target.node.id}: " if len(targets) > 1 else ""
        for label, limit in zip(("at least", "at most"), target._limits, strict=True):
            limits[f"{whose}{label}"] = limit
    return limits
