"""A model package: software and weights under one name, of a registry or of AWS Marketplace."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib._internal.checks import has, known_at_synth, matches, require
from constructs_lib._internal.kinds import field_problems
from constructs_lib.models.model_artifact import Artifact

if TYPE_CHECKING:
    from constructs_lib.containers.container_image import ContainerImage

_ARN = r"arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:\d{12}:model-package/\S+"
_ARN_SHAPE = "a model package's ARN, shaped arn:aws:sagemaker:us-east-1:123456789012:model-package/name"


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelPackage:
    """A model package; make one with a `from_*` method.

    Attributes:
        name: Its ARN, or the name of one of this account.
        image: The image in it, which the role may then pull; None when it needs no right of its role for that.
        artifact: The weights in it, which the role may then read.
        from_marketplace: Whether it is a product of AWS Marketplace, which runs in network isolation only (TRAPS 38).
    """

    name: str
    image: "ContainerImage | None" = None
    artifact: Artifact | None = None
    from_marketplace: bool = False

    def __post_init__(self) -> None:
        require(
            "ModelPackage",
            field_problems(self),
            has("image", self.image, "bind", "a ContainerImage"),
            known_at_synth("from_marketplace", self.from_marketplace, "it decides what is checked"),
        )

    @staticmethod
    def from_name(
        name: str,
        *,
        image: "ContainerImage | None" = None,
        artifact: Artifact | None = None,
    ) -> "ModelPackage":
        """A package of a model registry.

        What it holds is not known here, so the rights of the model's role follow from *image* and *artifact*.

        Args:
            name: A version's ARN, shaped `arn:aws:sagemaker:eu-west-1:123456789012:model-package/group/3`, or a name.
            image: The image in it; None when the role that you give may pull it already.
            artifact: The weights in it; None when the role that you give may read them already.

        Raises:
            ConfigurationError: Something is no text, image or place.
        """
        return ModelPackage(name=name, image=image, artifact=artifact)

    @staticmethod
    def from_marketplace_arn(arn: str) -> "ModelPackage":
        """A product that you subscribed to on AWS Marketplace; SageMaker brings its image and weights itself.

        Raises:
            ConfigurationError: It is no such ARN.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-mkt-find-subscribe.html
        """
        require("ModelPackage.from_marketplace_arn", matches("arn", arn, _ARN, shape=_ARN_SHAPE))
        return ModelPackage(name=arn, from_marketplace=True)
