"""One feature of a record: its name and what its values are."""

from dataclasses import dataclass
from enum import StrEnum

from constructs_lib._internal.checks import require
from constructs_lib._internal.kinds import field_problems

# Feature Store adds these to each record of the offline store, and no model of the API carries them:
# https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-quotas.html#feature-store-naming-rules
_RESERVED = ("api_invocation_time", "is_deleted", "write_time")


class FeatureType(StrEnum):
    """What the values of a feature are; the values are the API's."""

    INTEGRAL = "Integral"
    FRACTIONAL = "Fractional"
    STRING = "String"


@dataclass(frozen=True, kw_only=True, slots=True)
class Feature:
    """One feature; `Feature.string("user_id")`, `Feature.integral("clicks")`, `Feature.fractional("seen_at")`.

    Lists, sets and vectors, which the API takes for stores in memory, are not here: CloudFormation's type has no member
    for them.

    Attributes:
        name: At most 64 letters, digits, dashes and underscores, a letter or digit first; unique in the group, and none
            of `api_invocation_time`, `is_deleted` and `write_time`, which Feature Store adds itself.
        type: What its values are.

    Raises:
        ConfigurationError: The name is one that Feature Store keeps for itself.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_FeatureDefinition.html
    """

    name: str
    type: FeatureType

    def __post_init__(self) -> None:
        require(f"Feature {self.name!r}", field_problems(self))
        reserved = self.name in _RESERVED
        problem = f"name must be none of {', '.join(_RESERVED)}, which Feature Store adds itself, got {self.name!r}"
        require(f"Feature {self.name!r}", problem if reserved else None)

    @staticmethod
    def string(name: str) -> "Feature":
        """Text, in UTF-8."""
        return Feature(name=name, type=FeatureType.STRING)

    @staticmethod
    def integral(name: str) -> "Feature":
        """Whole numbers of 64 bits."""
        return Feature(name=name, type=FeatureType.INTEGRAL)

    @staticmethod
    def fractional(name: str) -> "Feature":
        """Numbers of double precision; as the time of an event, seconds since 1970."""
        return Feature(name=name, type=FeatureType.FRACTIONAL)

    def render(self) -> dict[str, str]:
        """The member of `FeatureDefinitions`."""
        return {"FeatureName": self.name, "FeatureType": self.type.value}
