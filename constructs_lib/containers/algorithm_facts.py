"""What a built-in algorithm reads and where it runs."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class AlgorithmFacts:
    """Facts of a built-in algorithm, as its page in the SageMaker developer guide gives them.

    Attributes:
        required_channels: Channels without which it does not start.
        optional_channels: Channels that it reads besides.
    """

    required_channels: frozenset[str]
    optional_channels: frozenset[str] = frozenset()

    @property
    def channels(self) -> frozenset[str]:
        """All channels that it reads."""
        return self.required_channels | self.optional_channels


# No dependency carries these. https://docs.aws.amazon.com/sagemaker/latest/dg/image-classification.html
FACTS = {
    "image-classification": AlgorithmFacts(
        required_channels=frozenset({"train", "validation"}),
        optional_channels=frozenset({"train_lst", "validation_lst", "model"}),
    ),
}
