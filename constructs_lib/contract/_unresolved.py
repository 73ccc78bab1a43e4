"""Values that only a deployment or an execution knows, which no check may judge at synth."""

from collections.abc import Mapping

# A Step Functions member whose value is a JSONPath: `TrainingJobName.$` stands for `TrainingJobName`.
PATH_SUFFIX = ".$"
# The CDK writes a number that it does not know yet as one whose first 16 bits are fbff, about -1.888e289 to -1.949e289.
# https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/core/lib/private/encoding.ts
_NUMBER_TOKENS = (-2e289, -1.8e289)


def is_unresolved(value: object) -> bool:
    """Whether *value* is a placeholder: a CDK token, a CloudFormation intrinsic or a JSONata expression."""
    if isinstance(value, str):
        return (
            "${Token[" in value
            or (value.startswith("{%") and value.rstrip().endswith("%}"))
            # A dynamic reference: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
            or "{{resolve:" in value
        )
    if isinstance(value, (int, float)):
        lowest, highest = _NUMBER_TOKENS
        return lowest <= value <= highest
    if isinstance(value, Mapping):
        return (len(value) == 1 and _is_intrinsic(next(iter(value)))) or has_macro(value)
    if isinstance(value, (list, tuple)):
        return len(value) == 1 and isinstance(value[0], str) and "#{Token[" in value[0]
    # Any other object of the CDK is an IResolvable; a request holds plain values only.
    return hasattr(type(value), "__jsii_type__")


def has_macro(value: Mapping[object, object]) -> bool:
    """Whether a macro or a loop stands among the members of *value*, which may put in, or change, any of them."""
    return any(isinstance(key, str) and (key == "Fn::Transform" or key.startswith("Fn::ForEach::")) for key in value)


def _is_intrinsic(key: object) -> bool:
    return isinstance(key, str) and (key == "Ref" or key.startswith("Fn::"))
