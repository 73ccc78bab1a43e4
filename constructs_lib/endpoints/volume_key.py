"""The key of an endpoint's volumes, where the user names none."""

from collections.abc import Iterable, Sequence

from constructs_lib._internal.statements import Statement
from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.foundation.s3_location import S3Location


def volume_key(
    instance_types: Sequence[InstanceType], written: Iterable[S3Location | None], statements: Iterable[Statement]
) -> str | None:
    """The key of what the endpoint writes, or else of the first weights that have one.

    None beside a machine with disks of its own: the reference of the API says that SageMaker refuses a key there, and
    nobody has asked for one (TRAPS 13).

    Args:
        instance_types: Its machines; none when it is serverless.
        written: Where it writes, what matters most first.
        statements: What its models need, which names the keys that decrypt their weights.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
    """
    if not instance_types or any(kind.has_local_storage for kind in instance_types):
        return None
    of_places = (place.key_arn for place in written if place is not None and place.key_arn is not None)
    of_weights = (key for each in statements if "kms:Decrypt" in each.actions for key in each.resources)
    return next(of_places, None) or next(of_weights, None)
