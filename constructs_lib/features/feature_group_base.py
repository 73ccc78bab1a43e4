"""What can be done with a feature group of which only the name is known."""

from enum import StrEnum
from typing import cast

import jsii
from aws_cdk import Duration, Resource
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk.aws_cloudwatch import Metric
from aws_cdk.interfaces.aws_sagemaker import FeatureGroupReference, IFeatureGroupRef
from constructs import Construct, IConstruct

from constructs_lib._internal.api import request_problems
from constructs_lib._internal.arns import name_in_arn
from constructs_lib._internal.checks import has, is_a, one_of, require
from constructs_lib._internal.durations import whole_seconds
from constructs_lib._internal.expressions import runtime_problems
from constructs_lib._internal.grants import grant
from constructs_lib._internal.kinds import argument_problems, kind_problems
from constructs_lib._internal.place import place_of
from constructs_lib._internal.statements import Statement
from constructs_lib.foundation.s3_location import S3Location

# Metric to the statistic to look at first. Neither botocore nor the CDK has this list.
# https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-feature-store
_METRICS = {
    "ConsumedReadCapacityUnits": "Sum",
    "ConsumedReadRequestsUnits": "Sum",
    "ConsumedWriteCapacityUnits": "Sum",
    "ConsumedWriteRequestsUnits": "Sum",
    "Invocations": "Sum",
    "Latency": "Average",
    "Operation4XXErrors": "Sum",
    "Operation5XXErrors": "Sum",
    "ThrottledRequests": "Sum",
}
_NAMESPACE = "AWS/SageMaker/FeatureStore"


class FeatureStoreOperation(StrEnum):
    """What a record is asked for or put by, as the dimension `OperationName` of metrics spells it.

    Batches are counted for all groups together, and so are no metric of one.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
    """

    PUT_RECORD = "PutRecord"
    GET_RECORD = "GetRecord"
    DELETE_RECORD = "DeleteRecord"


@jsii.implements(IFeatureGroupRef)
class FeatureGroupBase(Resource):
    """A feature group, made here or elsewhere.

    Attributes:
        feature_group_name: Its name.
        feature_group_arn: Its ARN, which has the name in small letters.
        offline_location: Where every record is kept, to be read as the channel of a job:
            `Channel.from_s3("train", group.offline_location)`. None where there is no offline store, or it is unknown.
    """

    feature_group_name: str
    feature_group_arn: str
    offline_location: S3Location | None = None

    # The key of the online store, which Feature Store uses in the name of each caller; None where there is none.
    _online_key_arn: str | None = None

    @property
    def feature_group_ref(self) -> FeatureGroupReference:
        """The group as other modules of the CDK name it."""
        return FeatureGroupReference(feature_group_name=self.feature_group_name)

    def grant_put_record(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* put records (`sagemaker:PutRecord`), using the key of the online store."""
        return grant(self, grantee, *self.statements("sagemaker:PutRecord"))

    def grant_get_record(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* get the latest records, one or many at a time (`sagemaker:GetRecord`, `BatchGetRecord`).

        It may use the key of the online store for that. What is in the offline store, `ArtifactStore.grant_read` lets
        people read, and `offline_location` the jobs that name it.

        Raises:
            ConfigurationError: The group has no online store, which is the one that answers.
        """
        return grant(self, grantee, *self.statements("sagemaker:BatchGetRecord", "sagemaker:GetRecord"))

    def grant_delete_record(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* delete records (`sagemaker:DeleteRecord`), using the key of the online store.

        The offline store keeps a deleted record, and a mark that it is deleted.
        """
        return grant(self, grantee, *self.statements("sagemaker:DeleteRecord"))

    def grant_describe(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* see features, stores and state (`sagemaker:DescribeFeatureGroup`), and no record."""
        statement = Statement(actions=("sagemaker:DescribeFeatureGroup",), resources=(self.feature_group_arn,))
        return grant(self, grantee, statement)

    def metric(
        self,
        name: str,
        *,
        operation: FeatureStoreOperation,
        namespace: str = _NAMESPACE,
        statistic: str | None = None,
        period: Duration | None = None,
        label: str | None = None,
        color: str | None = None,
    ) -> Metric:
        """A metric that Feature Store publishes for one operation on this group.

        Args:
            name: `Invocations`, `Operation4XXErrors`, `Operation5XXErrors`, `ThrottledRequests`, `Latency` in
                microseconds; of a group on demand `ConsumedReadRequestsUnits` and `ConsumedWriteRequestsUnits`, of a
                provisioned one `ConsumedReadCapacityUnits` and `ConsumedWriteCapacityUnits`.
            operation: What is counted.
            namespace: The page that names metrics and dimensions leaves the namespace out, and an alarm in a wrong one
                never sees data: look at the CloudWatch console before you rely on one (untested).
            statistic: Such as `Sum`, `Maximum` or `p99`; the natural one of the metric unless given.
            period: What one value sums up; five minutes unless given.
            label: The name in a graph.
            color: The colour in a graph, as in `#1f77b4`.

        Raises:
            ConfigurationError: There is no such metric.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
        """
        subject = f"metric of {self.node.path}"
        require(
            subject,
            *kind_problems("operation", operation, FeatureStoreOperation),
            *(is_a(field, value, str, "a text") for field, value in (("name", name), ("namespace", namespace))),
            has("period", period, "to_seconds", "a duration such as Duration.minutes(1)"),
            whole_seconds("period", period),
            *(
                is_a(field, value, str, "a text") if value is not None else None
                for field, value in (("statistic", statistic), ("label", label), ("color", color))
            ),
        )
        require(subject, one_of("name", name, tuple(_METRICS)))
        return Metric(
            namespace=namespace,
            metric_name=name,
            dimensions_map={"FeatureGroupName": self.feature_group_name, "OperationName": operation.value},
            statistic=statistic or _METRICS.get(name),
            period=period,
            label=label,
            color=color,
        ).attach_to(cast(IConstruct, self))

    def statements(self, *actions: str) -> tuple[Statement, ...]:
        """What it takes to do *actions* to the records of this group; a job that names the group gets it, too.

        Feature Store uses the key of the online store in the name of whoever asks.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-security.html
        """
        allowed = Statement(actions=actions, resources=(self.feature_group_arn,))
        if self._online_key_arn is None:
            return (allowed,)
        through = {"StringEquals": {"kms:ViaService": f"sagemaker.{place_of(self).region}.amazonaws.com"}}
        return (
            allowed,
            Statement(actions=("kms:Decrypt",), resources=(self._online_key_arn,), conditions=through),
        )


def arn_of(scope: IConstruct, name: str) -> str:
    """The ARN of the group *name* in the account and region of *scope*."""
    return place_of(scope).arn("sagemaker", f"feature-group/{name_in_arn(name)}")


class ImportedFeatureGroup(FeatureGroupBase):
    """A feature group that is there already; `FeatureGroup.from_feature_group_name` makes it."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        feature_group_name: str,
        key: kms.IKey | None = None,
        offline_location: S3Location | None = None,
    ) -> None:
        """Name it; use `FeatureGroup.from_feature_group_name`."""
        require((scope, id), argument_problems(ImportedFeatureGroup.__init__, locals()))
        request = {"FeatureGroupName": feature_group_name}
        require(
            (scope, id),
            runtime_problems("a stack", feature_group_name),
            request_problems("DescribeFeatureGroup", request, {"FeatureGroupName": "feature_group_name"}),
            # The API takes either there; the ARN of grants is made of the name.
            f"feature_group_name must be a name and no ARN, got {feature_group_name!r}"
            if feature_group_name.startswith("arn:")
            else None,
        )
        super().__init__(scope, id)
        self.feature_group_name = feature_group_name
        self.feature_group_arn = arn_of(cast(IConstruct, self), feature_group_name)
        self.offline_location = offline_location
        self._online_key_arn = key.key_arn if key is not None else None
