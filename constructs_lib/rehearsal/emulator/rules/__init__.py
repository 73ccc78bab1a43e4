"""What only SageMaker knows and no API model says. Importing it registers every rule.

A rule is a function of the control plane and a request that raises `ApiError`; each refusal names the operation and
the resource, so that a stack event or the cause of a failed state is enough to find the mistake.
"""

from . import (
    access,
    deployments,
    endpoints,
    feature_groups,
    file_systems,
    inference_components,
    models,
    notebooks,
    variants,
)

__all__ = [
    "access",
    "deployments",
    "endpoints",
    "feature_groups",
    "file_systems",
    "inference_components",
    "models",
    "notebooks",
    "variants",
]
