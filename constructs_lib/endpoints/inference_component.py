"""A model on an endpoint that it shares with others, with machines' memory and accelerators of its own."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

from aws_cdk import Resource, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib._internal.api import request_problems
from constructs_lib._internal.checks import has, is_token, require
from constructs_lib._internal.expressions import runtime_problems
from constructs_lib._internal.grants import grant
from constructs_lib._internal.kinds import argument_problems, kind_problems
from constructs_lib._internal.names import id_problem, unique_name
from constructs_lib._internal.place import place_of
from constructs_lib._internal.rendering import camel_case
from constructs_lib._internal.statements import Statement
from constructs_lib._internal.warnings import warn
from constructs_lib._internal.watching import reads_log_group
from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.endpoints.alarms import alarm_arns, sees_alarms, tell_topic, without_rollback
from constructs_lib.endpoints.component_metrics import InferenceComponentMetrics
from constructs_lib.endpoints.component_rules import Specifications, each_of, machine_problems, warn_of_network
from constructs_lib.endpoints.component_specification import ComponentSpecification, copies_problem
from constructs_lib.endpoints.deployment import Fleet, Rolling
from constructs_lib.endpoints.log_group import LOG_GROUP, WritesLogs
from constructs_lib.endpoints.rollback import AutoRollback
from constructs_lib.endpoints.rollback_alarms import UNMADE_ALARMS, own_alarms
from constructs_lib.foundation.s3_location import S3Object
from constructs_lib.models.container import Container
from constructs_lib.operations.alarm_thresholds import AlarmThresholds
from constructs_lib.operations.alarms import ALARMS, region_problem, second_problem
from constructs_lib.operations.hosting_panels import component_panels
from constructs_lib.operations.hosting_watches import component_watches
from constructs_lib.operations.panels import Section
from constructs_lib.scaling.component_scaling import ComponentScaling
from constructs_lib.scaling.options import SuspendedState

if TYPE_CHECKING:
    from constructs_lib.endpoints.inference_component_endpoint import InferenceComponentEndpoint

# A container of a real-time endpoint must answer within a minute; half of it is too long.
_HALF_OF_THE_LONGEST_ANSWER_MS = 30_000

_ONE = {
    "Container.Image": "model.image",
    "Container.ArtifactUrl": "model.artifact",
    "Container.Environment": "model.environment",
    "Container.ContainerMetricsConfig": "model.metrics",
    "ComputeResourceRequirements.NumberOfCpuCoresRequired": "compute.cpu_cores",
    "ComputeResourceRequirements.NumberOfAcceleratorDevicesRequired": "compute.accelerators",
    "DataCacheConfig.EnableCaching": "data_cache",
    "StartupParameters.ModelDataDownloadTimeoutInSeconds": "model_data_download_timeout_seconds",
    "StartupParameters.ContainerStartupHealthCheckTimeoutInSeconds": "container_startup_health_check_timeout_seconds",
}
_ARGUMENTS = {
    "InferenceComponentName": "inference_component_name",
    "RuntimeConfig.CopyCount": "copies",
    "Specifications": "specification",
    "Specification": "specification",
    **{f"Specification.{path}": f"specification.{argument}" for path, argument in _ONE.items()},
    **{f"Specifications[].{path}": f"specification[].{argument}" for path, argument in _ONE.items()},
    "DeploymentConfig.RollingUpdatePolicy.WaitIntervalInSeconds": "deployment.wait_seconds",
    "DeploymentConfig.RollingUpdatePolicy.MaximumExecutionTimeoutInSeconds": (
        "deployment.maximum_execution_timeout_seconds"
    ),
    "DeploymentConfig.AutoRollbackConfiguration.Alarms": "deployment.rollback.alarm_names",
}


# What a component makes below itself; an adapter takes none of these ids.
_OWN_IDS = (ALARMS, LOG_GROUP, "Containers", "Resource", "Rollback", "Scaling")
# The names that each stack has given away: they are unique in an account and region.
_NAMES: WeakKeyDictionary[Stack, set[str]] = WeakKeyDictionary()


def _specification_problems(specification: Any) -> list[str]:
    """What is no specification; the keys of several are types of machine and no names."""
    if not isinstance(specification, Mapping):
        return kind_problems("specification", specification, ComponentSpecification)
    kinds = [kind_problems("keys of specification", kind, InstanceType) for kind in specification]
    each = [kind_problems("specification", each, ComponentSpecification) for each in specification.values()]
    return [problem for problems in (*kinds, *each) for problem in problems]


def _name_problem(component: Construct, name: Any) -> str | None:
    stack = Stack.of(component)
    if not isinstance(name, str) or is_token(name) or name not in _NAMES.get(stack, ()):
        return None
    return f"inference_component_name must be unique in an account and region, got {name!r} twice in {stack.node.path}"


class InferenceComponentBase(Resource, InferenceComponentMetrics):
    """A component or an adapter: a name to invoke, and rights on it.

    Attributes:
        inference_component_name: The name to invoke it by, on its endpoint.
        inference_component_arn: Its ARN.
    """

    inference_component_name: str
    inference_component_arn: str
    _endpoint: "InferenceComponentEndpoint"
    _rollback: AutoRollback | None = None
    _has_copies: ClassVar[bool] = True

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* ask this component (`sagemaker:InvokeEndpoint` on it and on its endpoint)."""
        return self._grant(grantee, "sagemaker:InvokeEndpoint")

    def grant_invoke_with_response_stream(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* ask for answers in a stream (`sagemaker:InvokeEndpointWithResponseStream`)."""
        return self._grant(grantee, "sagemaker:InvokeEndpointWithResponseStream")

    def add_alarms(self, topic: sns.ITopic, *, thresholds: AlarmThresholds | None = None) -> list[cloudwatch.CfnAlarm]:
        """Let alarms tell *topic* of what goes wrong with this component; `endpoint.add_alarms(…)` does so for all.

        That is: too many answers with a 5xx status, answers that take too long, and, but for an adapter, memory nearly
        full and requests that go on failing for want of a copy. A component at zero copies is no reason to ring. The
        alarms that take an update back tell the topic too.

        Args:
            topic: Who is told, such as an `AlarmTopic`.
            thresholds: What is too much; None is `AlarmThresholds()`.

        Returns:
            The alarms, for a composite one.

        Raises:
            ConfigurationError: The topic is none or of another region, or the component has alarms already.
        """
        kinds = argument_problems(InferenceComponentBase.add_alarms, locals())
        require(self, kinds, second_problem(self), region_problem(self, topic))
        chosen = thresholds or AlarmThresholds()
        watches = component_watches(
            {"InferenceComponentName": self.inference_component_name},
            chosen,
            latency_ms=_HALF_OF_THE_LONGEST_ANSWER_MS,
            copies=self._has_copies,
        )
        made = tell_topic(self, topic, without_rollback(watches, self._rollback, chosen))
        for operator in self._endpoint._operators:
            for statement in sees_alarms(self):
                grant(self, operator, statement)
        return made

    def _section(self, *, alarms: bool, gpus: bool) -> Section:
        """What a dashboard shows of it."""
        dimensions = {"InferenceComponentName": self.inference_component_name}
        panels = component_panels(dimensions, copies=self._has_copies, gpus=gpus)
        return Section(title=self.node.path, panels=panels, alarms=alarm_arns(self) if alarms else ())

    def _grant(self, grantee: iam.IGrantable, action: str) -> iam.Grant:
        return grant(self, grantee, self._asked_by(action))

    def _asked_by(self, *actions: str) -> Statement:
        # Both are resources of the action in the service authorization reference, so both must be allowed.
        return Statement(actions=actions, resources=(self._endpoint.endpoint_arn, self.inference_component_arn))

    def _operated_by(self) -> tuple[Statement, ...]:
        # With its alarms of now; those that are made later are shown when they are made.
        describe = ("sagemaker:DescribeInferenceComponent",)
        return (Statement(actions=describe, resources=(self.inference_component_arn,)), *sees_alarms(self))

    def _make(self, request: Mapping[str, Any]) -> sagemaker.CfnInferenceComponent:
        resource = sagemaker.CfnInferenceComponent(self, "Resource", **camel_case(request))
        self.inference_component_name = name = request["InferenceComponentName"]
        _NAMES.setdefault(Stack.of(self), set()).add(name)
        self.inference_component_arn = resource.attr_inference_component_arn
        return resource


class InferenceComponent(InferenceComponentBase, WritesLogs):
    """Copies of a model on the machines of an endpoint; `endpoint.add_component(…)` makes one.

    A change of what it runs is rolled out copy by copy, in place; the name stays.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        endpoint: "InferenceComponentEndpoint",
        specification: Specifications,
        copies: int | None = 1,
        deployment: Rolling | None = None,
        inference_component_name: str | None = None,
    ) -> None:
        """Make the component.

        Args:
            scope: The parent construct.
            id: The id in it.
            endpoint: Where it runs; the endpoint's role gets what the component needs.
            specification: What it runs and needs; by `InstanceType` for each type of the endpoint's pools, where they
                differ: one to five.
            copies: How many copies run at first, 0 or more, and again after each update of the component, whatever has
                scaled since. None leaves the number out, so that an update keeps what runs, and SageMaker decides at
                first (untested against a live account).
            deployment: How an update reaches the copies; sizes are `CapacitySize.percent(…)` or
                `CapacitySize.copies(…)`. None is SageMaker's own.
            inference_component_name: Letters, digits and dashes, at most 63; None makes one of the stack's name and
                the path, the same at each synth. Another name or endpoint needs another id too: CloudFormation's
                schema calls neither create-only, and the API can change neither (untested against a live account).

        Raises:
            ConfigurationError: SageMaker would refuse the component; all problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateInferenceComponent.html
        """
        super().__init__(scope, id)
        require(
            self,
            has("endpoint", endpoint, "variant_name", "an InferenceComponentEndpoint", optional=False),
            kind_problems("deployment", deployment, Rolling | None),
            kind_problems("inference_component_name", inference_component_name, str | None),
            copies_problem(copies),
            _specification_problems(specification),
        )
        self._endpoint, self._copies = endpoint, copies
        self._rollback = deployment.rollback if deployment is not None else None
        models = (each.model for each in each_of(specification))
        self._models = tuple(dict.fromkeys(each.model_arn for each in models if not isinstance(each, Container)))
        rendered, statements = self._specification(specification)
        name = unique_name(self) if inference_component_name is None else inference_component_name
        request: dict[str, Any] = {
            "InferenceComponentName": name,
            "EndpointName": endpoint.endpoint_name,
            "VariantName": endpoint.variant_name,
            **rendered,
            **({"RuntimeConfig": {"CopyCount": copies}} if copies is not None else {}),
        }
        rollout = {"DeploymentConfig": deployment.config(UNMADE_ALARMS)} if deployment is not None else {}
        require(
            self,
            *machine_problems(specification, endpoint.instance_types),
            _name_problem(self, name),
            runtime_problems("a component", request),
            request_problems("CreateInferenceComponent", request, _ARGUMENTS),
            request_problems("UpdateInferenceComponent", {"InferenceComponentName": name, **rollout}, _ARGUMENTS),
            deployment.problems(Fleet.of("copies", copies)) if deployment is not None else None,
        )
        if deployment is not None:
            dimensions = [{"InferenceComponentName": name}]
            alarms = own_alarms(self, deployment.rollback, dimensions, _HALF_OF_THE_LONGEST_ANSWER_MS)
            rollout = {"DeploymentConfig": deployment.config(alarms)}
        self._resource = resource = self._make(request | rollout)
        self._log_group = f"InferenceComponents/{name}"
        endpoint._let_run(self, resource, statements)
        if any(each.needs_network for each in each_of(specification)):
            endpoint._let_out()
        warn_of_network(self, specification, network=endpoint.network, isolated=endpoint.network_isolation is True)

    def auto_scale(
        self, *, min_capacity: int, max_capacity: int, suspended: SuspendedState | None = None
    ) -> ComponentScaling:
        """Let the number of copies follow the load; add a policy with a `scale_on_…` method.

        With a floor of zero a policy of its own brings up the first copy when a request has failed for want of one.
        An update of the component sets the running copies back to `copies`, which is a warning; `copies=None` leaves
        the number out of the template, and the API takes an update without one.

        Args:
            min_capacity: Copies that are always there, 0 or more.
            max_capacity: The most copies, not below `min_capacity`.
            suspended: What is left alone for now; None scales.

        Raises:
            ConfigurationError: The capacities are not possible, or the component scales already.
        """
        require(
            self,
            "it scales already; add policies to what the first auto_scale gave"
            if self.node.try_find_child("Scaling")
            else None,
        )
        scaling = ComponentScaling(
            self,
            "Scaling",
            inference_component_name=self.inference_component_name,
            min_capacity=min_capacity,
            max_capacity=max_capacity,
            suspended=suspended,
        )
        if self._copies is not None:
            warn(
                self,
                "update-resets-scaling/copies",
                f"each update of the component sets its copies back to {self._copies}, whatever their load; "
                "copies=None leaves the number out",
            )
        # The target names the component by a text, which gives no order (TRAPS 5).
        scaling.node.add_dependency(self._resource)
        return scaling

    def add_adapter(self, id: str, *, artifact: S3Object, inference_component_name: str | None = None) -> "Adapter":
        """Fine-tuned weights that this component's model takes in for one request.

        Args:
            id: The id in this component.
            artifact: The adapter, one gzipped tar.
            inference_component_name: The name to invoke it by; None makes one of the stack's name and the path.

        Raises:
            ConfigurationError: SageMaker would refuse the adapter; all problems are listed.
        """
        return Adapter(self, id, base=self, artifact=artifact, inference_component_name=inference_component_name)

    def _operated_by(self) -> tuple[Statement, ...]:
        name = self.inference_component_name
        copies = ("sagemaker:UpdateInferenceComponentRuntimeConfig",)
        return (
            *super()._operated_by(),
            Statement(actions=copies, resources=(self.inference_component_arn,)),
            *((Statement(actions=("sagemaker:DescribeModel",), resources=self._models),) if self._models else ()),
            reads_log_group(place_of(self), f"InferenceComponents/{name}"),
        )

    def _specification(self, given_: Specifications) -> tuple[dict[str, Any], list[Statement]]:
        """The members of the request, and what running them takes."""
        statements: list[Statement] = []

        def render(specification: ComponentSpecification, scope: Construct) -> dict[str, Any]:
            model = specification.model
            if not isinstance(model, Container):
                statements.extend(model.statements)
                return specification.render(None)
            image = model.image.bind(scope) if model.image is not None else None
            if image is not None and image.registry_config is not None:
                require(
                    self,
                    "specification.model.image lies in a private registry, and a component's own container says no way "
                    "to it; make it a Model with a network",
                )
            statements.extend((*(image.statements if image else ()), *model.statements()))
            return specification.render(image)

        if isinstance(given_, ComponentSpecification):
            return {"Specification": render(given_, self)}, statements
        # An image that the CDK builds makes a child of a fixed id, so each type gets a scope of its own.
        images = Construct(self, "Containers")
        rendered = [
            {"InstanceType": kind.name, **render(each, Construct(images, f"Container{number}"))}
            for number, (kind, each) in enumerate(given_.items(), 1)
        ]
        return {"Specifications": rendered}, statements


class Adapter(InferenceComponentBase):
    """Weights beside those of a component, such as a LoRA; invoked by its own name.

    It runs in the copies of its base and takes no machine of its own.
    """

    _has_copies = False

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        base: InferenceComponent,
        artifact: S3Object,
        inference_component_name: str | None = None,
    ) -> None:
        """Make the adapter; `component.add_adapter(…)` is the way to it.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-deploy-models.html
        """
        require((scope, id), id_problem(scope, id, _OWN_IDS))
        super().__init__(scope, id)
        require(self, argument_problems(Adapter.__init__, locals()))
        self._endpoint = base._endpoint
        name = unique_name(self) if inference_component_name is None else inference_component_name
        request: dict[str, Any] = {
            "InferenceComponentName": name,
            "EndpointName": self._endpoint.endpoint_name,
            "Specification": {
                "BaseInferenceComponentName": base.inference_component_name,
                "Container": {"ArtifactUrl": artifact.uri},
            },
        }
        require(
            self,
            _name_problem(self, name),
            runtime_problems("an adapter", request),
            request_problems(
                "CreateInferenceComponent", request, {**_ARGUMENTS, "Specification.Container.ArtifactUrl": "artifact"}
            ),
        )
        resource = self._make(request)
        self._endpoint._let_run(self, resource, artifact.read_statements())
        # The base is named by a text, which gives no order.
        resource.add_resource_dependency(base._resource)
