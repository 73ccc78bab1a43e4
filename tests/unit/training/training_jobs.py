"""A training job of plain values, for the tests of what it renders and refuses."""

from typing import Any

from constructs_lib import Cluster, ContainerImage, InstanceType, S3Location, S3Object, TrainingJob

ROLE_ARN = "arn:aws:iam::123456789012:role/trainer"
IMAGE_URI = "registry.example.com/trainer:1"
GPU = InstanceType("ml.g5.12xlarge")
CPU = InstanceType("ml.m5.xlarge")


def at(prefix: str) -> S3Location:
    return S3Location(bucket_name="bucket", bucket_arn="arn:aws:s3:::bucket", prefix=prefix)


def thing(key: str) -> S3Object:
    return S3Object(bucket_name="bucket", bucket_arn="arn:aws:s3:::bucket", key=key)


def role_in(stack: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return stack.node.try_find_child("Trainer") or iam.Role.from_role_arn(stack, "Trainer", ROLE_ARN)


def image_of(framework: str | None = None, **attributes: Any) -> ContainerImage:
    """An image whose framework is known, as those that the catalogue names."""
    image = ContainerImage.from_uri(IMAGE_URI)
    for name, value in {"framework": framework, **attributes}.items():
        setattr(image, name, value)
    return image


def job_in(stack: Any, id: str = "Train", **changes: Any) -> TrainingJob:
    arguments: dict[str, Any] = {
        "image": ContainerImage.from_uri(IMAGE_URI),
        "cluster": Cluster(instance_type=CPU),
        "output": at("models"),
        "role": role_in(stack),
    }
    return TrainingJob(stack, id, **(arguments | changes))


def statements_of(stack: Any) -> list[dict[str, Any]]:
    """The statements of every policy in the stack, their lists always lists."""
    from tests.templates import of_type, template_of

    found = []
    for policy in of_type(template_of(stack), "AWS::IAM::ManagedPolicy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            actions, resources = statement["Action"], statement["Resource"]
            found.append(
                {
                    **statement,
                    "Action": actions if isinstance(actions, list) else [actions],
                    "Resource": resources if isinstance(resources, list) else [resources],
                }
            )
    return found


def warnings_of(construct: Any) -> list[str]:
    return [entry.data for entry in construct.node.metadata if entry.type == "aws:cdk:warning"]
