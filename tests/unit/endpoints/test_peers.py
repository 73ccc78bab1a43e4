"""Defects that other construct libraries for endpoints have, each seen not to be here."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from constructs_lib import (
    AllAtOnce,
    AsyncEndpoint,
    AutoRollback,
    Canary,
    CapacitySize,
    ComponentVariant,
    ComputeRequirements,
    ConfigurationError,
    Container,
    ContainerImage,
    DataCapture,
    InferenceComponentEndpoint,
    InferencePipelineEndpoint,
    InstanceType,
    ManagedInstanceScaling,
    MetricsConfig,
    PipelineModel,
    Placement,
    PlacementStrategy,
    PrefixAwareRouting,
    Rolling,
    ScaleInStrategy,
    ServerlessEndpoint,
    ServerlessVariant,
)
from constructs_lib.containers import catalogue
from tests.conftest import REPOSITORY
from tests.templates import of_type, only, template_of
from tests.unit.endpoints.serving import (
    CPU,
    GPU,
    ROLE_ARN,
    at,
    made,
    pooled,
    properties,
    real_time,
    served,
    shared,
    specification,
    variant,
    warnings_of,
)

# Where `ContainerImage.from_dlc` of the CDK's alpha module throws.
REGIONS_THAT_THROW = {
    "af-south-1",
    "ap-northeast-3",
    "ap-southeast-5",
    "ap-southeast-7",
    "ca-west-1",
    "il-central-1",
    "mx-central-1",
    "us-gov-east-1",
    "us-gov-west-1",
}

# Prints the template of one endpoint of each kind, as bytes.
PROGRAM = """
import json
from aws_cdk import App, Stack
import constructs_lib as sm
from tests.templates import template_of
from tests.unit.endpoints.serving import IMAGE, at, made, real_time, shared, specification, thing, variant
stack = Stack(App(), "Stack")
plain, part = made(stack), sm.Container(image=IMAGE)
capture = sm.DataCapture(location=at("c"))
fast = real_time(stack, variants=[variant(stack, model=plain)], capture=capture, deployment=sm.AllAtOnce())
fast.auto_scale("main", min_capacity=1, max_capacity=2).scale_on_invocations(per_minute=1)
several = {
    sm.MultiModelEndpoint: sm.MultiModel(stack, "Many", container=part, models=at("models")),
    sm.InferencePipelineEndpoint: sm.PipelineModel(stack, "Pipeline", containers=[part, part]),
    sm.MultiContainerEndpoint: sm.MultiContainerModel(stack, "Direct", containers={"a": part, "b": part}),
}
for kind, model in several.items():
    kind(stack, kind.__name__, variants=[variant(stack, model=model)])
queue = sm.AsyncEndpoint(stack, "Async", variant=variant(stack, model=plain), output=at("out"), inputs=at("in"))
queue.auto_scale(min_capacity=0, max_capacity=2).scale_on_backlog(per_instance=1)
small = sm.ServerlessVariant("main", made(stack, "Open", network_isolation=False), memory_mb=1024, max_concurrency=1)
sm.ServerlessEndpoint(stack, "Serverless", variant=small)
base = shared(stack, "Shared").add_component("Part", specification=specification())
base.add_adapter("A", artifact=thing("a.tar.gz"))
print(json.dumps(template_of(stack)))
"""


def given_role(stack: Any, **how: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return iam.Role.from_role_arn(stack, "Given", ROLE_ARN, **how)


class TestWhatPeersGetWrong:
    def test_two_variants_scale_apart(self, stack: Any) -> None:
        endpoint = real_time(stack, variants=[variant(stack, "a"), variant(stack, "b")])
        for name in "ab":
            endpoint.auto_scale(name, min_capacity=1, max_capacity=2)
        targets = of_type(template_of(stack), "AWS::ApplicationAutoScaling::ScalableTarget").values()
        assert sorted(target["ResourceId"]["Fn::Join"][1][-1] for target in targets) == ["/variant/a", "/variant/b"]

    def test_two_deep_learning_images_stand_in_one_model(self, stack: Any) -> None:
        image = ContainerImage.from_dlc("pytorch-inference", "2.6.0-cpu-py312-ubuntu22.04-sagemaker")
        model = PipelineModel(stack, "Model", containers=[Container(image=image), Container(image=image)])
        InferencePipelineEndpoint(stack, "Endpoint", variants=[variant(stack, model=model)])
        first, second = only(template_of(stack), "AWS::SageMaker::Model")["Containers"]
        assert first["Image"] == second["Image"]

    def test_two_images_that_the_cdk_builds_stand_in_one_component(self, stack: Any, tmp_path: Path) -> None:
        (tmp_path / "Dockerfile").write_text("FROM scratch\n")
        image = ContainerImage.from_asset(str(tmp_path))
        by_type = dict.fromkeys((CPU, GPU), specification(model=Container(image=image)))
        part = shared(stack, variant=pooled(CPU, GPU)).add_component("Part", specification=by_type)
        found = properties(template_of(stack), part)["Specifications"]
        assert [each["InstanceType"] for each in found] == [CPU.name, GPU.name]

    def test_trap_29_a_weight_of_zero_gets_no_traffic(self, stack: Any) -> None:
        real_time(stack, variants=[variant(stack, weight=0)])
        (only_one,) = only(template_of(stack), "AWS::SageMaker::EndpointConfig")["ProductionVariants"]
        assert only_one["InitialVariantWeight"] == 0

    def test_trap_22_zero_copies_and_zero_machines_are_taken_for_components_only(self, stack: Any) -> None:
        scaling = ManagedInstanceScaling(min_instance_count=0, max_instance_count=1)
        host = shared(stack, variant=ComponentVariant("main", GPU, managed_instance_scaling=scaling))
        host.add_component("Part", specification=specification(), copies=0)
        with pytest.raises(ConfigurationError, match="cannot scale to zero"):
            real_time(stack, "Plain").auto_scale("main", min_capacity=0, max_capacity=1)

    def test_trap_3_an_update_keeps_the_machines_under_managed_scaling(self, stack: Any) -> None:
        scaling = ManagedInstanceScaling(min_instance_count=0, max_instance_count=1)
        shared(stack, variant=ComponentVariant("main", GPU, managed_instance_scaling=scaling))
        endpoint = only(template_of(stack), "AWS::SageMaker::Endpoint")
        assert endpoint["RetainAllVariantProperties"] is True
        kept_by_template = [each["VariantPropertyType"] for each in endpoint["ExcludeRetainedVariantProperties"]]
        assert kept_by_template == ["DesiredWeight", "DataCaptureConfig"]

    def test_trap_3_warns_where_updates_reset_what_scales(self, stack: Any) -> None:
        endpoint = real_time(stack, retained=[])
        endpoint.auto_scale("main", min_capacity=1, max_capacity=2)
        (text,) = warnings_of(endpoint)
        assert "update-resets-scaling/main" in text

    def test_trap_3_an_update_keeps_the_copies_that_the_template_does_not_count(self, stack: Any) -> None:
        part = shared(stack).add_component("Part", specification=specification(), copies=None)
        part.auto_scale(min_capacity=1, max_capacity=2)
        assert warnings_of(part) == []
        assert "RuntimeConfig" not in properties(template_of(stack), part)

    @pytest.mark.parametrize("copies", [0, 2])
    def test_trap_3_warns_where_updates_reset_copies_that_scale(self, stack: Any, copies: int) -> None:
        part = shared(stack).add_component("Part", specification=specification(), copies=copies)
        assert warnings_of(part) == []
        part.auto_scale(min_capacity=0, max_capacity=2)
        (text,) = warnings_of(part)
        assert "update-resets-scaling/copies" in text
        assert f"sets its copies back to {copies}, whatever their load; copies=None leaves the number out" in text

    def test_trap_3_warns_where_updates_reset_warm_containers(self, stack: Any) -> None:
        kept = ServerlessVariant(
            "main", model=served(stack), memory_mb=1024, max_concurrency=5, provisioned_concurrency=2
        )
        endpoint = ServerlessEndpoint(stack, "Endpoint", variant=kept)
        assert warnings_of(endpoint) == []
        endpoint.auto_scale(min_capacity=1, max_capacity=5)
        (text,) = warnings_of(endpoint)
        assert "update-resets-scaling/main" in text
        assert "back to provisioned_concurrency (2)" in text

    def test_trap_4_other_machines_change_the_configuration_and_nothing_that_scales(self) -> None:
        """SageMaker refuses the type of a variant to change while it scales: its target must not change as well."""
        from aws_cdk import App, Stack

        templates = []
        for machines in (CPU, InstanceType("ml.m5.2xlarge")):
            stack = Stack(App(), "Stack")
            endpoint = real_time(stack, variants=[variant(stack, instance_type=machines)], deployment=AllAtOnce())
            endpoint.auto_scale("main", min_capacity=1, max_capacity=2).scale_on_invocations(per_minute=1)
            templates.append(template_of(stack)["Resources"])
        before, after = templates
        assert before.keys() == after.keys()
        (changed,) = [name for name in before if before[name] != after[name]]
        assert before[changed]["Type"] == "AWS::SageMaker::EndpointConfig"

    def test_trap_4_a_variant_that_goes_takes_its_target_along_and_no_other(self) -> None:
        """Deleting a variant deregisters its target, so the target must leave the template in the same update."""
        from aws_cdk import App, Stack

        targets = []
        for names in ("ab", "b"):
            stack = Stack(App(), "Stack")
            endpoint = real_time(stack, variants=[variant(stack, name) for name in names])
            for name in names:
                endpoint.auto_scale(name, min_capacity=1, max_capacity=2)
            targets.append(of_type(template_of(stack), "AWS::ApplicationAutoScaling::ScalableTarget"))
        both, one = targets
        ((kept, target),) = one.items()
        assert both[kept] == target
        with pytest.raises(ConfigurationError, match="there is no variant 'a' to scale"):
            endpoint.auto_scale("a", min_capacity=1, max_capacity=2)

    @pytest.mark.parametrize("how", [{}, {"mutable": False}])
    def test_an_imported_role_gets_what_may_be_given_to_it(self, stack: Any, how: dict[str, Any]) -> None:
        role = given_role(stack, **how)
        one, two = made(stack, "One", role=role), made(stack, "Two", role=role)
        variants = [variant(stack, "a", model=one), variant(stack, "b", model=two)]
        endpoint = real_time(stack, variants=variants, capture=DataCapture(location=at("capture")))
        host = InferenceComponentEndpoint(stack, "Host", variant=ComponentVariant("main", GPU), role=role)
        host.add_component("Part", specification=specification())
        template = template_of(stack)
        policies = of_type(template, "AWS::IAM::ManagedPolicy")
        assert {tuple(policy.get("Roles", ())) for policy in policies.values()} == ({()} if how else {("serving",)})
        # One for each model, one for what both write, one for the components: none is there twice.
        assert len(policies) == 4
        assert of_type(template, "AWS::IAM::Role") == {}
        assert len(endpoint.node.find_child("Output").node.children) == 1

    def test_nothing_has_a_fixed_name_but_the_endpoint(self, stack: Any) -> None:
        AsyncEndpoint(stack, "Async", variant=variant(stack), output=at("out"), deployment=AllAtOnce())
        real_time(stack, variants=[variant(stack, model=made(stack))])
        resources = template_of(stack)["Resources"].values()
        names = ("TopicName", "ModelName", "EndpointConfigName", "RoleName", "ManagedPolicyName", "AlarmName")
        for resource in resources:
            for name in names:
                assert not isinstance(resource.get("Properties", {}).get(name), str), resource
        assert not [resource for resource in resources if resource["Type"] == "AWS::SNS::Topic"]

    def test_two_processes_write_the_same_bytes(self) -> None:
        runs = [
            subprocess.run([sys.executable, "-c", PROGRAM], cwd=REPOSITORY, capture_output=True, check=True).stdout
            for _ in range(2)
        ]
        assert runs[0] == runs[1]
        assert len(of_type(json.loads(runs[0]), "AWS::SageMaker::Endpoint")) == 7

    def test_the_parent_gets_no_other_child_and_no_other_description(self) -> None:
        from aws_cdk import App, Stack

        stack = Stack(App(), "Stack", description="Serves the shop")
        variants = [variant(stack, model=made(stack))]
        before = {child.node.id for child in stack.node.children}
        fast = real_time(stack, variants=variants, deployment=AllAtOnce(), capture=DataCapture(location=at("c")))
        fast.auto_scale("main", min_capacity=1, max_capacity=2).scale_on_invocations(per_minute=1)
        slow = AsyncEndpoint(stack, "Async", variant=variants[0], output=at("out"), deployment=AllAtOnce())
        slow.auto_scale(min_capacity=0, max_capacity=2).scale_on_backlog(per_instance=1)
        small = ServerlessVariant("main", served(stack), memory_mb=1024, max_concurrency=2, provisioned_concurrency=1)
        seldom = ServerlessEndpoint(stack, "Serverless", variant=small)
        seldom.auto_scale(min_capacity=1, max_capacity=2).scale_on_utilization(percent=70)
        host = InferenceComponentEndpoint(stack, "Host", variant=ComponentVariant("main", GPU))
        part = host.add_component("Part", specification=specification())
        part.auto_scale(min_capacity=0, max_capacity=2).scale_on_concurrency(per_copy=1)
        kinds = {"Endpoint", "Async", "Serverless", "Host", "a-single-model"}
        assert {child.node.id for child in stack.node.children} == before | kinds
        assert template_of(stack)["Description"] == "Serves the shop"

    def test_an_image_of_aws_leaves_one_table_in_the_stack_however_many_there_are(self, stack: Any) -> None:
        image = ContainerImage.from_dlc("tensorflow-inference", "2.18.0-cpu-py310")
        for id in ("One", "Two"):
            made(stack, id, container=Container(image=image))
        shared(stack).add_component("Part", specification=specification(model=Container(image=image)))
        ids = {child.node.id for child in stack.node.children} - {"One", "Two", "Endpoint", "Serving"}
        assert ids == {f"Images-{catalogue.deep_learning_table()}"}

    def test_trap_16_one_framework_image_binds_in_every_region_of_the_catalogue(self) -> None:
        from aws_cdk import App, Environment, Stack

        app, image = App(), ContainerImage.from_dlc("pytorch-inference", "2.6.0-cpu-py312-ubuntu22.04-sagemaker")
        accounts = catalogue.deep_learning_accounts()
        assert accounts.keys() >= REGIONS_THAT_THROW
        for region, account in accounts.items():
            stack = Stack(app, region, env=Environment(account="123456789012", region=region))
            assert str(image.bind(stack).uri).startswith(f"{account}.dkr.ecr.{region}.")


class TestNumbersOfCloudFormation:
    """A `CfnParameter` for each number argument: none is calculated with, compared or refused."""

    def test_each_comes_out_as_a_reference(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        number: Any = CfnParameter(stack, "Number", type="Number").value_as_number
        rollback = AutoRollback.never()
        late = variant(
            stack,
            count=number,
            weight=number,
            volume_size_gib=number,
            model_data_download_timeout_seconds=number,
            container_startup_health_check_timeout_seconds=number,
            variant_instance_provision_timeout_seconds=number,
            routing=PrefixAwareRouting(prefix_length=number, concurrency_threshold=number),
        )
        waits = {"wait_seconds": number, "maximum_execution_timeout_seconds": number, "rollback": rollback}
        real_time(
            stack,
            variants=[late],
            capture=DataCapture(location=at("c"), percent=number),
            metrics=MetricsConfig(publish_frequency_seconds=number),
            deployment=Canary(CapacitySize.instances(number), termination_wait_seconds=number, **waits),
        )
        ServerlessEndpoint(
            stack,
            "Serverless",
            variant=ServerlessVariant(
                "main",
                served(stack),
                memory_mb=number,
                max_concurrency=number,
                provisioned_concurrency=number,
                weight=number,
            ),
        )
        AsyncEndpoint(
            stack,
            "Async",
            variant=variant(stack),
            output=at("out"),
            max_concurrent_invocations_per_instance=number,
            deployment=Rolling(CapacitySize.percent(number), rollback_batch=CapacitySize.instances(number), **waits),
        )
        scaling = ManagedInstanceScaling(
            min_instance_count=number,
            max_instance_count=number,
            scale_in=ScaleInStrategy.CONSOLIDATION,
            scale_in_maximum_step_size=number,
            scale_in_cooldown_minutes=number,
        )
        host = shared(
            stack, "Host", variant=ComponentVariant("main", GPU, count=number, managed_instance_scaling=scaling)
        )
        compute = ComputeRequirements(min_memory_mb=number, max_memory_mb=number, cpu_cores=number, accelerators=number)
        host.add_component(
            "Part",
            specification=specification(
                compute=compute,
                placement=Placement(strategy=PlacementStrategy.SPREAD, max_zone_imbalance=number),
                model_data_download_timeout_seconds=number,
                container_startup_health_check_timeout_seconds=number,
            ),
            copies=number,
            deployment=Rolling(CapacitySize.copies(number), **waits),
        )
        # As often as `number` is given above: nothing is left out, nothing comes out twice.
        text = json.dumps(template_of(stack)["Resources"])
        assert text.count('{"Ref": "Number"}') == 39
        assert "-1.88" not in text

    def test_names_and_texts_may_be_parameters_too(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        text = CfnParameter(stack, "Text").value_as_string
        named = real_time(stack, endpoint_name=text, variants=[variant(stack, text, inference_ami_version=text)])
        host = shared(stack, "Host")
        part = host.add_component("Part", specification=specification(), inference_component_name=text)
        part.grant_invoke(given_role(stack))
        reference = {"Ref": "Text"}
        template = template_of(stack)
        assert properties(template, named)["EndpointName"] == reference
        (rendered,) = properties(template, named, "Config")["ProductionVariants"]
        assert rendered["VariantName"] == rendered["InferenceAmiVersion"] == reference
        assert properties(template, part)["InferenceComponentName"] == reference
