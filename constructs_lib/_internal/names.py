"""Names that are known before the deployment."""

from aws_cdk import Names
from constructs import Construct


def unique_name(scope: Construct) -> str:
    """At most 63 small letters, digits and dashes, made of the stack's name and the path: the same at each synth.

    Small letters, because SageMaker writes names in ARNs so, and IAM compares ARNs letter by letter.
    """
    return Names.unique_resource_name(scope, max_length=63, separator="-").lower()
