"""What can be done with an endpoint of which only the name is known."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, ClassVar

import jsii
from aws_cdk import ArnFormat, Resource, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces.aws_sagemaker import EndpointReference
from constructs import Construct

from constructs_lib._internal.api import request_problems
from constructs_lib._internal.arns import name_in_arn
from constructs_lib._internal.checks import is_token, late_list_problem, matches, require, unique
from constructs_lib._internal.expressions import is_late, runtime_problems
from constructs_lib._internal.grants import grant
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.names import id_problem, variant_id
from constructs_lib._internal.place import place_of
from constructs_lib._internal.state_rule import state_rule
from constructs_lib._internal.statements import Statement
from constructs_lib._internal.watching import SEES_METRICS, SEES_SCALING, reads_log_group
from constructs_lib.endpoints.alarms import sees_alarms, tell_topic
from constructs_lib.endpoints.endpoint_metrics import EndpointMetrics
from constructs_lib.endpoints.log_group import LOG_GROUP
from constructs_lib.operations.alarm_thresholds import AlarmThresholds
from constructs_lib.operations.alarms import ALARMS, elsewhere_problem, second_problem, topic_problem
from constructs_lib.operations.hosting_watches import variant_watches
from constructs_lib.operations.watch import Watch

_ARN = r"arn:[a-z-]+:sagemaker:[a-z0-9-]+:\d{12}:endpoint/[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
_INVOKE, _ASYNC = "sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointAsync"
_STREAM = "sagemaker:InvokeEndpointWithResponseStream"
_ARN_SHAPE = "the ARN of an endpoint, shaped arn:aws:sagemaker:region:account:endpoint/name"


class EndpointEvent(StrEnum):
    """The states that events tell of.

    Events spell states in capitals; `DescribeEndpoint` calls the same state `InService`.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
    """

    CREATING = "CREATING"
    UPDATING = "UPDATING"
    SYSTEM_UPDATING = "SYSTEM_UPDATING"
    ROLLING_BACK = "ROLLING_BACK"
    IN_SERVICE = "IN_SERVICE"
    OUT_OF_SERVICE = "OUT_OF_SERVICE"
    UPDATE_ROLLBACK_FAILED = "UPDATE_ROLLBACK_FAILED"
    FAILED = "FAILED"
    DELETING = "DELETING"


@jsii.implements(sagemaker.IEndpoint)
class EndpointBase(Resource, EndpointMetrics):
    """An endpoint, made here or imported.

    Attributes:
        endpoint_name: The name to invoke it by; it is spelt exactly (TRAPS 28).
        endpoint_arn: Its ARN.
    """

    # What the properties give; the kinds fill both in.
    _name: str
    _arn: str

    # The actions of a caller.
    _asked_by: ClassVar[tuple[str, ...]]

    # Who may operate it; alarms that come later are shown to them, too.
    _operators: tuple[iam.IGrantable, ...] = ()

    # Properties, because jsii passes those on to the CDK and no attribute: an integration of API Gateway reads both.
    @property
    def endpoint_name(self) -> str:
        """The name to invoke it by."""
        return self._name

    @property
    def endpoint_arn(self) -> str:
        """Its ARN."""
        return self._arn

    @staticmethod
    def from_endpoint_name(scope: Construct, id: str, endpoint_name: str) -> "ImportedEndpoint":
        """An endpoint of this account and region that is there already."""
        return ImportedEndpoint(scope, id, endpoint_name=endpoint_name)

    @staticmethod
    def from_endpoint_arn(scope: Construct, id: str, endpoint_arn: str) -> "ImportedEndpoint":
        """An endpoint of any account and region.

        SageMaker writes names in ARNs in lower case and wants them spelt exactly when they are invoked (TRAPS 28): a
        name with capitals needs `from_endpoint_attributes`.

        Raises:
            ConfigurationError: The text is no ARN of an endpoint.
        """
        require((scope, id), matches("endpoint_arn", endpoint_arn, _ARN, shape=_ARN_SHAPE))
        if is_token(endpoint_arn):
            name = Stack.of(scope).split_arn(endpoint_arn, ArnFormat.SLASH_RESOURCE_NAME).resource_name
        else:
            name = endpoint_arn.rpartition("/")[2]
        return ImportedEndpoint(scope, id, endpoint_name=str(name), endpoint_arn=endpoint_arn)

    @staticmethod
    def from_endpoint_attributes(
        scope: Construct, id: str, *, endpoint_name: str, endpoint_arn: str | None = None
    ) -> "ImportedEndpoint":
        """An endpoint by name and ARN; without the ARN it is one of this account and region."""
        return ImportedEndpoint(scope, id, endpoint_name=endpoint_name, endpoint_arn=endpoint_arn)

    @property
    def endpoint_ref(self) -> EndpointReference:
        """The endpoint as other modules of the CDK name it."""
        return EndpointReference(endpoint_arn=self.endpoint_arn)

    def on_state_change(
        self, id: str, *, target: events.IRuleTarget | None = None, states: Sequence[EndpointEvent] = ()
    ) -> events.Rule:
        """A rule for the events of this endpoint.

        Args:
            id: The id of the rule.
            target: What is told; None leaves it to `add_target` of the rule.
            states: The states to tell of; none means each change.

        Raises:
            ConfigurationError: There is no such state, or the endpoint has a child of that id.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
        """
        require(
            self,
            id_problem(self, id, (ALARMS, LOG_GROUP)),
            argument_problems(EndpointBase.on_state_change, locals()),
        )
        detail: dict[str, Any] = {"EndpointName": [self.endpoint_name]}
        if states:
            detail["EndpointStatus"] = [str(state) for state in states]
        return state_rule(
            self,
            id,
            target,
            detail_type="SageMaker Endpoint State Change",
            account=self.env.account,
            detail=detail,
        )

    def grant_shift_traffic(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* change weights and counts of variants (`sagemaker:UpdateEndpointWeightsAndCapacities`)."""
        return self._grant(grantee, "sagemaker:UpdateEndpointWeightsAndCapacities")

    def grant_describe(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* see state and variants (`sagemaker:DescribeEndpoint`)."""
        return self._grant(grantee, "sagemaker:DescribeEndpoint")

    def grant_caller(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* ask the endpoint in each way that its kind has, and do nothing else.

        Of an asynchronous endpoint it also writes requests below `inputs` and reads what is below `output` and
        `failures`; of one with inference components it asks all of them, those too that are added later. An imported
        endpoint may be asked in all ways, since its kind is not known.
        """
        return grant(self, grantee, *self._caller_statements())

    def grant_operator(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* keep the endpoint running, without any access to data.

        That is: see the endpoint, its configuration, models and components; change weights and counts; read its logs,
        metrics, its alarms, and what scaling did. Logs hold what the containers print. Of an
        imported endpoint, only what the endpoint itself tells.

        Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
        """
        self._operators = (*self._operators, grantee)
        granted = grant(self, grantee, *self._operator_statements())
        return self._let_see_alarms(grantee, granted)

    def _let_see_alarms(self, grantee: iam.IGrantable, granted: iam.Grant) -> iam.Grant:
        for statement in sees_alarms(self):
            granted = granted.combine(grant(self, grantee, statement))
        return granted

    def _tell(
        self,
        topic: sns.ITopic,
        watches: Sequence[Watch],
        by_variant: Mapping[str, tuple[str, Sequence[Watch]]],
    ) -> list[cloudwatch.CfnAlarm]:
        """Make the alarms, and let those see them who operate the endpoint already."""
        made = tell_topic(self, topic, watches, by_variant)
        for operator in self._operators:
            for statement in sees_alarms(self):
                grant(self, operator, statement)
        return made

    def _caller_statements(self) -> tuple[Statement, ...]:
        return (Statement(actions=self._asked_by, resources=(self.endpoint_arn,)),)

    def _operator_statements(self) -> tuple[Statement, ...]:
        # One that was imported by its ARN may be of elsewhere.
        here = replace(place_of(self), region=self.env.region, account=self.env.account)
        return (
            Statement(
                actions=("sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpointWeightsAndCapacities"),
                resources=(self.endpoint_arn,),
            ),
            reads_log_group(here, f"Endpoints/{self.endpoint_name}"),
            SEES_METRICS,
            SEES_SCALING,
        )

    def _grant(
        self, grantee: iam.IGrantable, *actions: str, conditions: Mapping[str, Mapping[str, Any]] | None = None
    ) -> iam.Grant:
        return grant(self, grantee, Statement(actions=actions, resources=(self.endpoint_arn,), conditions=conditions))


class Synchronous(EndpointBase):
    """What is invoked while the caller waits; the actions are apart, because IAM has one for each (TRAPS 17)."""

    _asked_by: ClassVar[tuple[str, ...]] = (_INVOKE, _STREAM)

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* ask for answers in one piece (`sagemaker:InvokeEndpoint`)."""
        return self._grant(grantee, _INVOKE)

    def grant_invoke_with_response_stream(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* ask for answers in a stream (`sagemaker:InvokeEndpointWithResponseStream`)."""
        return self._grant(grantee, _STREAM)


class Asynchronous(EndpointBase):
    """What is invoked by a message and answers into a bucket."""

    _asked_by: ClassVar[tuple[str, ...]] = (_ASYNC,)

    def grant_invoke_async(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* queue requests (`sagemaker:InvokeEndpointAsync`).

        The request itself lies in a bucket: the caller writes it there, and the role of the model reads it.
        """
        return self._grant(grantee, _ASYNC)


class ImportedEndpoint(Synchronous, Asynchronous):
    """An endpoint that is there already; its kind is not known, so nothing is refused."""

    _asked_by = (_INVOKE, _STREAM, _ASYNC)

    def __init__(self, scope: Construct, id: str, *, endpoint_name: str, endpoint_arn: str | None = None) -> None:
        """Name it; use `from_endpoint_name`, `from_endpoint_arn` or `from_endpoint_attributes`."""
        require((scope, id), argument_problems(ImportedEndpoint.__init__, locals()))
        require(
            (scope, id),
            runtime_problems("a stack", endpoint_name),
            request_problems("DescribeEndpoint", {"EndpointName": endpoint_name}, {"EndpointName": "endpoint_name"}),
            matches("endpoint_arn", endpoint_arn, _ARN, shape=_ARN_SHAPE) if endpoint_arn is not None else None,
        )
        super().__init__(scope, id, environment_from_arn=endpoint_arn)
        self._name = endpoint_name
        self._arn = endpoint_arn or place_of(self).arn("sagemaker", f"endpoint/{name_in_arn(endpoint_name)}")

    def add_alarms(
        self, topic: sns.ITopic, *, variants: Sequence[str], thresholds: AlarmThresholds | None = None
    ) -> list[cloudwatch.CfnAlarm]:
        """Let alarms tell *topic* of what goes wrong, as far as all kinds of endpoints with models publish it.

        That is, of each of *variants*: too many answers with a 5xx status, answers that take longer than
        `thresholds.model_latency_ms`, where that is given, and memory that is nearly full. An endpoint for components
        publishes the last alone.

        Args:
            topic: Who is told, such as an `AlarmTopic`.
            variants: The names of its variants.
            thresholds: What is too much; None is `AlarmThresholds()`.

        Returns:
            The alarms, for a composite one.

        Raises:
            ConfigurationError: No variant is named, a name is none or there twice, the endpoint has alarms already, or
                it or the topic is of elsewhere; all are listed.
        """
        kinds = argument_problems(ImportedEndpoint.add_alarms, locals())
        listed = variants if isinstance(variants, list | tuple) else ()
        names = {number: name for number, name in enumerate(listed) if isinstance(name, str)}
        require(
            self,
            kinds,
            second_problem(self),
            topic_problem(self, topic),
            elsewhere_problem(self),
            None if kinds or variants else "variants must name at least one variant, got none",
            late_list_problem("variants", [*names.values()], "each has alarms of its own"),
            unique("variants", names.values()),
            *(_variant_problems(f"variants[{number}]", name) for number, name in names.items()),
        )
        chosen = thresholds or AlarmThresholds()
        by_variant = {
            variant_id(number, name): (
                name,
                variant_watches(
                    None, {"EndpointName": self.endpoint_name, "VariantName": name}, chosen, latency_ms=None
                ),
            )
            for number, name in enumerate(variants)
        }
        return self._tell(topic, (), by_variant)


def _variant_problems(field: str, name: str) -> list[str]:
    """What is wrong with the name of a variant."""
    if is_late(name):
        return [f"{field} must be fixed, because an alarm is made before any workflow runs, got {name!r}"]
    weights = {"EndpointName": "unnamed", "DesiredWeightsAndCapacities": [{"VariantName": name}]}
    path = "DesiredWeightsAndCapacities[0].VariantName"
    return request_problems("UpdateEndpointWeightsAndCapacities", weights, {path: field})
