"""Models as constructs: what they make, what they refuse, what they tell endpoints."""

from typing import Any

import pytest

from constructs_lib import (
    ArtifactStore,
    ConfigurationError,
    Container,
    ContainerImage,
    CreateModelStep,
    ExecutionRole,
    InstanceType,
    JobArtifact,
    MetricsEndpoint,
    Model,
    ModelArtifact,
    ModelBase,
    ModelKind,
    ModelPackage,
    MultiContainerModel,
    MultiModel,
    Network,
    PipelineModel,
    S3Location,
    S3Object,
)
from tests.templates import of_type, only, template_of

MODEL = "AWS::SageMaker::Model"
POLICY = "AWS::IAM::ManagedPolicy"
IMAGE = ContainerImage.from_uri("registry/serving:1")
PLAIN = Container(image=IMAGE)
PRODUCT = ModelPackage.from_marketplace_arn("arn:aws:sagemaker:eu-west-1:985815980388:model-package/product-1")
BUCKET = "arn:aws:s3:::b"


def at(prefix: str) -> S3Location:
    return S3Location(bucket_name="b", bucket_arn=BUCKET, prefix=prefix)


def named(hostname: str | None) -> Container:
    return Container(image=IMAGE, hostname=hostname)


def make(stack: Any, kind: ModelKind, id: str = "Model", **changes: Any) -> ModelBase:
    """A model of each kind with as little as it needs."""
    match kind:
        case ModelKind.SINGLE:
            return Model(stack, id, **({"container": PLAIN} | changes))
        case ModelKind.MULTI_MODEL:
            return MultiModel(stack, id, **({"container": PLAIN, "models": at("models")} | changes))
        case ModelKind.PIPELINE:
            return PipelineModel(stack, id, **({"containers": [PLAIN, PLAIN]} | changes))
        case ModelKind.DIRECT:
            return MultiContainerModel(stack, id, **({"containers": {"a": PLAIN, "b": PLAIN}} | changes))


def problems_of(error: Any) -> tuple[str, ...]:
    found: tuple[str, ...] = error.value.problems
    return found


def waits_of(stack: Any) -> list[str]:
    (resource,) = (each for each in template_of(stack)["Resources"].values() if each["Type"] == MODEL)
    found: list[str] = resource["DependsOn"]
    return found


def warnings_of(construct: Any) -> list[str]:
    return [entry.data for entry in construct.node.metadata if entry.type == "aws:cdk:warning"]


@pytest.mark.parametrize("kind", list(ModelKind))
class TestEveryKind:
    def test_trap_9_waits_for_the_policy_of_its_role_and_for_the_network(self, stack: Any, kind: ModelKind) -> None:
        make(stack, kind, network=Network(stack, "Network"))
        waits_for = waits_of(stack)
        assert "ModelPolicyC3EB9A1C" in waits_for
        assert [name for name in waits_for if name.startswith("NetworkS3")]

    def test_trap_1_has_no_name_of_its_own(self, stack: Any, kind: ModelKind) -> None:
        make(stack, kind)
        assert "ModelName" not in only(template_of(stack), MODEL)

    def test_trap_29_has_one_container_or_several(self, stack: Any, kind: ModelKind) -> None:
        make(stack, kind)
        members = set(only(template_of(stack), MODEL)) & {"PrimaryContainer", "Containers"}
        alone = kind in (ModelKind.SINGLE, ModelKind.MULTI_MODEL)
        assert members == {"PrimaryContainer" if alone else "Containers"}

    def test_two_in_one_stack_with_the_role_of_the_user(self, stack: Any, kind: ModelKind) -> None:
        role = ExecutionRole(stack, "Role")
        one, two = (make(stack, kind, id, role=role) for id in ("One", "Two"))
        template = template_of(stack)
        assert len(of_type(template, "AWS::IAM::Role")) == 1
        assert len(of_type(template, POLICY)) == len(of_type(template, MODEL)) == 2
        assert one.role is two.role is role

    def test_tells_endpoints_what_it_is(self, stack: Any, kind: ModelKind) -> None:
        network = Network(stack, "Network")
        model = make(stack, kind, network=network, network_isolation=False)
        assert model.kind is kind
        assert model.network is network
        assert model.network_isolation is False
        assert model.from_marketplace is False
        assert model.hostnames == (("a", "b") if kind is ModelKind.DIRECT else ())
        assert model.models == (at("models") if kind is ModelKind.MULTI_MODEL else None)
        assert len(model.containers) == (1 if kind in (ModelKind.SINGLE, ModelKind.MULTI_MODEL) else 2)

    def test_takes_the_tags_of_the_app(self, stack: Any, kind: ModelKind) -> None:
        from aws_cdk import Tags

        make(stack, kind)
        Tags.of(stack).add("team", "vision")
        assert only(template_of(stack), MODEL)["Tags"] == [{"Key": "team", "Value": "vision"}]

    def test_is_cut_off_from_the_network_unless_asked_otherwise(self, stack: Any, kind: ModelKind) -> None:
        assert make(stack, kind).network_isolation is True
        assert make(stack, kind, "Open", network_isolation=False).network_isolation is False

    def test_stands_where_the_cdk_wants_a_model(self, stack: Any, kind: ModelKind) -> None:
        from aws_cdk import aws_sagemaker as sagemaker

        model = make(stack, kind)
        arn = stack.resolve(sagemaker.CfnModel.arn_for_model(model))
        assert arn == stack.resolve(model.model_arn)

    def test_fails_on_texts_where_constructs_are_needed(self, stack: Any, kind: ModelKind) -> None:
        field = "container" if kind in (ModelKind.SINGLE, ModelKind.MULTI_MODEL) else "containers"
        with pytest.raises(ConfigurationError, match=rf"{field} must be .*got 'image'\n- network must be"):
            make(stack, kind, **{field: "image"}, network="vpc-1")
        with pytest.raises(ConfigurationError) as raised:
            make(stack, kind, "Again", network="vpc-1", role="arn:r", network_isolation="yes")
        assert problems_of(raised) == (
            "network must be such as Network(…) or Network.from_vpc(…), got 'vpc-1'",
            "network_isolation must be True or False, got 'yes'",
            "role must be such as ExecutionRole(…), got 'arn:r'",
        )


class TestNetworkIsolation:
    @pytest.mark.parametrize("environment", [{"HF_MODEL_ID": "org/m"}, {"HF_MODEL_ID": "s3://b/m"}])
    def test_trap_19_is_off_where_a_container_downloads_its_model(self, stack: Any, environment: Any) -> None:
        model = Model(stack, "Model", container=Container(image=IMAGE, environment=environment))
        assert model.network_isolation is False
        assert only(template_of(stack), MODEL)["EnableNetworkIsolation"] is False

    @pytest.mark.parametrize("environment", [{}, {"HF_MODEL_ID": "/opt/ml/model"}, {"HF_TASK": "text-generation"}])
    def test_trap_19_is_on_where_the_weights_are_there(self, stack: Any, environment: Any) -> None:
        model = Model(stack, "Model", container=Container(image=IMAGE, environment=environment))
        assert model.network_isolation is True

    def test_trap_19_one_container_of_several_decides(self, stack: Any) -> None:
        hub = Container(image=IMAGE, environment={"HF_MODEL_ID": "org/m"})
        assert make(stack, ModelKind.PIPELINE, containers=[PLAIN, hub]).network_isolation is False

    @pytest.mark.parametrize(("isolated", "warned"), [(True, 1), (False, 0), (None, 0)])
    def test_trap_19_warns_where_it_is_asked_for_all_the_same(self, stack: Any, isolated: Any, warned: int) -> None:
        hub = Container(image=IMAGE, environment={"HF_MODEL_ID": "org/m"})
        model = Model(stack, "Model", container=hub, network_isolation=isolated)
        assert len(warnings_of(model)) == warned

    @pytest.mark.parametrize(
        ("model_id", "how", "warned"),
        [
            ("org/m", {}, 1),
            ("org/m", {"nat_gateways": 1}, 0),
            ("s3://bucket/m", {}, 0),
            ("/opt/ml/model", {}, 0),
            ("late", {}, 0),
        ],
    )
    def test_warns_of_a_hub_that_the_network_does_not_lead_to(
        self, stack: Any, model_id: str, how: dict[str, Any], warned: int
    ) -> None:
        from aws_cdk import CfnParameter

        if model_id == "late":
            model_id = CfnParameter(stack, "Id").value_as_string
        hub = Container(image=IMAGE, environment={"HF_MODEL_ID": model_id})
        model = Model(stack, "Model", container=hub, network=Network(stack, "Network", **how))
        stack.node.root.synth()
        found = warnings_of(model)
        assert len(found) == warned
        assert all("no-way-out/hub-model" in text and "Stack/Network has no route out" in text for text in found)

    def test_trap_38_a_product_is_cut_off(self, stack: Any) -> None:
        model = Model(stack, "Model", container=Container.from_model_package(PRODUCT))
        assert (model.network_isolation, model.from_marketplace) == (True, True)

    def test_trap_38_fails_on_a_product_that_is_not(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            Model(stack, "Model", container=Container.from_model_package(PRODUCT), network_isolation=False)
        words = "network_isolation must be True for a model package of AWS Marketplace, got False"
        assert problems_of(raised) == (words,)

    def test_trap_38_fails_on_a_product_beside_a_hub_model(self, stack: Any) -> None:
        hub = Container(image=IMAGE, environment={"HF_MODEL_ID": "org/m"})
        with pytest.raises(ConfigurationError, match="network_isolation must be True for a model package"):
            make(stack, ModelKind.PIPELINE, containers=[hub, Container.from_model_package(PRODUCT)])


class TestPipeline:
    @pytest.mark.parametrize("count", [2, 15])
    def test_trap_26_takes_2_to_15_containers(self, stack: Any, count: int) -> None:
        assert len(make(stack, ModelKind.PIPELINE, containers=[PLAIN] * count).containers) == count

    @pytest.mark.parametrize(
        ("count", "words"),
        [
            (0, "containers must be at least two containers, got 0; one alone is a Model"),
            (1, "containers must be at least two containers, got 1; one alone is a Model"),
            (16, "containers must be at most 15 items, got 16 (CreateModel: Containers)"),
        ],
    )
    def test_trap_26_fails_on_fewer_or_more(self, stack: Any, count: int, words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            make(stack, ModelKind.PIPELINE, containers=[PLAIN] * count)
        assert problems_of(raised) == (words,)

    def test_trap_26_all_have_a_hostname(self, stack: Any) -> None:
        model = make(stack, ModelKind.PIPELINE, containers=[named("a"), named("b")])
        assert model.hostnames == ("a", "b")

    def test_trap_26_fails_on_some_with_a_hostname(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            make(stack, ModelKind.PIPELINE, containers=[named("a"), named(None), named(None)])
        assert problems_of(raised) == (
            "hostname must be given for all of containers or for none; containers[1], containers[2] lacks one",
        )

    def test_trap_26_fails_on_one_hostname_twice(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            make(stack, ModelKind.PIPELINE, containers=[named("a"), named("a")])
        assert problems_of(raised) == ("hostnames of containers must be unique, got 'a' more than once",)

    def test_one_container_may_serve_many_models(self, stack: Any) -> None:
        many = Container(image=IMAGE, artifact=ModelArtifact.from_models(at("models")))
        model = make(stack, ModelKind.PIPELINE, containers=[PLAIN, many])
        assert (model.kind, model.models) == (ModelKind.PIPELINE, at("models"))
        with pytest.raises(ConfigurationError, match="containers may have one multi-model container at most"):
            make(stack, ModelKind.PIPELINE, "Two", containers=[many, many])

    def test_fails_on_what_is_no_container(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            make(stack, ModelKind.PIPELINE, containers=[PLAIN, "image", None], network="vpc")
        assert problems_of(raised) == (
            "containers[1] must be Container(image=…), got 'image'",
            "containers[2] must be Container(image=…), got None",
            "network must be such as Network(…) or Network.from_vpc(…), got 'vpc'",
        )


class TestContainersSideBySide:
    @pytest.mark.parametrize("count", [1, 15])
    def test_trap_26_takes_up_to_15(self, stack: Any, count: int) -> None:
        containers = {f"c{number}": PLAIN for number in range(count)}
        assert make(stack, ModelKind.DIRECT, containers=containers).hostnames == tuple(containers)

    @pytest.mark.parametrize(
        ("count", "words"),
        [
            (0, "containers must hold at least one container, got none"),
            (16, "containers must be at most 15 items, got 16 (CreateModel: Containers)"),
        ],
    )
    def test_trap_26_fails_on_none_and_on_more(self, stack: Any, count: int, words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            make(stack, ModelKind.DIRECT, containers={f"c{number}": PLAIN for number in range(count)})
        assert problems_of(raised) == (words,)

    def test_trap_26_the_key_is_the_hostname(self, stack: Any) -> None:
        make(stack, ModelKind.DIRECT, containers={"a": PLAIN, "b": named("b")})
        hostnames = [each["ContainerHostname"] for each in only(template_of(stack), MODEL)["Containers"]]
        assert hostnames == ["a", "b"]

    def test_fails_on_another_hostname_than_the_key(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"containers\['a'\].hostname must be its key or None, got 'b'"):
            make(stack, ModelKind.DIRECT, containers={"a": named("b")})

    @pytest.mark.parametrize("hostname", ["with_dash", "-a", "a" * 64])
    def test_fails_on_a_hostname_that_the_api_refuses(self, stack: Any, hostname: str) -> None:
        with pytest.raises(ConfigurationError, match=rf"containers\['{hostname}'\].hostname must "):
            make(stack, ModelKind.DIRECT, containers={hostname: PLAIN})

    def test_fails_on_what_is_no_hostname_or_container(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            make(stack, ModelKind.DIRECT, containers={7: PLAIN, "b": "image"})
        assert problems_of(raised) == (
            "containers['b'] must be Container(image=…), got 'image'",
            "containers must have texts as its keys, the hostnames, got 7",
        )


class TestManyModels:
    def test_trap_15_its_role_lists_the_prefix(self, stack: Any) -> None:
        make(stack, ModelKind.MULTI_MODEL)
        statements = only(template_of(stack), POLICY)["PolicyDocument"]["Statement"]
        assert statements[:2] == [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{BUCKET}/models/*"},
            {
                "Effect": "Allow",
                "Action": "s3:ListBucket",
                "Resource": BUCKET,
                "Condition": {"StringLike": {"s3:prefix": ["models/", "models/*"]}},
            },
        ]

    def test_trap_27_fails_on_an_archive(self, stack: Any) -> None:
        archive = S3Object(bucket_name="b", bucket_arn=BUCKET, key="m.tar.gz")
        with pytest.raises(ConfigurationError, match="models must be the prefix that the archives lie below"):
            make(stack, ModelKind.MULTI_MODEL, models=archive)
        with pytest.raises(ConfigurationError, match=r"models must be a prefix and no archive, got 'm.tar.gz'"):
            make(stack, ModelKind.MULTI_MODEL, "Again", models=at("m.tar.gz"))

    def test_fails_on_a_container_with_weights_of_its_own(self, stack: Any) -> None:
        words = "container.artifact must not be given, because models says where the artifacts lie"
        with pytest.raises(ConfigurationError, match=words):
            make(stack, ModelKind.MULTI_MODEL, container=Container(image=IMAGE, artifact=at("m")))

    def test_fails_on_a_model_package(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match="container must have an image, because a model package holds one"):
            make(stack, ModelKind.MULTI_MODEL, container=Container.from_model_package(PRODUCT))

    def test_fails_on_many_models_in_a_model_of_one(self, stack: Any) -> None:
        many = Container(image=IMAGE, artifact=ModelArtifact.from_models(at("models")))
        with pytest.raises(ConfigurationError, match="must be one model's; MultiModel serves many of one prefix"):
            Model(stack, "Model", container=many)


class TestWhatOnlyAWorkflowCanDo:
    def test_fails_on_what_cloudformation_does_not_know(self, stack: Any) -> None:
        source = ModelArtifact.from_prefix(
            at("m"), etag="1", manifest=S3Object(bucket_name="b", bucket_arn=BUCKET, key="m.csv"), manifest_etag="2"
        )
        rich = Container(image=IMAGE, artifact=source, additional_artifacts={"a": at("a")}, metrics=MetricsEndpoint())
        with pytest.raises(ConfigurationError) as raised:
            Model(stack, "Model", container=rich)
        place = "PrimaryContainer.ModelDataSource.S3DataSource"
        assert problems_of(raised) == (
            f"CloudFormation's AWS::SageMaker::Model does not know {place}.ManifestS3Uri, {place}.ETag, "
            f"{place}.ManifestEtag, PrimaryContainer.AdditionalModelDataSources, "
            "PrimaryContainer.ContainerMetricsConfig; make this model in a workflow, with CreateModelStep, which calls "
            "the API",
        )
        CreateModelStep(stack, "Make", container=rich)

    def test_fails_on_what_a_job_will_leave(self, stack: Any) -> None:
        left = JobArtifact(uri="{% $states.input.Train.A %}", bucket_arn=BUCKET, prefix="models/train-")
        with pytest.raises(ConfigurationError) as raised:
            make(stack, ModelKind.PIPELINE, containers=[PLAIN, Container(image=IMAGE, artifact=left)])
        assert problems_of(raised) == (
            "'{% $states.input.Train.A %}' is known only while a workflow runs; make this model in it, with "
            "CreateModelStep",
        )


class TestImages:
    def test_trap_16_two_deep_learning_images_in_one_model(self, stack: Any) -> None:
        tags = ("2.5.1-cpu-py311-ubuntu22.04-sagemaker", "2.6.0-cpu-py312-ubuntu22.04-sagemaker")
        containers = [Container(image=ContainerImage.from_dlc("pytorch-inference", tag)) for tag in tags]
        make(stack, ModelKind.PIPELINE, containers=containers)
        template = template_of(stack)
        assert len(template["Mappings"]) == 1
        (pull,) = (
            each
            for each in only(template, POLICY)["PolicyDocument"]["Statement"]
            if "ecr:BatchGetImage" in each["Action"]
        )
        assert ":repository/pytorch-inference" in str(pull["Resource"])

    def test_two_images_of_your_own_in_one_model(self, stack: Any, tmp_path: Any) -> None:
        folders = [tmp_path / name for name in ("one", "two")]
        for folder in folders:
            folder.mkdir()
            (folder / "Dockerfile").write_text(f"FROM scratch\nLABEL name={folder.name}\n")
        containers = [Container(image=ContainerImage.from_asset(str(folder))) for folder in folders]
        make(stack, ModelKind.PIPELINE, containers=containers)
        images = [each["Image"] for each in only(template_of(stack), MODEL)["Containers"]]
        assert images[0] != images[1]

    def test_the_image_in_a_package_may_be_pulled(self, stack: Any) -> None:
        image = ContainerImage.from_uri("123456789012.dkr.ecr.eu-west-1.amazonaws.com/serving:1")
        package = ModelPackage.from_name("churn/1", image=image)
        Model(stack, "Model", container=Container.from_model_package(package))
        assert "repository/serving" in str(only(template_of(stack), POLICY))
        assert only(template_of(stack), MODEL)["PrimaryContainer"] == {"ModelPackageName": "churn/1"}

    def test_fails_on_a_private_registry_without_a_network(self, stack: Any) -> None:
        private = Container(image=ContainerImage.from_private_registry("registry.example.com/a:1"))
        with pytest.raises(ConfigurationError) as raised:
            make(stack, ModelKind.DIRECT, containers={"a": PLAIN, "b": private})
        assert problems_of(raised) == (
            "containers['b'].image lies in a private registry, which is reached through a network of yours; give "
            "network",
        )


class TestEnvironment:
    def test_fails_beyond_32_kib_over_all_containers(self, stack: Any) -> None:
        # Sixteen variables of 1024 bytes are half of what there may be.
        half = {f"V{number:03}": "x" * 1020 for number in range(16)}
        full = [Container(image=IMAGE, environment=half)] * 2
        make(stack, ModelKind.PIPELINE, containers=full)
        with pytest.raises(ConfigurationError) as raised:
            make(stack, ModelKind.PIPELINE, "More", containers=[*full, Container(image=IMAGE, environment={"B": "é"})])
        assert problems_of(raised) == (
            "environment of all containers together must be at most 32768 bytes, names and values, got 32771",
        )

    def test_fails_on_a_variable_that_the_api_refuses(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"containers\[1\].environment\.1X must match the pattern"):
            make(stack, ModelKind.PIPELINE, containers=[PLAIN, Container(image=IMAGE, environment={"1X": "a"})])

    def test_fails_on_a_hub_model_that_is_no_text(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"must be text, got 7"):
            Model(stack, "Model", container=Container(image=IMAGE, environment={"HF_MODEL_ID": 7}))  # type: ignore[dict-item] -- the slip under test

    def test_takes_what_is_known_at_deployment_only(self, stack: Any) -> None:
        from aws_cdk import CfnParameter
        from aws_cdk import aws_s3 as s3

        value = CfnParameter(stack, "Value").value_as_string
        bucket = s3.Bucket.from_bucket_name(stack, "Bucket", value)
        container = Container(
            image=ContainerImage.from_uri(value),
            artifact=S3Location.from_bucket(bucket, value),
            environment={"A": value, "HF_MODEL_ID": value},
            hostname=value,
        )
        Model(stack, "Model", container=container)
        Model(stack, "Packaged", container=Container.from_model_package(value, inference_specification=value))
        make(stack, ModelKind.MULTI_MODEL, models=S3Location.from_bucket(bucket, value), id="Many")
        assert len(of_type(template_of(stack), MODEL)) == 3


class TestImported:
    def test_is_known_by_its_name_alone(self, stack: Any) -> None:
        model = Model.from_model_name(stack, "Model", "Churn-3")
        assert (model.model_name, model.kind, model.role, model.network) == ("Churn-3", ModelKind.SINGLE, None, None)
        assert (model.network_isolation, model.hostnames, model.containers) == (False, (), ())
        assert (model.models, model.from_marketplace) == (None, False)
        assert template_of(stack).get("Resources", {}) == {}

    def test_has_its_arn_in_lower_case(self, stack: Any) -> None:
        arn = stack.resolve(Model.from_model_name(stack, "Model", "Churn-3").model_ref.model_arn)
        assert arn["Fn::Join"][1][-1].endswith(":model/churn-3")

    def test_may_be_of_any_kind(self, stack: Any) -> None:
        assert Model.from_model_name(stack, "Model", "m", kind=ModelKind.DIRECT).kind is ModelKind.DIRECT

    def test_may_have_a_name_that_is_known_at_deployment_only(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        name = CfnParameter(stack, "Name").value_as_string
        assert Model.from_model_name(stack, "Model", name).model_name == name

    @pytest.mark.parametrize("name", ["a_b", "", "a" * 64, None])
    def test_fails_on_a_name_that_no_model_has(self, stack: Any, name: Any) -> None:
        with pytest.raises(ConfigurationError, match="model_name must "):
            Model.from_model_name(stack, "Model", name)

    def test_fails_on_a_kind_that_is_a_text(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match="kind must be one of ModelKind"):
            Model.from_model_name(stack, "Model", "m", kind="direct")  # type: ignore[arg-type] -- the slip under test


class TestPolicy:
    """The whole policy of a model, statement by statement."""

    def test_of_a_folder_in_a_store(self, stack: Any) -> None:
        store = ArtifactStore(stack, "Store")
        image = ContainerImage.from_uri("123456789012.dkr.ecr.eu-west-1.amazonaws.com/serving:1")
        Model(stack, "Model", container=Container(image=image, artifact=store.location("models/m")))
        (document,) = (
            each["PolicyDocument"]
            for id, each in of_type(template_of(stack), POLICY).items()
            if id.startswith("ModelPolicy")
        )
        actions = [each["Action"] for each in document["Statement"]]
        assert actions == [
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            "ecr:GetAuthorizationToken",
            "s3:GetObject",
            "s3:ListBucket",
            "kms:Decrypt",
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            "cloudwatch:PutMetricData",
        ]
        bucket = {"Fn::GetAtt": ["StoreBucket4FBDE984", "Arn"]}
        assert document["Statement"][2]["Resource"] == {"Fn::Join": ["", [bucket, "/models/m/*"]]}
        assert document["Statement"][3]["Resource"] == bucket


class TestSteps:
    def test_a_version_that_the_workflow_registered(self, stack: Any) -> None:
        from constructs_lib import ModelPackageGroup, RegisterModelStep, TrainingWorkflow

        artifact = S3Object(bucket_name="b", bucket_arn=BUCKET, key="m.tar.gz")
        register = RegisterModelStep(
            stack,
            "Register",
            group=ModelPackageGroup(stack, "Group"),
            container=Container(image=IMAGE, artifact=artifact),
            real_time_types=[InstanceType("ml.m5.xlarge")],
        )
        make = CreateModelStep(stack, "Make", container=Container.from_model_package(register.model_package))
        TrainingWorkflow(stack, "Workflow", steps=[register, make])
        name = "{% $states.input.Register.ModelPackageArn %}"
        assert make.request["PrimaryContainer"] == {"ModelPackageName": name}
        with pytest.raises(ConfigurationError, match="Make reads the result of Register, which has not run by then"):
            TrainingWorkflow(stack, "Wrong", steps=[make, register])

    def test_its_own_tags_win(self, stack: Any) -> None:
        step = CreateModelStep(stack, "Make", container=PLAIN, tags={"team": "vision"})
        node = step.workflow_node([{"Key": "team", "Value": "all"}, {"Key": "cost", "Value": "1"}])
        assert node.arguments["Tags"] == [{"Key": "team", "Value": "vision"}, {"Key": "cost", "Value": "1"}]

    def test_many_models(self, stack: Any) -> None:
        many = Container(image=IMAGE, artifact=ModelArtifact.from_models(at("models")))
        step = CreateModelStep(stack, "Make", container=many)
        assert step.request["PrimaryContainer"]["Mode"] == "MultiModel"

    @pytest.mark.parametrize("slip", ["image", None, 7])
    def test_fails_on_what_is_no_container(self, stack: Any, slip: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"container must be such as Container\(image=…\) or a list of "):
            CreateModelStep(stack, "Make", container=slip)

    def test_fails_on_registering_what_cannot_be_registered(self, stack: Any) -> None:
        from constructs_lib import ModelPackageGroup, RegisterModelStep

        group = ModelPackageGroup(stack, "Group")
        many = Container(image=IMAGE, artifact=ModelArtifact.from_models(at("models")))
        slips: list[tuple[Any, Any, str]] = [
            (group, many, "container.artifact must be one model's"),
            (group, Container.from_model_package("churn/1"), "container must have an image"),
            (group, "image", r"container must be such as Container\(image=…\), got 'image'"),
            ("churn", PLAIN, r"group must be such as ModelPackageGroup\(…\) or .*, got 'churn'"),
        ]
        for number, (into, container, words) in enumerate(slips):
            with pytest.raises(ConfigurationError, match=words):
                RegisterModelStep(stack, f"Register{number}", group=into, container=container)
