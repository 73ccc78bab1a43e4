"""Why a resource in a policy still holds a wildcard, by hand: what a security reviewer asks first."""

import re
from collections.abc import Iterable

from tests.permissions.template_policies import Statement

# Actions (a pattern), resources (a pattern), reason. The first that fits both counts.
REASONS: tuple[tuple[str, str, str], ...] = (
    (r"\*", r"\*", "the policy of a network endpoint grants nothing; its conditions bound what passes to own accounts"),
    (r"ecr:GetAuthorizationToken", r"\*", "the action has no resource of its own; IAM takes it on `*` only"),
    (r"ecr:\w+", r"\*", "in the policy of a network endpoint, where a condition names the registries' accounts"),
    (r"cloudwatch:PutMetricData", r"\*", "the action has no resource; a condition limits it to SageMaker's namespace"),
    (r"ec2:Describe\w+", r"\*", "EC2's Describe actions have no resources; IAM takes them on `*` only"),
    (r"ssmmessages:\w+", r"\*", "channels of Systems Manager have no ARN; asked for by `remote_debug` only"),
    (r"(logs|xray):\w+", r"\*", "log delivery and X-Ray have no resources; IAM takes these actions on `*` only"),
    (r"cloudwatch:(Get|List)Metric\w*", r"\*", "metrics are no resources; IAM takes reading them on `*` only"),
    (r"application-autoscaling:Describe\w+", r"\*", "describing scaling has no resources; IAM takes it on `*` only"),
    (r"sagemaker:List\w+", r"\*", "listing jobs has no resources; it tells names and states"),
    (r"redshift-data:\w+", r"\*", "a statement has no ARN; a condition limits the role to those it began itself"),
    (r"kms:.+", r"\*", "in the policy of a key `*` is that key and no other"),
    (r"sns:Publish", r"\*", "in the policy of a topic `*` is that topic and no other"),
    (r"sts:\w+", r"\*", "in the trust of a role `*` is that role and no other"),
    (r"s3:.+", r"<\w+\.Arn>/\*", "all objects of one bucket, in the policy of that bucket"),
    (r"s3:GetObject", r"arn:aws:s3:::[^*]+/\*/metadata/\*", "manifests of an Iceberg table, in folders named later"),
    (r"s3:\w+", r"arn:aws:s3:::[^*]+-\*", "what jobs of one name leave; each run adds to the name"),
    (r"s3:\w+", r"(arn:aws:s3:::[^*]+|<\w+\.Arn>/[^*]+)/\*", "the objects below one prefix, which have no other name"),
    (r"logs:\w+", r"arn:aws:logs:.*:/aws/sagemaker/\w+\*", "SageMaker names groups and streams after what runs later"),
    (r"logs:GetLogEvents", r"arn:aws:logs:.*:/aws/sagemaker/\w+:log-stream:\w+-\*", "streams of jobs of one name"),
    (r"logs:GetLogEvents", r"arn:aws:logs:.*:/aws/sagemaker/\w+:log-stream:[^*]+/\*", "the streams of one notebook"),
    (r"logs:\w+", r"arn:aws:logs:.*:/aws/sagemaker/[^*]+:\*", "the ARN of one log group ends so; it means its streams"),
    (r"ec2:\w+", r"arn:aws:ec2:.*:network-interface/\*", "the interfaces do not exist yet"),
    (r"sagemaker:CreateModelPackage", r"arn:aws:sagemaker:.*:model-package/[^*]+/\*", "versions that do not exist yet"),
    (r"sagemaker:\w+", r"arn:aws:sagemaker:.*:[a-z-]+/[^*]+-\*", "each execution makes a new name behind a fixed one"),
    (r"states:\w+", r"arn:aws:states:.*:execution:<[^*]+>:\*", "the executions of one state machine"),
    (r"glue:\w+", r"arn:aws:glue:.*:table/\w+/(sagemaker_tmp_)?\*", "the tables of one database, named later"),
)


def reasons(statements: Iterable[Statement]) -> dict[tuple[str, str], list[str]]:
    """Resource with a wildcard and its reason, to the actions; an error where nobody has given a reason."""
    found: dict[tuple[str, str], list[str]] = {}
    for statement in statements:
        for resource in statement.resources:
            # A refusal may be as wide as it likes.
            if "*" not in resource or statement.effect == "Deny":
                continue
            for action in statement.actions:
                found.setdefault((resource, _reason(action, resource)), []).append(action)
    return found


def _reason(action: str, resource: str) -> str:
    for actions, resources, reason in REASONS:
        if re.fullmatch(actions, action) and re.fullmatch(resources, resource):
            return reason
    raise AssertionError(f"nobody has said why {action} is allowed on {resource}")
