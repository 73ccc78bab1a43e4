"""Inference components on the embedded AWS: where they may run, how they change, through the API and CloudFormation."""

from collections.abc import Iterator
from typing import Any

import pytest

from constructs_lib.rehearsal.emulator import instances
from tests.rehearsal.test_emulator_support import (
    ARTIFACT,
    BUCKET,
    IMAGE,
    Stack,
    World,
    hosting,
    made,
    refusal,
    variant,
    wait_for,
    world,
)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        account.model("base")
        account.endpoint("shared", hosting(), ExecutionRoleArn=account.role)
        account.endpoint("plain", variant("blue", "base"))
        account.component("first", "shared")
        yield account


def needs(**resources: float) -> dict[str, Any]:
    return {"ModelName": "base", "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 1024, **resources}}


class TestCreation:
    def test_comes_into_service_with_its_copies(self, here: World) -> None:
        container = {"Image": IMAGE, "ArtifactUrl": ARTIFACT, "Environment": {"A": "1"}}
        specification = {"Container": container, **needs(NumberOfAcceleratorDevicesRequired=4)}
        specification.pop("ModelName")
        here.sagemaker.create_inference_component(
            InferenceComponentName="second",
            EndpointName="shared",
            VariantName="blue",
            Specification=specification,
            RuntimeConfig={"CopyCount": 2},
        )
        first = here.sagemaker.describe_inference_component(InferenceComponentName="second")
        then = here.settled_component("second")

        assert first["InferenceComponentStatus"] == "Creating"
        assert first["RuntimeConfig"] == {"DesiredCopyCount": 2, "CurrentCopyCount": 0}
        assert then["RuntimeConfig"] == {"DesiredCopyCount": 2, "CurrentCopyCount": 2}
        assert then["EndpointArn"].endswith(":endpoint/shared")
        assert then["Specification"]["Container"]["DeployedImage"]["SpecifiedImage"] == IMAGE
        found = here.sagemaker.list_inference_components(EndpointNameEquals="shared", NameContains="second")
        assert [each["InferenceComponentName"] for each in found["InferenceComponents"]] == ["second"]

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"EndpointName": "none"}, 'Could not find endpoint "'),
            ({"VariantName": "red"}, 'has no variant "red"'),
            (
                {"EndpointName": "plain"},
                "has a model of its own; inference components need a variant without ModelName",
            ),
            ({"Specification": {"ModelName": "base"}}, "must have ComputeResourceRequirements, since it is no adapter"),
            ({"Specification": {**needs(), "ModelName": "none"}}, 'Could not find model "'),
            ({"Specification": {**needs(), "Container": {"Image": IMAGE}}}, "ModelName and Container, got both"),
            (
                {"Specification": needs(MaxMemoryRequiredInMb=512)},
                "MaxMemoryRequiredInMb 512 must not be less than MinMemoryRequiredInMb 1024",
            ),
            (
                {"Specification": needs(NumberOfAcceleratorDevicesRequired=5)},
                "asks for 5 accelerator devices, and ml.g5.12xlarge of variant blue has 4",
            ),
            ({"Specifications": [needs()]}, "exactly one of Specification and Specifications"),
        ],
    )
    def test_fails(self, here: World, changes: dict[str, Any], words: str) -> None:
        assert words in refusal(here.component, "wrong", **{"endpoint": "shared", **changes})

    def test_trap_23_fails_without_a_role_in_the_configuration(self, here: World) -> None:
        assert "needs an ExecutionRoleArn" in refusal(here.config, "c", hosting())

    @pytest.mark.parametrize(
        ("instance_type", "count"),
        [("ml.m5.large", 0), ("ml.g5.xlarge", 1), ("ml.p5.48xlarge", 8), ("ml.trn1.32xlarge", None)],
    )
    def test_knows_accelerators(self, instance_type: str, count: int | None) -> None:
        assert instances.accelerators(instance_type) == count


class TestAdapter:
    def test_runs_on_its_base(self, here: World) -> None:
        here.put("adapters/a.tar.gz")
        adapter = {
            "BaseInferenceComponentName": "first",
            "Container": {"ArtifactUrl": f"s3://{BUCKET}/adapters/a.tar.gz"},
        }
        here.component("adapter", "shared", Specification=adapter)

        runtime = here.aws.client("sagemaker-runtime")
        runtime.invoke_endpoint(EndpointName="shared", InferenceComponentName="adapter", Body=b"")
        again = {**adapter, "BaseInferenceComponentName": "adapter"}
        assert "is an adapter itself" in refusal(here.component, "wrong", "shared", Specification=again)
        delete = here.sagemaker.delete_inference_component
        assert "while it is the base of adapter" in refusal(delete, InferenceComponentName="first")
        delete(InferenceComponentName="adapter")

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"BaseInferenceComponentName": "none"}, 'Could not find inference component "'),
            (
                {"ComputeResourceRequirements": {"MinMemoryRequiredInMb": 128}},
                "must not have ComputeResourceRequirements",
            ),
            ({"Container": {"ArtifactUrl": f"s3://{BUCKET}/adapters/none.tar.gz"}}, "Could not find model data at"),
        ],
    )
    def test_fails(self, here: World, changes: dict[str, Any], words: str) -> None:
        adapter = {"BaseInferenceComponentName": "first", "Container": {"ArtifactUrl": ARTIFACT}}

        assert words in refusal(here.component, "wrong", "shared", Specification=adapter | changes)


class TestChange:
    def test_copies_come_and_go(self, here: World) -> None:
        here.component("scaled", "shared")
        update = {"InferenceComponentName": "scaled", "DesiredRuntimeConfig": {"CopyCount": 3}}
        here.sagemaker.update_inference_component_runtime_config(**update)

        now = here.sagemaker.describe_inference_component(InferenceComponentName="scaled")
        assert (now["InferenceComponentStatus"], now["RuntimeConfig"]["CurrentCopyCount"]) == ("Updating", 1)
        assert "cannot update in-progress inference component" in refusal(
            here.sagemaker.update_inference_component_runtime_config, **update
        )
        assert here.settled_component("scaled")["RuntimeConfig"] == {"DesiredCopyCount": 3, "CurrentCopyCount": 3}

    def test_without_copies_there_is_no_answer(self, here: World) -> None:
        here.component("asleep", "shared", RuntimeConfig={"CopyCount": 0})
        runtime = here.aws.client("sagemaker-runtime")
        words = refusal(runtime.invoke_endpoint, EndpointName="shared", InferenceComponentName="asleep", Body=b"")

        assert "Inference Component has no capacity to process this request" in words

    def test_an_alarm_rolls_it_back(self, here: World) -> None:
        watch = here.aws.client("cloudwatch")
        watch.put_metric_alarm(
            AlarmName="component-errors",
            Namespace="Own",
            MetricName="Errors",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        here.component("guarded", "shared")
        size = {"Type": "COPY_COUNT", "Value": 1}
        rolling = {"RollingUpdatePolicy": {"MaximumBatchSize": size, "WaitIntervalInSeconds": 0}}
        config = {**rolling, "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "component-errors"}]}}
        update = {"InferenceComponentName": "guarded", "DeploymentConfig": config, "RuntimeConfig": {"CopyCount": 2}}
        here.sagemaker.update_inference_component(**update)
        assert here.settled_component("guarded")["RuntimeConfig"]["CurrentCopyCount"] == 2
        watch.set_alarm_state(AlarmName="component-errors", StateValue="ALARM", StateReason="for the test")
        here.sagemaker.update_inference_component(**update | {"RuntimeConfig": {"CopyCount": 4}})
        then = here.settled_component("guarded")

        assert then["RuntimeConfig"] == {"DesiredCopyCount": 2, "CurrentCopyCount": 2}
        assert "rolled back, because alarm component-errors is in ALARM" in then["FailureReason"]
        # A change of the copies alone is no deployment, and no alarm undoes it.
        here.sagemaker.update_inference_component_runtime_config(
            InferenceComponentName="guarded", DesiredRuntimeConfig={"CopyCount": 3}
        )
        assert here.settled_component("guarded")["RuntimeConfig"]["CurrentCopyCount"] == 3

    def test_fails_to_delete_what_hosts_one(self, here: World) -> None:
        words = refusal(here.sagemaker.delete_endpoint, EndpointName="shared")

        assert "while it hosts the inference components first" in words
        assert "delete these first" in words


def serving(role: str, copies: int, **component: Any) -> dict[str, Any]:
    container = {"Image": IMAGE, "ModelDataUrl": ARTIFACT}
    managed = {"MinInstanceCount": 0, "MaxInstanceCount": 3}
    return {
        "Model": made("SageMaker::Model", ExecutionRoleArn=role, PrimaryContainer=container),
        "Config": made(
            "SageMaker::EndpointConfig",
            ExecutionRoleArn=role,
            ProductionVariants=[hosting(ManagedInstanceScaling=managed)],
        ),
        "Endpoint": made("SageMaker::Endpoint", EndpointConfigName={"Fn::GetAtt": ["Config", "EndpointConfigName"]}),
        "Component": made(
            "SageMaker::InferenceComponent",
            EndpointName={"Fn::GetAtt": ["Endpoint", "EndpointName"]},
            EndpointArn={"Ref": "Endpoint"},
            VariantName="blue",
            RuntimeConfig={"CopyCount": copies},
            Specification={
                "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
                "ComputeResourceRequirements": {"MinMemoryRequiredInMb": "1024"},
            },
            **component,
        ),
        "Copies": made(
            "SSM::Parameter", Type="String", Value={"Fn::GetAtt": ["Component", "RuntimeConfig.DesiredCopyCount"]}
        ),
    }


class TestStack:
    def test_changes_in_place_and_goes_in_order(self, here: World) -> None:
        stack = Stack(here, "components")
        assert stack.create(serving(here.role, 1)) == "CREATE_COMPLETE", stack.reasons()
        before = stack.physical_ids()
        endpoint = before["Endpoint"].rpartition("/")[2]
        size = {"Type": "COPY_COUNT", "Value": 1}
        policy = {"MaximumBatchSize": size, "WaitIntervalInSeconds": 60}
        changed = serving(here.role, 2, DeploymentConfig={"RollingUpdatePolicy": policy})
        assert stack.update(changed) == "UPDATE_COMPLETE", stack.reasons()

        assert stack.physical_ids() == before
        name = before["Component"].rpartition("/")[2]
        found = here.sagemaker.list_inference_components(NameContains=name)["InferenceComponents"][0]
        shown = here.sagemaker.describe_inference_component(InferenceComponentName=found["InferenceComponentName"])
        assert shown["RuntimeConfig"]["CurrentCopyCount"] == 2
        assert shown["LastDeploymentConfig"]["RollingUpdatePolicy"] == policy
        listed = here.sagemaker.list_endpoints(NameContains=endpoint)["Endpoints"][0]["EndpointName"]
        (variant_shown,) = here.sagemaker.describe_endpoint(EndpointName=listed)["ProductionVariants"]
        assert variant_shown["ManagedInstanceScaling"]["MaxInstanceCount"] == 3
        assert stack.delete() == "DELETE_COMPLETE", stack.reasons()
        wait_for(
            lambda: here.sagemaker.list_inference_components(NameContains=name)["InferenceComponents"],
            lambda left: not left,
        )
