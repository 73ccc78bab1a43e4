"""Models and places of plain values, for the tests of what endpoints render and refuse."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from constructs_lib import (
    ComponentSpecification,
    ComponentVariant,
    ComputeRequirements,
    ConfigurationError,
    Container,
    ContainerImage,
    InferenceComponentEndpoint,
    InstancePool,
    InstancePools,
    InstanceType,
    Model,
    ModelKind,
    ProductionVariant,
    RealTimeEndpoint,
    S3Location,
    S3Object,
)
from tests.templates import of_type
from tests.templates import template_of as template_of

ROLE_ARN = "arn:aws:iam::123456789012:role/serving"
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/1"
IMAGE_URI = "123456789012.dkr.ecr.us-east-1.amazonaws.com/serving:1"
IMAGE = ContainerImage.from_uri(IMAGE_URI)
CPU = InstanceType("ml.m5.xlarge")
GPU = InstanceType("ml.g5.xlarge")
NEURON = InstanceType("ml.inf2.xlarge")
# As the CDK writes a number that CloudFormation fills in.
LATE: Any = -1.8881545897087626e289


def at(prefix: str, key_arn: str | None = None) -> S3Location:
    return S3Location(bucket_name="bucket", bucket_arn="arn:aws:s3:::bucket", prefix=prefix, key_arn=key_arn)


def thing(key: str) -> S3Object:
    return S3Object(bucket_name="bucket", bucket_arn="arn:aws:s3:::bucket", key=key)


def key_in(stack: Any) -> Any:
    from aws_cdk import aws_kms as kms

    return stack.node.try_find_child("Key") or kms.Key.from_key_arn(stack, "Key", KEY_ARN)


def role_in(stack: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return stack.node.try_find_child("Serving") or iam.Role.from_role_arn(stack, "Serving", ROLE_ARN)


def topic_in(stack: Any, name: str) -> Any:
    from aws_cdk import aws_sns as sns

    arn = f"arn:aws:sns:us-east-1:123456789012:{name}"
    return stack.node.try_find_child(f"Topic-{name}") or sns.Topic.from_topic_arn(stack, f"Topic-{name}", arn)


def alarm_in(stack: Any, name: str) -> Any:
    from aws_cdk import aws_cloudwatch as cloudwatch

    return stack.node.try_find_child(name) or cloudwatch.Alarm.from_alarm_name(stack, name, name)


def served(stack: Any, kind: ModelKind = ModelKind.SINGLE, name: str | None = None) -> Any:
    """A model made elsewhere: its name is plain text in templates, and it needs no policy."""
    name = name or f"a-{kind.value}-model"
    return stack.node.try_find_child(name) or Model.from_model_name(stack, name, name, kind=kind)


def made(stack: Any, id: str = "Model", **changes: Any) -> Model:
    """A model of the stack, with a role of its own."""
    container = Container(image=IMAGE, artifact=thing("models/m.tar.gz"))
    return Model(stack, id, **({"container": container} | changes))


def variant(stack: Any, name: str = "main", **changes: Any) -> ProductionVariant:
    """The smallest variant."""
    return ProductionVariant(**({"name": name, "model": served(stack), "instance_type": CPU} | changes))


def real_time(stack: Any, id: str = "Endpoint", **changes: Any) -> RealTimeEndpoint:
    """The smallest endpoint."""
    return RealTimeEndpoint(stack, id, **({"variants": [variant(stack)]} | changes))


def shared(stack: Any, id: str = "Endpoint", **changes: Any) -> InferenceComponentEndpoint:
    """The smallest endpoint for components."""
    arguments = {"variant": ComponentVariant("main", GPU), "role": role_in(stack)}
    return InferenceComponentEndpoint(stack, id, **(arguments | changes))


def pooled(*machines: InstanceType) -> ComponentVariant:
    """Machines of several types for components."""
    return ComponentVariant("main", InstancePools(*map(InstancePool, machines)))


def specification(**changes: Any) -> ComponentSpecification:
    """The smallest specification."""
    container = Container(image=IMAGE)
    arguments: dict[str, Any] = {"model": container, "compute": ComputeRequirements(min_memory_mb=1024)}
    return ComponentSpecification(**(arguments | changes))


def properties(template: Mapping[str, Any], construct: Any, child: str = "Resource") -> dict[str, Any]:
    """The properties of what *construct* has made under the id *child*."""
    found: dict[str, Any] = resource(template, construct, child)["Properties"]
    return found


def resource(template: Mapping[str, Any], construct: Any, child: str = "Resource") -> dict[str, Any]:
    """The whole resource that *construct* has made under the id *child*, which may be a path."""
    from aws_cdk import Stack

    for part in child.split("/"):
        construct = construct.node.find_child(part)
    found: dict[str, Any] = template["Resources"][Stack.of(construct).get_logical_id(construct)]
    return found


def statements(template: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The statements of every managed policy."""
    policies = of_type(template, "AWS::IAM::ManagedPolicy").values()
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def warnings_of(construct: Any) -> list[str]:
    return [entry.data for entry in construct.node.metadata if entry.type == "aws:cdk:warning"]


def without_none(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def variant_as(**changes: Any) -> dict[str, Any]:
    """The smallest variant as the API has it, with members changed; a value of None takes the member away."""
    members = {
        "VariantName": "main",
        "ModelName": "a-single-model",
        "InstanceType": "ml.m5.xlarge",
        "InitialInstanceCount": 1,
        "InitialVariantWeight": 1,
    }
    return without_none(members | changes)


def one_as(**changes: Any) -> dict[str, Any]:
    """A configuration of that variant."""
    return {"ProductionVariants": [variant_as(**changes)]}


# Name, what the caller writes, and what must come out.
Case = tuple[str, Callable[[Any, str], Any], dict[str, Any]]


def side_by_side(cases: Sequence[Case], child: str = "Resource") -> dict[str, Any]:
    """What each case makes under the id *child*, by its name: all in one stack, which is synthesized once."""
    from aws_cdk import App, Stack

    stack = Stack(App(), "Stack")
    constructs = {name: build(stack, f"Case{number}") for number, (name, build, _) in enumerate(cases)}
    template = template_of(stack)
    return {name: properties(template, construct, child) for name, construct in constructs.items()}


def readable(value: Any) -> Any:
    """*value* with each reference as a short text in its place, without the hash of its logical id."""
    if isinstance(value, list):
        return [readable(item) for item in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Ref": str(name)}:
            return f"<{_short(name)}>"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"<{_short(name)}.{attribute}>"
        case {"Fn::Join": ["", list(parts)]}:
            return "".join(map(readable, parts))
    return {name: readable(item) for name, item in value.items()}


def _short(logical_id: str) -> str:
    return re.sub(r"[0-9A-F]{8}$", "", logical_id)


def policy_as(name: str, alarms: Any = None, **members: Any) -> dict[str, Any]:
    rollback = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": alarm} for alarm in alarms]}} if alarms else {}
    return {"DeploymentConfig": {name: members, **rollback}}


def percent(value: int) -> dict[str, Any]:
    return {"Type": "CAPACITY_PERCENT", "Value": value}


def refusal(build: Callable[[], object]) -> str:
    """The problems that *build* ends in, a line each."""
    with pytest.raises(ConfigurationError) as raised:
        build()
    return "\n".join(raised.value.problems)
