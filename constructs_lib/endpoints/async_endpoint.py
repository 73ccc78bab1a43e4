"""An endpoint that takes requests into a queue and answers into a bucket."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, NoReturn

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib._internal.checks import known_at_synth, require
from constructs_lib._internal.expressions import runtime_problems
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.rendering import given
from constructs_lib._internal.statements import Statement
from constructs_lib.contract.published_metrics import EndpointKind
from constructs_lib.endpoints.data_capture import DataCapture
from constructs_lib.endpoints.deployment import DeploymentPolicy
from constructs_lib.endpoints.endpoint_base import Asynchronous
from constructs_lib.endpoints.endpoint_metrics import AsyncMetrics
from constructs_lib.endpoints.hosted_endpoint import HostedEndpoint, VariantProperty
from constructs_lib.endpoints.instance_endpoint import (
    CAPTURE_ARGUMENTS,
    SINGLE_VARIANT_ARGUMENTS,
    capture_statements,
    hosted,
    kind_problem,
)
from constructs_lib.endpoints.production_variant import ProductionVariant
from constructs_lib.foundation.s3_location import S3Location, use_key
from constructs_lib.models.composition import ModelKind
from constructs_lib.operations.alarm_thresholds import AlarmThresholds
from constructs_lib.operations.hosting_panels import queue_panels
from constructs_lib.operations.hosting_watches import queue_watches
from constructs_lib.operations.panels import Panel
from constructs_lib.operations.watch import Watch
from constructs_lib.scaling.async_scaling import AsyncScaling
from constructs_lib.scaling.options import SuspendedState

_SUCCESS, _ERROR = "SUCCESS_NOTIFICATION_TOPIC", "ERROR_NOTIFICATION_TOPIC"
_ARGUMENTS = {
    **SINGLE_VARIANT_ARGUMENTS,
    **CAPTURE_ARGUMENTS,
    "AsyncInferenceConfig.ClientConfig.MaxConcurrentInvocationsPerInstance": "max_concurrent_invocations_per_instance",
    "AsyncInferenceConfig.OutputConfig.S3OutputPath": "output",
    "AsyncInferenceConfig.OutputConfig.S3FailurePath": "failures",
    "AsyncInferenceConfig.OutputConfig.NotificationConfig.SuccessTopic": "success_topic",
    "AsyncInferenceConfig.OutputConfig.NotificationConfig.ErrorTopic": "error_topic",
}


class AsyncEndpoint(HostedEndpoint, Asynchronous, AsyncMetrics):
    """One variant on machines that works through a queue; requests may be large and take up to an hour.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html
    """

    _kind = EndpointKind.ASYNCHRONOUS
    # A container may take an hour for one request.
    _half_of_the_longest_answer_ms: ClassVar[int] = 30 * 60 * 1000

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        variant: ProductionVariant,
        output: S3Location,
        failures: S3Location | None = None,
        inputs: S3Location | None = None,
        success_topic: sns.ITopic | None = None,
        error_topic: sns.ITopic | None = None,
        include_response_in_topics: bool = False,
        max_concurrent_invocations_per_instance: int | None = None,
        key: kms.IKey | None = None,
        capture: DataCapture | None = None,
        deployment: DeploymentPolicy | None = None,
        retained: Sequence[VariantProperty] | None = None,
        endpoint_name: str | None = None,
    ) -> None:
        """Make the endpoint and its configuration.

        The role of the model gets to read `inputs`, to write to `output` and `failures`, and to publish to the topics,
        using their keys, before the endpoint is made (TRAPS 9).

        Args:
            scope: The parent construct.
            id: The id in it.
            variant: The model and its machines; a `Model` of one container.
            output: Where answers go, encrypted by the key of its bucket.
            failures: Where the reason goes when there is no answer; encrypted as the output is.
            inputs: Where callers put their requests. None leaves it to you that the role of the model may read them.
            success_topic: Is told of each answer.
            error_topic: Is told of each failure.
            include_response_in_topics: Whether the message holds the answer itself, when it is small enough, and not
                only its address.
            max_concurrent_invocations_per_instance: Requests that a container works on at once, 1 to 1000; None lets
                SageMaker find a number.
            key: Encrypts the machines' volumes. None takes the key of `output`, unless the machines have disks of
                their own.
            capture: Keeps requests and answers; None keeps none.
            deployment: How an update reaches the machines; None is SageMaker's own: all at once, and no alarm.
            retained: What an update keeps as it runs. None keeps the machines when they scale, and nothing else.
            endpoint_name: Letters, digits and dashes, at most 63; None makes one of the stack's name and the path, the
                same at each synth. Another name is another endpoint.

        Raises:
            ConfigurationError: SageMaker would refuse the configuration; all problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceConfig.html
        """
        super().__init__(scope, id)
        require(
            self,
            argument_problems(AsyncEndpoint.__init__, locals()),
            known_at_synth("include_response_in_topics", include_response_in_topics, "it makes a list longer"),
        )
        topics = {_SUCCESS: success_topic, _ERROR: error_topic}
        notifications = given(
            SuccessTopic=success_topic.topic_arn if success_topic is not None else None,
            ErrorTopic=error_topic.topic_arn if error_topic is not None else None,
            IncludeInferenceResponseIn=[name for name, topic in topics.items() if topic is not None]
            if include_response_in_topics
            else None,
        )
        config: dict[str, Any] = {
            "OutputConfig": given(
                S3OutputPath=output.destination,
                S3FailurePath=failures.destination if failures is not None else None,
                KmsKeyId=output.key_arn,
                NotificationConfig=notifications or None,
            )
        }
        if max_concurrent_invocations_per_instance is not None:
            config["ClientConfig"] = {"MaxConcurrentInvocationsPerInstance": max_concurrent_invocations_per_instance}
        self._host(
            variants=[hosted(variant)],
            members=given(
                AsyncInferenceConfig=config, DataCaptureConfig=capture.render() if capture is not None else None
            ),
            arguments=_ARGUMENTS,
            problems=[
                *kind_problem("variant", variant, ModelKind.SINGLE),
                *runtime_problems("an endpoint", inputs.uri if inputs is not None else None),
                _failures_key_problem(output, failures),
                _fifo_problem("success_topic", success_topic),
                _fifo_problem("error_topic", error_topic),
                "include_response_in_topics needs success_topic or error_topic, got neither"
                if include_response_in_topics and not any(topics.values())
                else None,
            ],
            writes=[
                *output.write_statements(),
                *(failures.write_statements() if failures is not None else ()),
                *(inputs.read_statements() if inputs is not None else ()),
                *capture_statements(capture),
                *(statement for topic in topics.values() for statement in _publish(topic)),
            ],
            written=[output, capture.location if capture is not None else None],
            key=key,
            deployment=deployment,
            retained=retained,
            endpoint_name=endpoint_name,
        )
        self._variant_name = variant.name
        self._exchanged = (
            *(inputs.write_statements() if inputs is not None else ()),
            *output.read_statements(),
            *(failures.read_statements() if failures is not None else ()),
        )

    def grant_invoke(self, grantee: iam.IGrantable) -> NoReturn:
        """There is no such right: nobody waits for the answer of an asynchronous endpoint.

        The CDK's `IEndpoint` has this method, and `SagemakerIntegration` of API Gateway calls it.

        Raises:
            ConfigurationError: Always; `grant_invoke_async` is the right to give.
        """
        problem = "grant_invoke is not for an AsyncEndpoint, which is asked with InvokeEndpointAsync"
        require(self, f"{problem}; call grant_invoke_async(…)")
        raise AssertionError("require has raised")

    def auto_scale(
        self, *, min_capacity: int, max_capacity: int, suspended: SuspendedState | None = None
    ) -> AsyncScaling:
        """Let the number of machines follow the queue; add a policy with a `scale_on_…` method.

        With a floor of zero the endpoint costs nothing while nobody asks, and a policy of its own brings up the first
        machine when a request waits. From now on an update of the endpoint keeps the number of machines that runs
        (TRAPS 3).

        Args:
            min_capacity: Machines that are always there, 0 or more.
            max_capacity: The most machines, not below `min_capacity`.
            suspended: What is left alone for now; None scales.

        Raises:
            ConfigurationError: The capacities are not possible, or the endpoint scales already.
        """
        variant = self._variant_name
        self._require_one_target(variant)
        scaling = AsyncScaling(
            self._targets,
            variant,
            endpoint_name=self.endpoint_name,
            variant=variant,
            min_capacity=min_capacity,
            max_capacity=max_capacity,
            suspended=suspended,
        )
        self._keep_counts(variant)
        return scaling

    def _queue_watches(self, thresholds: AlarmThresholds) -> list[Watch]:
        return queue_watches({"EndpointName": self.endpoint_name}, thresholds)

    def _more_panels(self) -> Iterable[Panel]:
        return queue_panels({"EndpointName": self.endpoint_name})

    def _caller_statements(self) -> tuple[Statement, ...]:
        return (*super()._caller_statements(), *self._exchanged)


def _failures_key_problem(output: S3Location, failures: S3Location | None) -> str | None:
    if failures is None or failures.key_arn == output.key_arn:
        return None
    return (
        "failures must lie in a bucket with the key of output's, because the API has one key for both, got "
        f"{failures.key_arn or 'no key'}"
    )


def _fifo_problem(argument: str, topic: sns.ITopic | None) -> str | None:
    """A message to a FIFO topic needs a group, and SageMaker names none.

    Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    """
    # The flag for one that is made here, whose name is not known yet; the name for one that is imported.
    if topic is None or not (topic.fifo or str(topic.topic_arn).endswith(".fifo")):
        return None
    return f"{argument} must be a standard topic, because SageMaker names no message group, got {topic.node.path}"


def _publish(topic: sns.ITopic | None) -> Iterator[Statement]:
    """What telling a topic takes; its key's own policy must let IAM decide, as keys of the CDK do (TRAPS 14)."""
    if topic is not None:
        yield Statement(actions=("sns:Publish",), resources=(topic.topic_arn,))
        key = topic.master_key
        yield from use_key(key.key_arn if key else None, "kms:Decrypt", "kms:GenerateDataKey")
