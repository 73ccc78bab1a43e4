"""An endpoint that several models share, each with copies of its own."""

from collections.abc import Iterator, Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib._internal.checks import require
from constructs_lib._internal.execution import job_statements
from constructs_lib._internal.grants import grant
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.names import id_problem
from constructs_lib._internal.policies import GrowingPolicy
from constructs_lib._internal.rendering import given
from constructs_lib._internal.statements import Statement
from constructs_lib.contract.published_metrics import EndpointKind
from constructs_lib.endpoints.component_metrics import ComponentHostMetrics
from constructs_lib.endpoints.component_rules import Specifications
from constructs_lib.endpoints.component_variant import ComponentVariant
from constructs_lib.endpoints.deployment import Rolling
from constructs_lib.endpoints.hosted import Hosted
from constructs_lib.endpoints.hosted_endpoint import HostedEndpoint, VariantProperty
from constructs_lib.endpoints.inference_component import InferenceComponent, InferenceComponentBase
from constructs_lib.endpoints.instance_endpoint import SINGLE_VARIANT_ARGUMENTS
from constructs_lib.endpoints.log_group import LOG_GROUP
from constructs_lib.endpoints.metrics_config import MetricsConfig
from constructs_lib.endpoints.variant_options import types_of
from constructs_lib.endpoints.volume_key import volume_key
from constructs_lib.foundation.execution_role import ExecutionRole
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.operations.alarm_thresholds import AlarmThresholds
from constructs_lib.operations.alarms import ALARMS, second_problem
from constructs_lib.operations.panels import Section

# What the endpoint makes below itself; a component takes none of these ids.
_OWN_IDS = (ALARMS, LOG_GROUP, "Config", "Output", "Policy", "Resource", "Role", "Rollback", "Scaling")
_MANAGED = "ProductionVariants[].ManagedInstanceScaling"
_ARGUMENTS = {
    **SINGLE_VARIANT_ARGUMENTS,
    f"{_MANAGED}.ScaleInPolicy.MaximumStepSize": "variant.managed_instance_scaling.scale_in_maximum_step_size",
    f"{_MANAGED}.ScaleInPolicy.CooldownInMinutes": "variant.managed_instance_scaling.scale_in_cooldown_minutes",
    "VpcConfig": "network",
    "EnableNetworkIsolation": "network_isolation",
    "MetricsConfig.EnableEnhancedMetrics": "metrics.enhanced_metrics",
    "MetricsConfig.EnableDetailedObservability": "metrics.detailed_observability",
}


class InferenceComponentEndpoint(HostedEndpoint, ComponentHostMetrics):
    """Machines for inference components, each of which is asked by its own name (TRAPS 23).

    Attributes:
        variant_name: The name of the variant that components run on.
        instance_types: The types of machine that it may have.
        network: The network of the components; None when they are outside any VPC of yours.
        network_isolation: What was said of it; None when the components decide.
        role: The role of the endpoint; it gets what the components need.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-deploy-models.html
    """

    _kind = EndpointKind.INFERENCE_COMPONENT
    # How its components are asked; a request without a component is none.
    _asked_by = ("sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream")

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        variant: ComponentVariant,
        network: NetworkBase | None = None,
        network_isolation: bool | None = None,
        role: iam.IRole | None = None,
        key: kms.IKey | None = None,
        metrics: MetricsConfig | None = None,
        retained: Sequence[VariantProperty] | None = None,
        endpoint_name: str | None = None,
    ) -> None:
        """Make the endpoint and its configuration.

        Args:
            scope: The parent construct.
            id: The id in it.
            variant: The machines.
            network: The network of the components; None keeps them outside any VPC of yours.
            network_isolation: Cuts all containers off the network, credentials included; SageMaker itself fetches
                images and artifacts. None cuts them off until a component's container downloads from a hub
                (`HF_MODEL_ID`) or its `Model` was made with `network_isolation=False` (TRAPS 19). A model that was
                made elsewhere says nothing of it.
            role: Runs the components; it gets what they need. None makes one.
            key: Encrypts the machines' volumes. None takes the key of the first weights of a component that have one,
                unless the machines have disks of their own.
            metrics: Finer metrics; None publishes the usual ones each minute.
            retained: What an update keeps as it runs; None keeps the machines under managed scaling, and nothing else.
            endpoint_name: Letters, digits and dashes, at most 63; None makes one of the stack's name and the path, the
                same at each synth. Another name is another endpoint.

        Raises:
            ConfigurationError: SageMaker would refuse the configuration; all problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
        """
        super().__init__(scope, id)
        require(self, argument_problems(InferenceComponentEndpoint.__init__, locals()))
        self.role: iam.IRole = role or ExecutionRole(self, "Role", description=f"Components of {self.node.path}")
        self._policy = GrowingPolicy(
            self,
            "Policy",
            self.role,
            [
                *job_statements(self, "InferenceComponents", volume_key_arn=None),
                *(network.statements() if network is not None else ()),
            ],
        )
        self._host(
            variants=[
                Hosted(
                    name=variant.name,
                    rendered=variant.render(),
                    instance_types=types_of(variant.instance_type),
                    count=variant.count,
                )
            ],
            members=given(
                ExecutionRoleArn=self.role.role_arn,
                VpcConfig=network.vpc_config() if network is not None else None,
                EnableNetworkIsolation=True if network_isolation is None else network_isolation,
                MetricsConfig=metrics.render() if metrics is not None else None,
            ),
            arguments=_ARGUMENTS,
            key=key,
            deployment=None,
            retained=retained,
            endpoint_name=endpoint_name,
        )
        # The role alone is there before it may do anything (TRAPS 9).
        self._config.add_resource_dependency(self._policy.resource)
        if network is not None:
            self._config.node.add_dependency(network)
        if variant.managed_instance_scaling is not None:
            self._keep_counts(variant.name)
        self.variant_name = variant.name
        self.instance_types = types_of(variant.instance_type)
        self.network = network
        self.network_isolation = network_isolation
        self._components: list[InferenceComponentBase] = []
        # Who may ask each component, with the actions.
        self._callers: list[tuple[iam.IGrantable, tuple[str, ...]]] = []
        # Who is told of each component, and from when on.
        self._told: tuple[sns.ITopic, AlarmThresholds | None] | None = None

    def add_component(
        self,
        id: str,
        *,
        specification: Specifications,
        copies: int | None = 1,
        deployment: Rolling | None = None,
        inference_component_name: str | None = None,
    ) -> InferenceComponent:
        """Run a model on these machines; the arguments are those of `InferenceComponent`.

        Raises:
            ConfigurationError: SageMaker would refuse the component; all problems are listed.
        """
        require(f"{self.node.path}.add_component", id_problem(self, id, _OWN_IDS))
        return InferenceComponent(
            self,
            id,
            endpoint=self,
            specification=specification,
            copies=copies,
            deployment=deployment,
            inference_component_name=inference_component_name,
        )

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* ask each component and adapter, those too that are added later (`sagemaker:InvokeEndpoint`).

        `component.grant_invoke(…)` is for one of them.
        """
        return self._let_ask(grantee, "sagemaker:InvokeEndpoint")

    def grant_caller(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* ask each component in each way, those too that are added later."""
        return self._let_ask(grantee, *self._asked_by)

    def grant_operator(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* keep the endpoint and each component running, those too that are added later.

        As of other endpoints; of a component also its state, its model, its log, its alarms and the number of its
        copies.
        """
        granted = super().grant_operator(grantee)
        for component in self._components:
            granted = granted.combine(grant(self, grantee, *component._operated_by()))
        return granted

    def add_alarms(self, topic: sns.ITopic, *, thresholds: AlarmThresholds | None = None) -> list[cloudwatch.CfnAlarm]:
        """Let alarms tell *topic* of what goes wrong with the machines and with each component.

        The components that are added later are among them, and those that have alarms already are not: call
        `component.add_alarms(…)` first where thresholds differ.

        Args:
            topic: Who is told, such as an `AlarmTopic`.
            thresholds: What is too much; None is `AlarmThresholds()`.

        Returns:
            The alarms that are made now, for a composite one.

        Raises:
            ConfigurationError: The topic is none or of another region, or the endpoint has alarms already.
        """
        made = super().add_alarms(topic, thresholds=thresholds)
        self._told = topic, thresholds
        for component in self._components:
            if second_problem(component) is None:
                made += component.add_alarms(topic, thresholds=thresholds)
        return made

    def _sections(self, *, alarms: bool) -> Iterator[Section]:
        yield from super()._sections(alarms=alarms)
        gpus = any(kind.has_gpus for kind in self.instance_types)
        for component in self._components:
            yield component._section(alarms=alarms, gpus=gpus)

    def _let_ask(self, grantee: iam.IGrantable, *actions: str) -> iam.Grant:
        components = (component._asked_by(*actions) for component in self._components)
        granted = grant(self, grantee, Statement(actions=actions, resources=(self.endpoint_arn,)), *components)
        self._callers.append((grantee, actions))
        return granted

    def _let_out(self) -> None:
        """Leave the containers their network, which one of them needs, unless the user has decided."""
        if self.network_isolation is None:
            self._config.enable_network_isolation = False

    def _let_run(
        self,
        component: InferenceComponentBase,
        resource: sagemaker.CfnInferenceComponent,
        statements: Sequence[Statement],
    ) -> None:
        """Give the role what *component* needs, before the component is made, and let in who may use all of them."""
        self._policy.add(statements)
        resource.add_resource_dependency(self._policy.resource)
        # Components come one after the other. What has a key keeps it: another one makes another configuration.
        if self._config.kms_key_id is None:
            self._config.kms_key_id = volume_key(self.instance_types, (), statements)
        self._components.append(component)
        if self._told is not None:
            topic, thresholds = self._told
            component.add_alarms(topic, thresholds=thresholds)
        for caller, actions in self._callers:
            grant(self, caller, component._asked_by(*actions))
        for operator in self._operators:
            grant(self, operator, *component._operated_by())
