"""Models, real-time endpoints and their scaling."""

from typing import Any

import pytest

from constructs_lib import (
    ArtifactStore,
    ConfigurationError,
    Container,
    ContainerImage,
    DataCapture,
    DataKey,
    ExecutionRole,
    InstanceType,
    Model,
    Network,
    ProductionVariant,
    RealTimeEndpoint,
)
from tests.templates import granted, of_type, only, template_of

M5 = InstanceType("ml.m5.xlarge")


@pytest.fixture
def store(stack: Any) -> ArtifactStore:
    return ArtifactStore(stack, "Store")


def make_model(stack: Any, store: ArtifactStore, id: str = "Model", **changes: Any) -> Model:
    container = Container(
        image=ContainerImage.built_in("image-classification"), artifact=store.artifact("models/m.tar.gz")
    )
    return Model(stack, id, **({"container": container} | changes))


@pytest.fixture
def model(stack: Any, store: ArtifactStore) -> Model:
    return make_model(stack, store)


def resource_of(template: Any, resource_type: str) -> dict[str, Any]:
    (resource,) = (r for r in template["Resources"].values() if r["Type"] == resource_type)
    found: dict[str, Any] = resource
    return found


def warnings_of(construct: Any) -> list[str]:
    return [entry.data for entry in construct.node.metadata if entry.type == "aws:cdk:warning"]


class TestModel:
    def test_trap_9_waits_for_the_policy_of_its_role(self, stack: Any, model: Model) -> None:
        assert resource_of(template_of(stack), "AWS::SageMaker::Model")["DependsOn"] == ["ModelPolicyC3EB9A1C"]

    def test_trap_1_has_no_name_of_its_own(self, stack: Any, model: Model) -> None:
        assert "ModelName" not in only(template_of(stack), "AWS::SageMaker::Model")

    def test_is_cut_off_from_the_network_unless_asked_otherwise(self, stack: Any, store: ArtifactStore) -> None:
        make_model(stack, store, "Cut")
        make_model(stack, store, "Open", network_isolation=False)
        isolated = [m["EnableNetworkIsolation"] for m in of_type(template_of(stack), "AWS::SageMaker::Model").values()]
        assert isolated == [True, False]

    def test_runs_in_the_network_that_it_is_given(self, stack: Any, store: ArtifactStore) -> None:
        network = Network(stack, "Network")
        make_model(stack, store, network=network)
        config = only(template_of(stack), "AWS::SageMaker::Model")["VpcConfig"]
        assert config == stack.resolve(network.vpc_config())

    def test_may_read_its_artifact_and_nothing_beside_it(self, stack: Any, model: Model) -> None:
        statements = only(template_of(stack), "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"]
        (reading,) = (statement for statement in statements if statement["Action"] == "s3:GetObject")
        assert reading["Resource"] == {
            "Fn::Join": ["", [{"Fn::GetAtt": ["StoreBucket4FBDE984", "Arn"]}, "/models/m.tar.gz"]]
        }

    def test_takes_a_role_of_the_user(self, stack: Any, store: ArtifactStore) -> None:
        role = ExecutionRole(stack, "Role")
        make_model(stack, store, "One", role=role)
        make_model(stack, store, "Two", role=role)
        template = template_of(stack)
        assert len(of_type(template, "AWS::IAM::Role")) == 1
        assert len(of_type(template, "AWS::IAM::ManagedPolicy")) == 2

    def test_keeps_the_spelling_of_environment_variables(self, stack: Any) -> None:
        container = Container(
            image=ContainerImage.from_uri("example.com/a:1"), environment={"SAGEMAKER_X": "1", "Y": "2"}
        )
        Model(stack, "Model", container=container)
        assert only(template_of(stack), "AWS::SageMaker::Model")["PrimaryContainer"]["Environment"] == {
            "SAGEMAKER_X": "1",
            "Y": "2",
        }

    def test_fails_on_a_private_registry_without_a_network(self, stack: Any) -> None:
        container = Container(image=ContainerImage.from_private_registry("registry.example.com/a:1"))
        with pytest.raises(ConfigurationError, match=r"lies in a private registry.*give network"):
            Model(stack, "Model", container=container)
        Model(stack, "Reached", container=container, network=Network(stack, "Network"))

    @pytest.mark.parametrize(
        ("model_id", "isolated", "warned"), [("org/m", True, 1), ("org/m", False, 0), ("/opt", True, 0)]
    )
    def test_trap_19_warns_of_a_hub_model_under_isolation(
        self, stack: Any, model_id: str, isolated: bool, warned: int
    ) -> None:
        image = ContainerImage.from_uri("example.com/a:1")
        container = Container(image=image, environment={"HF_MODEL_ID": model_id})
        model = Model(stack, "Model", container=container, network_isolation=isolated)
        assert len(warnings_of(model)) == warned

    def test_fails_on_an_artifact_that_is_no_archive(self, store: ArtifactStore) -> None:
        with pytest.raises(ConfigurationError, match=r"artifact must be a gzipped tar.*got 'models/m.zip'"):
            Container(image=ContainerImage.from_uri("example.com/a:1"), artifact=store.artifact("models/m.zip"))

    def test_in_one_stack_waits_for_the_way_to_s3_and_the_registry(self, stack: Any, store: ArtifactStore) -> None:
        make_model(stack, store, network=Network(stack, "Network"))
        waits_for = resource_of(template_of(stack), "AWS::SageMaker::Model")["DependsOn"]
        assert [name for name in waits_for if name.startswith("NetworkS3")]
        assert [name for name in waits_for if name.startswith("NetworkEcrDkr")]

    def test_fails_on_texts_where_constructs_are_needed(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            Model(stack, "Model", container="image", network="vpc-1", role="arn:aws:iam::1:role/r")  # type: ignore[arg-type] -- the slip under test
        assert raised.value.problems == (
            "container must be Container(image=…), got 'image'",
            "network must be such as Network(…) or Network.from_vpc(…), got 'vpc-1'",
            "role must be such as ExecutionRole(…), got 'arn:aws:iam::1:role/r'",
        )
        with pytest.raises(ConfigurationError, match="instance_type must be such as InstanceType"):
            ProductionVariant("a", model="m", instance_type="ml.m5.large")  # type: ignore[arg-type] -- the slip under test

    def test_a_role_description_holds_what_iam_takes(self, stack: Any, store: ArtifactStore) -> None:
        make_model(stack, store, "模型")
        assert only(template_of(stack), "AWS::IAM::Role")["Description"] == "Model Stack/??"

    def test_fails_on_what_the_api_refuses(self, stack: Any) -> None:
        container = Container(image=ContainerImage.from_uri("example.com/a:1"), environment={"1X": "a"})
        with pytest.raises(ConfigurationError, match=r"Stack/Model is not valid:\n- container.environment"):
            Model(stack, "Model", container=container)


class TestRealTimeEndpoint:
    def test_is_the_configuration_written_by_hand_from_the_api_reference(
        self, stack: Any, store: ArtifactStore, model: Model
    ) -> None:
        RealTimeEndpoint(
            stack,
            "Endpoint",
            variants=[
                ProductionVariant("blue", model=model, instance_type=M5, count=2, weight=9),
                ProductionVariant("green", model=model, instance_type=InstanceType("ml.c5.large")),
            ],
            key=store.key,
            capture=DataCapture(location=store.location("capture"), percent=0, csv_content_types=()),
        )
        key = {"Fn::GetAtt": ["StoreKey7A3C02BD", "Arn"]}
        name = {"Fn::GetAtt": ["Model0301700E", "ModelName"]}
        assert only(template_of(stack), "AWS::SageMaker::EndpointConfig") == {
            "ProductionVariants": [
                {
                    "VariantName": "blue",
                    "ModelName": name,
                    "InstanceType": "ml.m5.xlarge",
                    "InitialInstanceCount": 2,
                    "InitialVariantWeight": 9,
                },
                {
                    "VariantName": "green",
                    "ModelName": name,
                    "InstanceType": "ml.c5.large",
                    "InitialInstanceCount": 1,
                    "InitialVariantWeight": 1,
                },
            ],
            "KmsKeyId": key,
            "DataCaptureConfig": {
                "EnableCapture": True,
                "InitialSamplingPercentage": 0,
                "DestinationS3Uri": {"Fn::Join": ["", ["s3://", {"Ref": "StoreBucket4FBDE984"}, "/capture"]]},
                "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
                "CaptureContentTypeHeader": {"JsonContentTypes": ["application/json"]},
                "KmsKeyId": key,
            },
        }

    def test_trap_30_a_capture_has_its_place_types_and_key_together(
        self, stack: Any, store: ArtifactStore, model: Model
    ) -> None:
        capture = DataCapture(location=store.location("capture"))
        variants = [ProductionVariant("a", model=model, instance_type=M5)]
        RealTimeEndpoint(stack, "Endpoint", variants=variants, capture=capture)
        config = only(template_of(stack), "AWS::SageMaker::EndpointConfig")["DataCaptureConfig"]
        assert config["InitialSamplingPercentage"] == 100
        assert config["CaptureContentTypeHeader"] == {
            "CsvContentTypes": ["text/csv"],
            "JsonContentTypes": ["application/json"],
        }
        assert config["KmsKeyId"] == stack.resolve(store.key.key_arn)

    def test_trap_8_leaves_no_networking_in_the_stack_of_the_endpoint(self) -> None:
        from aws_cdk import App, Stack

        app = App()
        ground, serving = Stack(app, "Ground"), Stack(app, "Serving")
        store, network = ArtifactStore(ground, "Store"), Network(ground, "Network")
        model = make_model(serving, store, network=network)
        RealTimeEndpoint(serving, "Endpoint", variants=[ProductionVariant("a", model=model, instance_type=M5)])
        types = {resource["Type"] for resource in template_of(serving)["Resources"].values()}
        assert not [name for name in types if name.startswith("AWS::EC2::")]

    def test_trap_29_keeps_a_weight_of_zero(self, stack: Any, model: Model) -> None:
        RealTimeEndpoint(stack, "Endpoint", variants=[ProductionVariant("a", model=model, instance_type=M5, weight=0)])
        (variant,) = only(template_of(stack), "AWS::SageMaker::EndpointConfig")["ProductionVariants"]
        assert variant["InitialVariantWeight"] == 0

    def test_trap_1_no_configuration_has_a_fixed_name(self, stack: Any, model: Model) -> None:
        RealTimeEndpoint(stack, "Endpoint", variants=[ProductionVariant("a", model=model, instance_type=M5)])
        template = template_of(stack)
        assert "EndpointConfigName" not in only(template, "AWS::SageMaker::EndpointConfig")
        assert only(template, "AWS::SageMaker::Endpoint") == {
            # Its own name stays, and is the same at each synth: alarms that watch its updates must know it before.
            "EndpointName": "stack-endpoint-7dc50680",
            "EndpointConfigName": {"Fn::GetAtt": ["EndpointConfig24AD0A28", "EndpointConfigName"]},
        }

    def test_takes_numbers_that_are_known_at_deployment(self, stack: Any, model: Model) -> None:
        from aws_cdk import CfnParameter

        number = CfnParameter(stack, "Number", type="Number").value_as_number
        late = ProductionVariant("a", model=model, instance_type=M5, count=int(number), weight=number)
        endpoint = RealTimeEndpoint(stack, "Endpoint", variants=[late])
        endpoint.auto_scale("a", min_capacity=int(number), max_capacity=int(number)).scale_on_invocations(
            per_minute=number
        )
        (variant,) = only(template_of(stack), "AWS::SageMaker::EndpointConfig")["ProductionVariants"]
        assert variant["InitialInstanceCount"] == variant["InitialVariantWeight"] == {"Ref": "Number"}

    def test_models_may_write_the_capture_before_the_endpoint_is_there(
        self, stack: Any, store: ArtifactStore, model: Model
    ) -> None:
        RealTimeEndpoint(
            stack,
            "Endpoint",
            variants=[ProductionVariant("a", model=model, instance_type=M5)],
            capture=DataCapture(location=store.location("capture")),
        )
        config = resource_of(template_of(stack), "AWS::SageMaker::EndpointConfig")
        assert config["DependsOn"] == ["EndpointOutputa3CE697AD"]

    def test_variants_that_share_a_role_share_the_right_to_capture(
        self, stack: Any, store: ArtifactStore, model: Model
    ) -> None:
        other = make_model(stack, store, "Other")
        variants = [
            ProductionVariant(f"v{number}", model=served, instance_type=M5)
            for number, served in enumerate((model, model, other))
        ]
        RealTimeEndpoint(stack, "Endpoint", variants=variants, capture=DataCapture(location=store.location("capture")))
        policies = [name for name in of_type(template_of(stack), "AWS::IAM::ManagedPolicy") if "Output" in name]
        assert len(policies) == 2

    def test_warns_of_a_retired_type(self, stack: Any, model: Model) -> None:
        old = ProductionVariant("a", model=model, instance_type=InstanceType("ml.p2.xlarge"))
        (text,) = warnings_of(RealTimeEndpoint(stack, "Endpoint", variants=[old]))
        assert "ml.g4dn is the nearest living one" in text

    @pytest.mark.parametrize("count", [1, 10])
    def test_trap_26_takes_one_to_ten_variants(self, stack: Any, model: Model, count: int) -> None:
        variants = [ProductionVariant(f"v{number}", model=model, instance_type=M5) for number in range(count)]
        RealTimeEndpoint(stack, "Endpoint", variants=variants)

    @pytest.mark.parametrize("count", [0, 11])
    def test_trap_26_fails_on_none_and_on_eleven(self, stack: Any, model: Model, count: int) -> None:
        variants = [ProductionVariant(f"v{number}", model=model, instance_type=M5) for number in range(count)]
        with pytest.raises(ConfigurationError, match=r"variants must .*10|variants must .*1 "):
            RealTimeEndpoint(stack, "Endpoint", variants=variants)

    def test_fails_with_every_problem_at_once(self, stack: Any, store: ArtifactStore, model: Model) -> None:
        with pytest.raises(ConfigurationError) as raised:
            RealTimeEndpoint(
                stack,
                "Endpoint",
                variants=[
                    ProductionVariant("a b", model=model, instance_type=M5),
                    ProductionVariant("a", model=model, instance_type=M5, count=0),
                    ProductionVariant("a", model=model, instance_type=InstanceType("ml.m5.huge"), weight=-1),
                ],
                capture=DataCapture(location=store.location("c"), percent=101),
            )
        text = str(raised.value)
        for words in (
            "names of the variants must be unique, got 'a' more than once",
            "variants[0].name must",
            "variants[1].count must be at least 1, got 0",
            "variants[2].instance_type must",
            "variants[2].weight must be at least 0, got -1",
            "capture.percent must be at most 100, got 101",
        ):
            assert words in text

    def test_trap_13_warns_that_the_key_covers_no_disks_of_the_machine(self, stack: Any, model: Model) -> None:
        on_disks = ProductionVariant("a", model=model, instance_type=InstanceType("ml.g4dn.xlarge"))
        with_key = RealTimeEndpoint(stack, "WithKey", variants=[on_disks], key=DataKey(stack, "Key"))
        without = RealTimeEndpoint(stack, "Without", variants=[on_disks])
        (text,) = warnings_of(with_key)
        assert "sagemaker-constructs:key-covers-no-local-storage/a" in text
        assert warnings_of(without) == []

    def test_two_in_one_stack(self, stack: Any, model: Model) -> None:
        for id in ("One", "Two"):
            endpoint = RealTimeEndpoint(stack, id, variants=[ProductionVariant("a", model=model, instance_type=M5)])
            endpoint.auto_scale("a", min_capacity=1, max_capacity=2).scale_on_invocations(per_minute=100)
        assert len(of_type(template_of(stack), "AWS::ApplicationAutoScaling::ScalingPolicy")) == 2


class TestGrants:
    def caller(self, stack: Any) -> Any:
        from aws_cdk import aws_iam as iam

        return iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal())

    def statement(self, stack: Any) -> Any:
        (statement,) = granted(template_of(stack))
        return statement

    def test_trap_17_invoking_is_one_action_on_one_endpoint(self, stack: Any, model: Model) -> None:
        endpoint = RealTimeEndpoint(stack, "Endpoint", variants=[ProductionVariant("a", model=model, instance_type=M5)])
        endpoint.grant_invoke(self.caller(stack))
        assert self.statement(stack) == {
            "Action": "sagemaker:InvokeEndpoint",
            "Effect": "Allow",
            "Resource": {"Ref": "EndpointEEF1FD8F"},
        }

    def test_trap_28_an_imported_endpoint_has_its_name_in_lower_case_in_its_arn(self, stack: Any) -> None:
        endpoint = RealTimeEndpoint.from_endpoint_name(stack, "Imported", "Prod-Images")
        endpoint.grant_invoke(self.caller(stack))
        assert endpoint.endpoint_name == "Prod-Images"
        assert self.statement(stack)["Resource"]["Fn::Join"][1][-1] == ":endpoint/prod-images"

    def test_an_imported_name_may_be_known_at_deployment_only(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        name = CfnParameter(stack, "Name").value_as_string
        RealTimeEndpoint.from_endpoint_name(stack, "Imported", name).grant_invoke(self.caller(stack))
        assert self.statement(stack)["Resource"]["Fn::Join"][1][-1] == {"Ref": "Name"}


class TestAutoScale:
    def endpoint(self, stack: Any, model: Model) -> RealTimeEndpoint:
        variants = [ProductionVariant(name, model=model, instance_type=M5) for name in ("blue", "green")]
        return RealTimeEndpoint(stack, "Endpoint", variants=variants)

    def test_trap_5_names_the_variant_through_the_attribute_of_the_endpoint(self, stack: Any, model: Model) -> None:
        self.endpoint(stack, model).auto_scale("blue", min_capacity=1, max_capacity=3)
        assert only(template_of(stack), "AWS::ApplicationAutoScaling::ScalableTarget") == {
            "ServiceNamespace": "sagemaker",
            "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
            "ResourceId": {
                "Fn::Join": [
                    "",
                    ["endpoint/", {"Fn::GetAtt": ["EndpointEEF1FD8F", "EndpointName"]}, "/variant/blue"],
                ]
            },
            "MinCapacity": 1,
            "MaxCapacity": 3,
        }

    def test_tracks_invocations(self, stack: Any, model: Model) -> None:
        self.endpoint(stack, model).auto_scale("blue", min_capacity=1, max_capacity=3).scale_on_invocations(
            per_minute=600, disable_scale_in=True
        )
        policy = only(template_of(stack), "AWS::ApplicationAutoScaling::ScalingPolicy")
        assert policy["TargetTrackingScalingPolicyConfiguration"] == {
            "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
            "TargetValue": 600,
            "ScaleInCooldown": 300,
            "ScaleOutCooldown": 60,
            "DisableScaleIn": True,
        }

    def test_two_variants_of_one_endpoint_scale_apart(self, stack: Any, model: Model) -> None:
        endpoint = self.endpoint(stack, model)
        endpoint.auto_scale("blue", min_capacity=1, max_capacity=3).scale_on_invocations(per_minute=1)
        endpoint.auto_scale("green", min_capacity=2, max_capacity=2).scale_on_invocations(per_minute=1)
        assert len(of_type(template_of(stack), "AWS::ApplicationAutoScaling::ScalableTarget")) == 2

    def test_trap_3_an_update_keeps_the_machines_that_run_only_where_something_scales(
        self, stack: Any, model: Model
    ) -> None:
        endpoint = self.endpoint(stack, model)
        RealTimeEndpoint(stack, "Fixed", variants=[ProductionVariant("a", model=model, instance_type=M5)])
        endpoint.auto_scale("blue", min_capacity=1, max_capacity=3)
        scaled, fixed = of_type(template_of(stack), "AWS::SageMaker::Endpoint").values()
        assert scaled["RetainAllVariantProperties"] is True
        assert scaled["ExcludeRetainedVariantProperties"] == [
            {"VariantPropertyType": "DesiredWeight"},
            {"VariantPropertyType": "DataCaptureConfig"},
        ]
        assert "RetainAllVariantProperties" not in fixed

    def test_trap_22_fails_on_zero_and_on_a_maximum_below_the_minimum_at_once(self, stack: Any, model: Model) -> None:
        with pytest.raises(ConfigurationError) as raised:
            self.endpoint(stack, model).auto_scale("blue", min_capacity=0, max_capacity=-1)
        assert raised.value.problems == (
            "min_capacity must be a whole number of at least 1, got 0; a variant that answers while the caller waits "
            "cannot scale to zero; an AsyncEndpoint and the components of an InferenceComponentEndpoint can (TRAPS 22)",
            "max_capacity must be a whole number of at least 0, got -1",
        )

    @pytest.mark.parametrize(("least", "most"), [(1, 1), (2, 9)])
    def test_takes_both_ends(self, stack: Any, model: Model, least: int, most: int) -> None:
        self.endpoint(stack, model).auto_scale("blue", min_capacity=least, max_capacity=most)

    def test_fails_on_a_maximum_below_the_minimum(self, stack: Any, model: Model) -> None:
        words = r"max_capacity must not be below min_capacity \(3\), got 2; raise max_capacity or lower min_capacity"
        with pytest.raises(ConfigurationError, match=words):
            self.endpoint(stack, model).auto_scale("blue", min_capacity=3, max_capacity=2)

    def test_fails_when_a_variant_is_told_to_scale_twice(self, stack: Any, model: Model) -> None:
        endpoint = self.endpoint(stack, model)
        scaling = endpoint.auto_scale("blue", min_capacity=1, max_capacity=2).scale_on_invocations(per_minute=1)
        with pytest.raises(ConfigurationError, match="variant 'blue' scales already"):
            endpoint.auto_scale("blue", min_capacity=1, max_capacity=2)
        with pytest.raises(ConfigurationError, match="there is a policy 'Invocations' already"):
            scaling.scale_on_invocations(per_minute=2)

    def test_fails_on_a_variant_that_is_not_there(self, stack: Any, model: Model) -> None:
        with pytest.raises(ConfigurationError, match="there is no variant 'bleu' to scale; did you mean 'blue'"):
            self.endpoint(stack, model).auto_scale("bleu", min_capacity=1, max_capacity=2)

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ({"per_minute": 0}, "per_minute must be a number above 0, got 0"),
            (
                {"per_minute": 1, "scale_in_cooldown_seconds": -1},
                "scale_in_cooldown_seconds must be a whole number of at least 0",
            ),
            ({"per_minute": 1, "scale_out_cooldown_seconds": 86401}, "scale_out_cooldown_seconds must be between 0"),
        ],
    )
    def test_fails_on_numbers_out_of_range(
        self, stack: Any, model: Model, arguments: dict[str, Any], words: str
    ) -> None:
        scaling = self.endpoint(stack, model).auto_scale("blue", min_capacity=1, max_capacity=2)
        with pytest.raises(ConfigurationError, match=words):
            scaling.scale_on_invocations(**arguments)
