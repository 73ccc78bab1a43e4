"""What is watched of an endpoint whose variants are known."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib._internal.checks import require
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.names import variant_id
from constructs_lib.contract.published_metrics import EndpointKind
from constructs_lib.endpoints.alarms import alarm_arns, without_rollback
from constructs_lib.endpoints.endpoint_base import EndpointBase
from constructs_lib.endpoints.hosted import Hosted
from constructs_lib.endpoints.rollback import AutoRollback
from constructs_lib.endpoints.scaling_limits import scaling_limits
from constructs_lib.operations.alarm_thresholds import AlarmThresholds
from constructs_lib.operations.alarms import region_problem, second_problem
from constructs_lib.operations.hosting_panels import variant_panels
from constructs_lib.operations.hosting_watches import variant_watches
from constructs_lib.operations.panels import Panel, Section
from constructs_lib.operations.watch import Watch


class WatchedEndpoint(EndpointBase):
    """An endpoint that was made here: it knows its kind and its variants, and so what is published of them."""

    # The mean latency that is too long when the user names none: half of what the kind allows a container.
    _half_of_the_longest_answer_ms: ClassVar[int] = 30_000

    # What it publishes depends on it.
    _kind: ClassVar[EndpointKind]

    # What the endpoint was made of.
    _variants: Sequence[Hosted]
    _rollback: AutoRollback | None
    # Where its scalable targets are.
    _targets: Construct

    def add_alarms(self, topic: sns.ITopic, *, thresholds: AlarmThresholds | None = None) -> list[cloudwatch.CfnAlarm]:
        """Let alarms tell *topic* of what goes wrong.

        That is, of each variant but a shadow, what its kind publishes of these: too many answers with a 5xx status,
        answers that take too long, memory, disk or memory of GPUs nearly full, requests of a queue that fail, expire or
        wait too long, and nearly as many requests as a serverless variant takes. Where there are no requests or no
        machines, nothing rings.

        The alarms that take an update back tell the topic too; where they watch errors from the same threshold on,
        there is no second alarm of it. The policy of the topic, and that of its key, let alarms in where they are not
        imported (TRAPS 14).

        Args:
            topic: Who is told, such as an `AlarmTopic`.
            thresholds: What is too much; None is `AlarmThresholds()`.

        Returns:
            The alarms that are made now, for a composite one.

        Raises:
            ConfigurationError: The topic is none or of another region, or the endpoint has alarms already.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
        """
        kinds = argument_problems(WatchedEndpoint.add_alarms, locals())
        require(self, kinds, second_problem(self), region_problem(self, topic))
        chosen = thresholds or AlarmThresholds()
        by_variant = {
            variant_id(number, variant.name): (
                variant.name,
                without_rollback(self._watches(variant, chosen), self._rollback, chosen),
            )
            for number, variant in enumerate(self._variants)
            if not variant.shadow
        }
        return self._tell(topic, self._queue_watches(chosen), by_variant)

    def _watches(self, variant: Hosted, thresholds: AlarmThresholds) -> list[Watch]:
        return variant_watches(
            self._kind,
            {"EndpointName": self.endpoint_name, "VariantName": variant.name},
            thresholds,
            latency_ms=self._half_of_the_longest_answer_ms,
            gpus=self._gpus(variant),
        )

    def _gpus(self, variant: Hosted) -> int | None:
        """How many hundred percent all GPUs of a machine are; None where that is not known."""
        if self._kind is EndpointKind.INFERENCE_COMPONENT:
            return 1 if any(kind.has_gpus for kind in variant.instance_types) else None
        numbers = {kind.gpus for kind in variant.instance_types}
        # Of pools with several numbers nobody knows which machine runs.
        return numbers.pop() if len(numbers) == 1 else None

    def _sections(self, *, alarms: bool) -> Iterator[Section]:
        """What a dashboard shows of it, with its *alarms* or without."""
        name = self.endpoint_name
        panels = variant_panels(
            self._kind,
            {each.name: {"EndpointName": name, "VariantName": each.name} for each in self._variants},
            gpus=any(kind.has_gpus for each in self._variants for kind in each.instance_types),
            limits=scaling_limits(self._targets.node.children),
        )
        yield Section(
            title=self.node.path,
            panels=[*panels, *self._more_panels()],
            alarms=alarm_arns(self) if alarms else (),
        )

    def _more_panels(self) -> Iterable[Panel]:
        """What its kind has to show besides its variants."""
        return ()

    def _queue_watches(self, thresholds: AlarmThresholds) -> list[Watch]:
        """What is watched of the endpoint as a whole."""
        return []
