"""Bad input by the dozen to endpoints, models, scaling and the foundation: it is taken or refused in words.

What a value object takes is put into a construct, too, and all that was taken is synthesized in the end: a value that
no check looked at would end there in a traceback of jsii.
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

import constructs_lib as lib
from constructs_lib import ConfigurationError
from tests.bad_input import BAD, MACHINE, refuse_each
from tests.unit.endpoints.serving import IMAGE, alarm_in, at, key_in, role_in, served, thing, topic_in
from tests.unit.notebooks.notebooks import network_in

# What makes the thing, right arguments, and what puts it into a construct.
Case = tuple[Callable[..., Any], dict[str, Any], Callable[[Any], Any]]

PERCENT = lib.CapacitySize.percent(10)
POLICY: dict[str, Any] = {
    "rollback": lib.AutoRollback(),
    "maximum_execution_timeout_seconds": None,
    "wait_seconds": 600,
}
BLUE_GREEN = POLICY | {"termination_wait_seconds": 0}
VARIANT: dict[str, Any] = dict.fromkeys(lib.ProductionVariant.__dataclass_fields__) | {"ssm_access": False, "count": 1}
LIMITS: dict[str, Any] = {"min_capacity": 1, "max_capacity": 2, "suspended": None}
TRACKING: dict[str, Any] = {
    "scale_in_cooldown_seconds": 1,
    "scale_out_cooldown_seconds": 1,
    "disable_scale_in": False,
}
ARCHIVE: dict[str, Any] = {"accept_eula": False, "hub_content_arn": None, "etag": None}
PRODUCT = "arn:aws:sagemaker:us-east-1:123456789012:model-package/x"
COMPUTE = lib.ComputeRequirements(min_memory_mb=1024)
CONTAINER = lib.Container(image=IMAGE, artifact=thing("m.tar.gz"))


class Ground:
    """A stack, and short ways to put a value into a construct of it."""

    def __init__(self) -> None:
        from aws_cdk import App, Stack

        self.stack: Any = Stack(App(context={"@aws-cdk/core:stackResourceLimit": 100_000}), "Stack")
        self._numbers = count()
        self.model = served(self.stack)
        self.variant = lib.ProductionVariant("main", model=self.model, instance_type=MACHINE)
        self.role, self.key = role_in(self.stack), key_in(self.stack)
        machines = lib.ComponentVariant("main", instance_type=MACHINE)
        self.shared = self.make(lib.InferenceComponentEndpoint, variant=machines, role=self.role)
        self.network = network_in(self.stack)
        self.specification = lib.ComponentSpecification(model=self.model, compute=COMPUTE)

    @property
    def id(self) -> str:
        """Another one each time."""
        return f"C{next(self._numbers)}"

    def make(self, kind: Any, /, **arguments: Any) -> Any:
        return kind(self.stack, self.id, **arguments)

    def made(self, kind: Any) -> Callable[..., Any]:
        return lambda **arguments: self.make(kind, **arguments)

    def endpoint(self, variant: Any = None, **arguments: Any) -> Any:
        return self.make(lib.RealTimeEndpoint, variants=[variant or self.variant], **arguments)

    def with_options(self, **options: Any) -> Any:
        return self.endpoint(lib.ProductionVariant(**VARIANT | self.machines | options))

    @property
    def machines(self) -> dict[str, Any]:
        return {"name": "main", "model": self.model, "instance_type": MACHINE, "weight": 1.0}

    def component(self, specification: Any = None, **arguments: Any) -> Any:
        return self.shared.add_component(self.id, specification=specification or self.specification, **arguments)

    def served_by(self, container: Any) -> Any:
        return self.make(lib.Model, container=container, role=self.role)

    def weights(self, artifact: Any) -> Any:
        return self.served_by(lib.Container(image=IMAGE, artifact=artifact))

    def many(self, artifact: Any) -> Any:
        containers = [lib.Container(image=IMAGE), lib.Container(image=IMAGE, artifact=artifact)]
        return self.make(lib.PipelineModel, containers=containers, role=self.role)

    def notebook(self, **changes: Any) -> Any:
        right = {"instance_type": MACHINE, "network": self.network, "key": self.key, "role": self.role}
        return self.make(lib.NotebookInstance, **right | changes)

    def workflow(self, **arguments: Any) -> Any:
        return self.make(lib.TrainingWorkflow, steps=[lib.Fail(cause="x")], **arguments)

    def scaling(self, **changes: Any) -> Any:
        return self.make(lib.VariantScaling, endpoint_name="e", variant="v", **LIMITS | changes)


@pytest.fixture(scope="module")
def ground() -> Ground:
    return Ground()


def guardrails(ground: Ground) -> Iterator[Case]:
    def updated(policy: Any) -> Any:
        return ground.endpoint(deployment=policy)

    yield lib.CapacitySize, {"type": "CAPACITY_PERCENT", "value": 10}, lambda size: updated(lib.Canary(size))
    yield lib.CapacitySize.percent, {"value": 10}, lambda size: updated(lib.Linear(size))
    yield lib.CapacitySize.instances, {"value": 10}, lambda size: updated(lib.Canary(size))
    yield lib.CapacitySize.copies, {"value": 10}, lambda size: ground.component(deployment=lib.Rolling(size))
    yield lib.AllAtOnce, BLUE_GREEN, updated
    yield lib.Canary, BLUE_GREEN | {"size": PERCENT}, updated
    yield lib.Linear, BLUE_GREEN | {"step": PERCENT}, updated
    yield lib.Rolling, POLICY | {"batch": PERCENT, "rollback_batch": None}, updated
    watch = {"error_percent": 5, "model_latency_ms": None, "minutes": 1, "watches_by_itself": True, "alarm_names": ()}
    yield lib.AutoRollback, watch, lambda rollback: updated(lib.AllAtOnce(rollback=rollback))
    alarm = {"alarm": alarm_in(ground.stack, "alarm")}
    yield lambda alarm: lib.AutoRollback.on_alarms(alarm), alarm, lambda back: updated(lib.AllAtOnce(rollback=back))


def variants(ground: Ground) -> Iterator[Case]:
    capture = {"location": at("x"), "percent": 100, "csv_content_types": [], "json_content_types": ["a/json"]}
    sides = {"modes": [lib.CaptureMode.INPUT], "enabled": True}
    yield lib.DataCapture, capture | sides, lambda capture: ground.endpoint(capture=capture)
    metrics = {"enhanced_metrics": True, "detailed_observability": False, "publish_frequency_seconds": None}
    yield lib.MetricsConfig, metrics, lambda metrics: ground.endpoint(metrics=metrics)
    pool = {"instance_type": MACHINE, "model": None}
    yield lib.InstancePool, pool, lambda pool: ground.with_options(instance_type=lib.InstancePools(pool))
    pools = {"pool": lib.InstancePool(MACHINE)}
    yield lambda pool: lib.InstancePools(pool), pools, lambda pools: ground.with_options(instance_type=pools)
    prefix = {"prefix_length": 1024, "concurrency_threshold": 5}
    yield lib.PrefixAwareRouting, prefix, lambda routing: ground.with_options(routing=routing)
    yield lib.InstanceType, {"name": "ml.m5.xlarge"}, lambda machine: ground.with_options(instance_type=machine)
    yield lib.ProductionVariant, VARIANT | ground.machines, ground.endpoint
    serverless = {"name": "main", "model": ground.model, "memory_mb": 1024, "max_concurrency": 5, "weight": 1.0}
    yield (
        lib.ServerlessVariant,
        serverless | {"provisioned_concurrency": None},
        lambda variant: ground.make(lib.ServerlessEndpoint, variant=variant),
    )
    of_components = {name: value for name, value in (VARIANT | ground.machines).items() if name not in "model weight"}
    yield (
        lib.ComponentVariant,
        of_components | {"managed_instance_scaling": None},
        lambda variant: ground.make(lib.InferenceComponentEndpoint, variant=variant, role=ground.role),
    )
    counts = {"min_instance_count": 0, "max_instance_count": 2, "scale_in": lib.ScaleInStrategy.CONSOLIDATION}
    yield (
        lib.ManagedInstanceScaling,
        counts | {"scale_in_maximum_step_size": None, "scale_in_cooldown_minutes": None},
        lambda managed: ground.make(
            lib.InferenceComponentEndpoint,
            variant=lib.ComponentVariant("main", instance_type=MACHINE, managed_instance_scaling=managed),
            role=ground.role,
        ),
    )


def components(ground: Ground) -> Iterator[Case]:
    def runs(**changes: Any) -> Any:
        right = {"model": ground.model, "compute": COMPUTE} | changes
        return ground.component(lib.ComponentSpecification(**right))

    needs = {"min_memory_mb": 1024, "max_memory_mb": None, "cpu_cores": None, "accelerators": None}
    yield lib.ComputeRequirements, needs, lambda compute: runs(compute=compute)
    spread = {"strategy": lib.PlacementStrategy.SPREAD, "max_zone_imbalance": 0}
    yield lib.Placement, spread, lambda placement: runs(placement=placement)
    names = dict.fromkeys(lib.ComponentSpecification.__dataclass_fields__)
    yield lib.ComponentSpecification, names | {"model": ground.model, "compute": COMPUTE}, ground.component


def models(ground: Ground) -> Iterator[Case]:
    empty = dict.fromkeys(lib.Container.__dataclass_fields__)
    right = {"image": IMAGE, "environment": {}, "additional_artifacts": {}}
    yield lib.Container, empty | right, ground.served_by
    package = {"package": "p", "environment": None, "hostname": None, "inference_specification": None}
    yield lib.Container.from_model_package, package, ground.served_by
    gzip = {"source": thing("m.tar.gz"), "compression": lib.ModelCompression.GZIP}
    manifest = {"manifest": None, "manifest_etag": None}
    yield lib.ModelArtifact, ARCHIVE | gzip | manifest, ground.weights
    yield lib.ModelArtifact.from_archive, ARCHIVE | {"archive": thing("m.tar.gz")}, ground.weights
    yield lib.ModelArtifact.from_object, ARCHIVE | {"file": thing("m.bin")}, ground.weights
    yield lib.ModelArtifact.from_prefix, ARCHIVE | manifest | {"location": at("m")}, ground.weights
    yield lib.ModelArtifact.from_models, {"location": at("m"), "cache": True}, ground.many
    yield lib.MultiModelArtifact, {"location": at("m"), "cache": True}, ground.many
    # No model of CloudFormation's has an endpoint of metrics.
    told = {"path": "/m", "publish_frequency_in_seconds": None}
    yield lib.MetricsEndpoint, told, lambda metrics: lib.Container(image=IMAGE, metrics=metrics)

    def packaged(package: Any) -> Any:
        return ground.served_by(lib.Container(model_package=package))

    parts = {"name": "p", "image": None, "artifact": None}
    yield lib.ModelPackage, parts | {"from_marketplace": False}, packaged
    yield lib.ModelPackage.from_name, parts, packaged
    yield lib.ModelPackage.from_marketplace_arn, {"arn": PRODUCT}, packaged


def places(ground: Ground) -> Iterator[Case]:
    from aws_cdk import aws_s3 as s3

    def kept(location: Any) -> Any:
        return ground.endpoint(capture=lib.DataCapture(location=location))

    bucket = s3.Bucket.from_bucket_name(ground.stack, "Bucket", "bucket")
    parts = {"bucket_name": "bucket", "bucket_arn": "arn:aws:s3:::bucket", "key_arn": None}
    yield lib.S3Location, parts | {"prefix": "x"}, kept
    yield lib.S3Location.from_bucket, {"bucket": bucket, "prefix": "x"}, kept
    yield lib.S3Object, parts | {"key": "x.tar.gz", "within": None}, ground.weights
    yield lib.S3Object.from_bucket, {"bucket": bucket, "key": "x.tar.gz", "within": None}, ground.weights


def notebooks(ground: Ground) -> Iterator[Case]:
    texts = {"on_create": "#!/bin/sh", "on_start": "#!/bin/sh", "reads": []}
    yield lib.NotebookScripts, texts, lambda scripts: ground.notebook(scripts=scripts)


def numbers(ground: Ground) -> Iterator[Case]:
    from aws_cdk import aws_cloudwatch as cloudwatch

    metric = cloudwatch.Metric(namespace="N", metric_name="M")
    still = {"scale_in": False, "scale_out": False, "schedule": False}
    yield lib.SuspendedState, still, lambda state: ground.scaling(suspended=state)
    yield (
        lib.StepAdjustment,
        {"change": 1, "from_breach": 0, "to_breach": None},
        lambda step: ground.scaling().scale_on_steps("Steps", metric=metric, threshold=1, steps=[step]),
    )
    rings = {
        "error_percent": 5,
        "model_latency_ms": None,
        "memory_percent": 90,
        "disk_percent": 85,
        "gpu_memory_percent": None,
        "concurrency_percent": 90,
        "failed_requests": 1,
        "oldest_request_minutes": 60,
        "without_capacity_minutes": 30,
    }
    told = topic_in(ground.stack, "alarms")
    yield lib.AlarmThresholds, rings, lambda thresholds: ground.endpoint().add_alarms(told, thresholds=thresholds)
    yield lib.TrafficTrace, {"requests": (1.0,)}, lib.TrafficTrace
    yield lib.TrafficTrace.of, {"requests": (1.0,)}, lambda trace: trace.requests
    yield lib.TrafficTrace.daily, {"low": 1, "peak": 2, "days": 1}, lambda trace: trace.requests


@pytest.mark.parametrize("cases", [guardrails, variants, components, models, places, notebooks, numbers])
def test_fails_on_bad_input_to_a_value_or_renders_it(ground: Ground, cases: Callable[[Ground], Iterator[Case]]) -> None:
    for make, right, use in cases(ground):
        make(**right)
        for name in right:
            refused = 0
            for bad in BAD:
                try:
                    use(make(**right | {name: bad}))
                except ConfigurationError:
                    refused += 1
            assert refused >= 8, f"{name} of {make} takes nearly anything"


def constructs(ground: Ground) -> Iterator[tuple[Callable[..., Any], dict[str, Any]]]:
    """Each construct, or the method that makes one, with right arguments for all that it takes."""
    from aws_cdk import RemovalPolicy
    from aws_cdk import aws_ec2 as ec2

    none = dict.fromkeys(("capture", "deployment", "retained", "endpoint_name", "key"))
    shadowed = none | dict.fromkeys(("shadow_variant", "metrics", "explainer_config"))

    def of_kind(kind: lib.ModelKind) -> dict[str, Any]:
        return {"variants": [lib.ProductionVariant("m", model=served(ground.stack, kind), instance_type=MACHINE)]}

    yield ground.made(lib.RealTimeEndpoint), shadowed | {"variants": [ground.variant]}
    yield ground.made(lib.InferencePipelineEndpoint), shadowed | of_kind(lib.ModelKind.PIPELINE)
    yield ground.made(lib.MultiModelEndpoint), none | {"metrics": None} | of_kind(lib.ModelKind.MULTI_MODEL)
    yield ground.made(lib.MultiContainerEndpoint), none | {"metrics": None} | of_kind(lib.ModelKind.DIRECT)
    queue = dict.fromkeys(("failures", "inputs", "success_topic", "error_topic"))
    options = {"include_response_in_topics": False, "max_concurrent_invocations_per_instance": None}
    yield ground.made(lib.AsyncEndpoint), none | queue | options | {"variant": ground.variant, "output": at("o")}
    warm = {"memory_mb": 1024, "max_concurrency": 5, "provisioned_concurrency": 2}
    serverless = lib.ServerlessVariant("main", model=ground.model, **warm)
    yield ground.made(lib.ServerlessEndpoint), {"variant": serverless, "endpoint_name": None}
    hosts = dict.fromkeys(("network", "network_isolation", "role", "key", "metrics", "retained", "endpoint_name"))
    machines = lib.ComponentVariant("main", instance_type=MACHINE)
    yield ground.made(lib.InferenceComponentEndpoint), hosts | {"variant": machines}
    runs = {"specification": ground.specification, "copies": 1, "deployment": None, "inference_component_name": None}
    yield ground.made(lib.InferenceComponent), runs | {"endpoint": ground.shared}
    lora = {"artifact": thing("a.tar.gz"), "inference_component_name": None}
    yield ground.made(lib.Adapter), lora | {"base": ground.component()}
    yield ground.made(lib.EndpointBase.from_endpoint_name), {"endpoint_name": "e"}
    arn = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/e"
    yield ground.made(lib.EndpointBase.from_endpoint_arn), {"endpoint_arn": arn}
    yield ground.made(lib.EndpointBase.from_endpoint_attributes), {"endpoint_name": "e", "endpoint_arn": None}

    of_model = dict.fromkeys(("network", "network_isolation", "role"))
    plain = lib.Container(image=IMAGE)
    yield ground.made(lib.Model), of_model | {"container": CONTAINER}
    yield ground.made(lib.MultiModel), of_model | {"container": plain, "models": at("m"), "cache": True}
    yield ground.made(lib.PipelineModel), of_model | {"containers": [plain, plain]}
    yield ground.made(lib.MultiContainerModel), of_model | {"containers": {"a": plain, "b": plain}}
    imported = {"model_name": "m", "kind": lib.ModelKind.SINGLE, "role": None}
    yield ground.made(lib.Model.from_model_name), imported

    for kind in (lib.VariantScaling, lib.AsyncScaling, lib.ConcurrencyScaling):
        yield ground.made(kind), LIMITS | {"endpoint_name": "e", "variant": "v"}
    yield ground.made(lib.ComponentScaling), LIMITS | {"inference_component_name": "c"}

    of_notebook = dict.fromkeys(("volume", "scripts", "platform", "default_code_repository", "notebook_instance_name"))
    of_notebook |= {"additional_code_repositories": [], "root_access": False, "key": ground.key, "role": ground.role}
    yield ground.made(lib.NotebookInstance), of_notebook | {"instance_type": MACHINE, "network": ground.network}
    old = {"notebook_instance_name": "old", "role": None}
    yield ground.made(lib.NotebookInstance.from_notebook_instance_name), old

    removal = {"removal_policy": RemovalPolicy.RETAIN}
    times = {"noncurrent_version_expiration": None, "access_log_expiration": None}
    yield ground.made(lib.ArtifactStore), removal | times | {"key": ground.key}
    yield ground.made(lib.DataKey), removal | {"description": None, "alias": None, "pending_window": None}
    yield ground.made(lib.AlarmTopic), removal | {"key": ground.key, "emails": ["on-call@example.com"]}
    shown = {"endpoints": [ground.endpoint()], "workflows": [], "dashboard_name": None}
    yield ground.made(lib.Dashboard), shown
    yield ground.made(lib.ExecutionRole), {"description": None, "permissions_boundary": None}
    services = {"more_services": [], "without_services": [], "trusted_accounts": [], "s3_prefixes": None, "key": None}
    yield ground.made(lib.Network), removal | services | {"cidr": "10.0.0.0/16", "zones": 2, "nat_gateways": 1}
    vpc = ec2.Vpc(ground.stack, ground.id)
    yield ground.made(lib.Network.from_vpc), {"vpc": vpc, "subnets": None, "security_group": None}


def methods(ground: Ground) -> Iterator[tuple[Callable[..., Any], dict[str, Any]]]:
    """What is done with a construct."""
    from aws_cdk import Duration, RemovalPolicy, TimeZone
    from aws_cdk import aws_applicationautoscaling as autoscaling
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_events_targets as targets

    endpoint, component, store = ground.endpoint(), ground.component(), ground.make(lib.ArtifactStore, key=ground.key)
    yield lambda **each: ground.endpoint().auto_scale(**each), LIMITS | {"variant": "main"}
    told = {"target": targets.SnsTopic(topic_in(ground.stack, "t")), "states": [lib.EndpointEvent.FAILED]}
    yield lambda **each: endpoint.on_state_change(ground.id, **each), told
    yield lambda id: ground.endpoint().on_state_change(id), {"id": "Rule"}
    alarms = {"topic": topic_in(ground.stack, "t"), "thresholds": None}
    yield lambda **each: ground.endpoint().add_alarms(**each), alarms
    yield lambda **each: ground.component().add_alarms(**each), alarms
    imported = ground.made(lib.EndpointBase.from_endpoint_name)
    yield lambda **each: imported(endpoint_name="e").add_alarms(**each), alarms | {"variants": ["main"]}
    kept = {"key": ground.key, "retention": None, "removal_policy": RemovalPolicy.RETAIN}
    yield lambda **each: ground.endpoint().add_log_group(**each), kept
    yield lambda **each: ground.component().add_log_group(**each), kept
    adapter = ground.component().add_adapter("A", artifact=thing("a.tar.gz"))
    assert adapter.add_alarms(**alarms)
    yield lambda **each: ground.component().add_adapter("A", artifact=thing("a.tar.gz")).add_alarms(**each), alarms
    yield lambda topic: ground.workflow().add_alarms(topic), {"topic": alarms["topic"]}
    yield lambda **each: ground.workflow(**each), {"schedule": None, "start_on": None, "key": ground.key}
    workflow = ground.workflow()
    yield workflow.grant_data_scientist, {"grantee": ground.role, "data": []}
    yield workflow.grant_operator, {"grantee": ground.role}
    for network in (
        ground.make(lib.Network),
        ground.network,
        ground.make(lib.Network.from_vpc, vpc=ec2.Vpc(ground.stack, ground.id)),
    ):
        yield network.expect_services, {"user": ground.stack, "services": ["lambda"]}
        yield network.expect_way_out, {"user": ground.stack, "what": "hub-model", "sentence": "it is far away"}
        yield network.expect_hub, {"user": ground.stack, "hub_model": "org/model"}
    yield lambda id: ground.shared.add_component(id, specification=ground.specification), {"id": "One"}
    yield lambda id: component.add_adapter(id, artifact=thing("a.tar.gz")), {"id": "One"}
    for grant in (endpoint.grant_caller, endpoint.grant_operator, component.grant_invoke):
        yield grant, {"grantee": ground.role}
    nodes = {"job": ground.stack, "instance_types": [MACHINE], "several": True, "encrypted": True}
    yield ground.make(lib.Network).let_nodes_talk, nodes
    notebook = ground.notebook()
    yield lambda **each: notebook.on_state_change(ground.id, **each), {"target": None, "states": []}
    for grant in (notebook.grant_open, notebook.grant_stop, notebook.grant_operator, notebook.grant_data_scientist):
        yield grant, {"grantee": ground.role}
    yield store.grant_read, {"grantee": ground.role, "prefix": ""}
    yield store.location, {"prefix": "x"}
    yield store.artifact, {"key": "x", "within": None}
    seen = {"statistic": "Sum", "period": Duration.minutes(1), "label": "x", "color": "#1f77b4", "namespace": None}
    yield endpoint.metric, seen | {"name": "Invocations", "variant": "main", "container": None}

    metric = cloudwatch.Metric(namespace="N", metric_name="M")
    yield lambda **each: ground.scaling().scale_on_invocations(**each), {"per_minute": 1}
    yield lambda **each: ground.scaling().scale_on_model_latency(**each), TRACKING | {"milliseconds": 1}
    yield (
        lambda **each: ground.scaling().scale_on_metric(**each),
        {
            "id": "x",
            "metric": metric,
            "target_value": 1,
        },
    )
    yield (
        lambda **each: ground.scaling().scale_on_steps(**each),
        {
            "id": "x",
            "metric": metric,
            "threshold": 1,
            "steps": [lib.StepAdjustment(change=1)],
            "comparison": cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            "adjustment_type": lib.AdjustmentType.CHANGE_IN_CAPACITY,
            "min_adjustment_magnitude": None,
            "cooldown_seconds": 1,
            "evaluation_periods": 1,
            "datapoints_to_alarm": None,
            "treat_missing_data": cloudwatch.TreatMissingData.MISSING,
        },
    )
    yield (
        lambda **each: ground.scaling().scale_on_schedule(**each),
        {
            "id": "x",
            "schedule": autoscaling.Schedule.cron(minute="1"),
            "min_capacity": 1,
            "max_capacity": 2,
            "time_zone": TimeZone.EUROPE_ZURICH,
            "start_time": None,
            "end_time": None,
        },
    )


@pytest.mark.parametrize("cases", [constructs, methods])
def test_fails_on_bad_input_to_a_construct_or_takes_it(ground: Ground, cases: Callable[..., Any]) -> None:
    for make, right in cases(ground):
        if "id" not in right:
            make(**right)
        refuse_each(make, right)


def test_fails_on_a_snapshot_of_what_has_none(ground: Ground) -> None:
    from aws_cdk import RemovalPolicy

    made = [(make, right) for make, right in constructs(ground) if "removal_policy" in right]
    steps = [lib.Fail(cause="x")]
    made += [(ground.made(lib.TrainingWorkflow), {"steps": steps}), (ground.made(lib.ModelPackageGroup), {})]
    made += [(ground.endpoint().add_log_group, {}), (ground.component().add_log_group, {})]
    assert len(made) == 8
    for make, right in made:
        with pytest.raises(ConfigurationError, match=r"removal_policy must be another than RemovalPolicy\.SNAPSHOT"):
            make(**right | {"removal_policy": RemovalPolicy.SNAPSHOT})


def test_what_was_taken_is_synthesized(ground: Ground) -> None:
    ground.stack.node.root.synth()


def test_fails_on_an_id_that_the_endpoint_has_given_away(ground: Ground) -> None:
    endpoint = ground.endpoint()
    for id in ("Alarms", "Config", "LogGroup", "Resource", "Scaling"):
        with pytest.raises(ConfigurationError, match=f"id must be another than '{id}'"):
            endpoint.on_state_change(id)
    for add in (
        ground.shared.add_component,
        lambda id, **_: ground.component().add_adapter(id, artifact=thing("a.tar.gz")),
    ):
        with pytest.raises(ConfigurationError, match="id must be another than 'LogGroup'"):
            add("LogGroup", specification=ground.specification)
    endpoint.on_state_change("Mine")
    with pytest.raises(ConfigurationError, match="id must be another than 'Mine'"):
        endpoint.on_state_change("Mine")


def test_two_of_each_construct_stand_in_one_stack(ground: Ground) -> None:
    for make, right in constructs(ground):
        for _ in range(2):
            make(**right)


@pytest.mark.parametrize(
    "make",
    [
        lambda ground, late: ground.endpoint(capture=lib.DataCapture(location=at(f"data/{late}"))),
        lambda ground, late: ground.with_options(core_dumps=at(f"dumps/{late}")),
        lambda ground, late: ground.endpoint(endpoint_name=late),
        lambda ground, late: ground.make(lib.AsyncEndpoint, variant=ground.variant, output=at(f"out/{late}")),
        lambda ground, late: ground.make(
            lib.AsyncEndpoint, variant=ground.variant, output=at("out"), inputs=at(f"in/{late}")
        ),
        lambda ground, late: ground.component(
            lib.ComponentSpecification(model=lib.Container(image=IMAGE, environment={"DAY": late}), compute=COMPUTE)
        ),
        lambda ground, late: ground.component().add_adapter("A", artifact=thing(f"a/{late}.tar.gz")),
        lambda ground, late: lib.EndpointBase.from_endpoint_name(ground.stack, ground.id, late),
    ],
)
def test_fails_on_what_only_a_running_workflow_knows(ground: Ground, make: Callable[[Ground, str], Any]) -> None:
    late = lib.execution_input("day")
    with pytest.raises(ConfigurationError, match="is known only while a workflow runs, and"):
        make(ground, late)


def test_fails_on_an_arn_that_only_a_running_workflow_knows() -> None:
    late = lib.execution_input("bucket")
    with pytest.raises(ConfigurationError, match="bucket_arn must be fixed, because the rights of a role are for it"):
        lib.S3Location(bucket_name="b", bucket_arn=late, prefix="x")
    with pytest.raises(ConfigurationError, match="key_arn must be fixed, because the rights of a role are for it"):
        lib.S3Object(bucket_name="b", bucket_arn="arn:aws:s3:::b", key="x", key_arn=late)


def test_fails_on_bad_input_to_a_preview(tmp_path: Any) -> None:
    dimension = {"ScalableDimension": "sagemaker:variant:DesiredInstanceCount", "ResourceId": "endpoint/e/variant/v"}
    target = {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": dimension}
    target["Properties"] |= {"ServiceNamespace": "sagemaker", "MinCapacity": 1, "MaxCapacity": 2}
    template = {"Resources": {"Target": target}}
    refuse_each(lib.ScalingPreview.from_template, {"template": template, "target": None, "parameters": None})
    preview = lib.ScalingPreview.from_template(template)
    whole = dict.fromkeys(("start_minutes", "metric_delay_minutes", "initial_capacity"), 1)
    right = {"trace": [1.0], "requests_per_instance": 10, "seconds_per_request": None, "start": "2026-01-05T00:00"}
    refuse_each(preview.replay, whole | right)
    replay = preview.replay([1.0], requests_per_instance=10)
    for wrong in (None, 5, [], str(tmp_path / "\ud800")):
        with pytest.raises(ConfigurationError):
            replay.plot(wrong)  # type: ignore[arg-type] -- the slip under test
