"""Warnings with stable ids, which `Validations.of(x).acknowledge(…)` takes back one by one."""

from aws_cdk import Validations
from constructs import Construct


def warn(scope: Construct, id: str, message: str) -> None:
    """Warn at *scope*; synthesis goes on."""
    Validations.of(scope).add_warning(f"sagemaker-constructs:{id}", message)
