"""Algorithms that are a name and no image (TRAPS 38)."""

import re

from constructs import Construct

from constructs_lib._internal.checks import is_token, matches, require
from constructs_lib._internal.place import place_of
from constructs_lib.containers.bound_image import BoundImage
from constructs_lib.containers.container_image import ContainerImage

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeAlgorithm.html
_ARN = re.compile(r"arn:aws[a-z\-]*:sagemaker:(?P<region>[a-z0-9\-]+):\d{12}:algorithm/\S+")


class MarketplaceAlgorithm(ContainerImage):
    """An algorithm of AWS Marketplace, by its ARN."""

    requires_network_isolation = True

    def __init__(self, algorithm_arn: str) -> None:
        require(
            "ContainerImage.from_marketplace",
            matches(
                "algorithm_arn",
                algorithm_arn,
                _ARN.pattern,
                shape="an algorithm's ARN, shaped arn:aws:sagemaker:us-east-1:123456789012:algorithm/name",
            ),
        )
        self._arn = algorithm_arn

    def bind(self, scope: Construct) -> BoundImage:
        region = place_of(scope).region
        own = None if is_token(self._arn) else _ARN.fullmatch(self._arn)
        if own and not is_token(region) and own["region"] != region:
            require(
                scope,
                f"image is an algorithm of region {own['region']!r} in a stack of region {region!r}; a Marketplace "
                "product has another ARN in each region",
            )
        # SageMaker pulls a Marketplace image itself; the role has nothing to do with it.
        return BoundImage(uri=None, statements=(), algorithm_name=self._arn)
