"""Transform jobs: what they refuse, and under whose role they run."""

from typing import Any

import pytest

from constructs_lib import (
    ArtifactStore,
    ConfigurationError,
    Container,
    ContainerImage,
    InstanceType,
    Model,
    S3Location,
    TrainingWorkflow,
)
from constructs_lib.training.transform_data import (
    AssemblyType,
    BatchDataCapture,
    BatchStrategy,
    DataProcessing,
    JoinSource,
    SplitType,
    TransformInput,
    TransformOutput,
)
from constructs_lib.training.transform_job import TransformJob
from tests.templates import definition_of, of_type, only, template_of

DATA = S3Location(bucket_name="b", bucket_arn="arn:aws:s3:::b", prefix="data")
OUT = TransformOutput(location=DATA)


@pytest.fixture
def role(stack: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return iam.Role.from_role_arn(stack, "Given", "arn:aws:iam::123456789012:role/work")


def transform(stack: Any, role: Any, id: str = "Score", **changes: Any) -> TransformJob:
    arguments: dict[str, Any] = {
        "model": Model.from_model_name(stack, f"{id}Model", "churn", role=role),
        "input": TransformInput.from_s3(DATA),
        "output": OUT,
        "instance_type": InstanceType("ml.m5.xlarge"),
    }
    return TransformJob(stack, id, **(arguments | changes))


def warnings_of(construct: Any) -> list[str]:
    return [entry.data for entry in construct.node.metadata if entry.type == "aws:cdk:warning"]


CSV = TransformInput.from_s3(DATA, content_type="text/csv; charset=utf-8", split_type=SplitType.LINE)
REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"max_payload_mb": -1}, "max_payload_mb must be between 0 and 100, got -1"),
    ({"max_payload_mb": 101}, "max_payload_mb must be between 0 and 100, got 101"),
    (
        {"max_payload_mb": 26, "max_concurrent_transforms": 4},
        "max_concurrent_transforms times max_payload_mb must be at most 100, got 4 times 26",
    ),
    ({"max_concurrent_transforms": -1}, "max_concurrent_transforms must be at least 0, got -1"),
    ({"instance_count": 0}, "instance_count must be at least 1, got 0"),
    ({"instance_count": 101}, "instance_count must be at most 100, got 101"),
    ({"instance_type": InstanceType("ml.m5.xlage")}, "instance_type must be one of the"),
    ({"invocations_max_retries": 4}, "invocations_max_retries must be at most 3, got 4"),
    (
        {"batch_strategy": BatchStrategy.SINGLE_RECORD},
        "batch_strategy SingleRecord must come with input.split_type Line, RecordIO or TFRecord",
    ),
    (
        {
            "batch_strategy": BatchStrategy.MULTI_RECORD,
            "input": TransformInput.from_s3(DATA, split_type=SplitType.NONE),
        },
        "batch_strategy MultiRecord must come with input.split_type",
    ),
    (
        {"data_processing": DataProcessing(input_filter="$")},
        "must be one of text/csv, application/json, application/jsonlines for data_processing, got None",
    ),
    (
        {
            "data_processing": DataProcessing(join_source=JoinSource.INPUT),
            "input": CSV,
            "output": TransformOutput(location=DATA, accept="application/json"),
        },
        "output.accept must be CSV like input.content_type where the two are joined, got 'application/json'",
    ),
    ({"data_processing": DataProcessing(input_filter="$" * 64)}, "data_processing.input_filter must be at most 63"),
    ({"environment": {f"V{n}": "" for n in range(17)}}, "environment must be at most 16 entries, got 17"),
    ({"ami_version": "a--b"}, "ami_version must match the pattern"),
    ({"output": TransformOutput(location=DATA, accept="x" * 257)}, "output.accept must be at most 256 characters"),
    ({"tags": {"a": "x" * 257}}, "tags[0].Value must be at most 256 characters, got 257"),
]


class TestRefusals:
    @pytest.mark.parametrize(("changes", "words"), REFUSALS)
    def test_fails_on(self, stack: Any, role: Any, changes: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            transform(stack, role, **changes)
        assert words in str(raised.value)

    def test_fails_on_a_model_name_that_is_none(self, stack: Any, role: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"model_name must match the pattern"):
            Model.from_model_name(stack, "Imported", "a_b", role=role)

    def test_fails_on_a_model_whose_role_is_not_known(self, stack: Any, role: Any) -> None:
        model = Model.from_model_name(stack, "Imported", "churn")
        with pytest.raises(ConfigurationError) as raised:
            transform(stack, role, model=model)
        assert raised.value.problems == (
            "model must come with its role, which runs the job; give Model.from_model_name(…, role=…)",
        )

    def test_fails_on_a_model_of_loose_files(self, stack: Any, role: Any) -> None:
        container = Container(image=ContainerImage.from_uri("example.com/a:1"), artifact=DATA)
        model = Model(stack, "Loose", container=container, role=role)
        with pytest.raises(ConfigurationError, match="artifact as one gzipped tar, got Stack/Loose"):
            transform(stack, role, model=model)

    def test_fails_on_filters_that_are_no_path(self) -> None:
        with pytest.raises(ConfigurationError) as raised:
            DataProcessing(input_filter="[1:]", output_filter="id")
        assert raised.value.problems == (
            "input_filter must be a JSONPath, which begins with '$', such as '$[1:]', got '[1:]'",
            "output_filter must be a JSONPath, which begins with '$', such as '$[1:]', got 'id'",
        )

    @pytest.mark.parametrize("seconds", [0, 3601])
    def test_fails_on_a_timeout_out_of_range(self, stack: Any, role: Any, seconds: int) -> None:
        from aws_cdk import Duration

        with pytest.raises(ConfigurationError, match="invocations_timeout, in seconds, must be at"):
            transform(stack, role, invocations_timeout=Duration.seconds(seconds))

    def test_fails_with_every_problem_at_once(self, stack: Any, role: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            transform(
                stack,
                role,
                instance_count=0,
                max_payload_mb=101,
                batch_strategy=BatchStrategy.MULTI_RECORD,
                invocations_max_retries=-1,
            )
        assert len(raised.value.problems) == 4


class TestAccepted:
    @pytest.mark.parametrize(
        "changes",
        [
            {"max_payload_mb": 100, "max_concurrent_transforms": 1},
            {"max_payload_mb": 0, "max_concurrent_transforms": 1000},
            {"instance_count": 100},
            {"data_processing": DataProcessing(join_source=JoinSource.INPUT), "input": CSV},
            {"data_processing": DataProcessing(), "input": TransformInput.from_s3(DATA)},
            {
                "data_processing": DataProcessing(input_filter="${Token[Path.1]}"),
                "input": TransformInput.from_s3(DATA, content_type="${Token[Type.1]}"),
            },
        ],
    )
    def test_takes(self, stack: Any, role: Any, changes: dict[str, Any]) -> None:
        transform(stack, role, **changes)

    def test_takes_numbers_that_are_known_at_deployment(self, stack: Any, role: Any) -> None:
        from aws_cdk import CfnParameter

        late = int(CfnParameter(stack, "Late", type="Number").value_as_number)
        job = transform(stack, role, instance_count=late, max_payload_mb=late, max_concurrent_transforms=late)
        assert stack.resolve(job.request["MaxPayloadInMB"]) == {"Ref": "Late"}

    def test_trap_13_gives_a_key_only_to_volumes(self, stack: Any, role: Any) -> None:
        store = ArtifactStore(stack, "Store")
        out = TransformOutput(location=store.location("out"))
        with_volume = transform(stack, role, "A", output=out).request["TransformResources"]
        with_disks = transform(stack, role, "B", output=out, instance_type=InstanceType("ml.g5.xlarge")).request
        assert with_volume["VolumeKmsKeyId"] == store.key.key_arn
        assert "VolumeKmsKeyId" not in with_disks["TransformResources"]

    def test_warns_when_answers_run_together_and_of_a_retired_type(self, stack: Any, role: Any) -> None:
        together, line = (
            transform(stack, role, id, input=CSV, output=TransformOutput(location=DATA, assemble_with=assembly))
            for id, assembly in (("A", None), ("B", AssemblyType.LINE))
        )
        assert "sagemaker-constructs:results-run-together" in warnings_of(together)[0]
        assert warnings_of(line) == []
        retired = transform(stack, role, "C", instance_type=InstanceType("ml.m4.xlarge"))
        assert "ml.m5 is the nearest living one" in warnings_of(retired)[0]


class TestRole:
    def model(self, stack: Any, store: ArtifactStore) -> Model:
        container = Container(image=ContainerImage.from_uri("registry/mine:1"), artifact=store.artifact("m.tar.gz"))
        return Model(stack, "Model", container=container)

    def test_runs_under_the_role_of_its_model(self, stack: Any) -> None:
        store = ArtifactStore(stack, "Store")
        model = self.model(stack, store)
        job = transform(
            stack,
            model.role,
            model=model,
            input=TransformInput.from_s3(store.location("in")),
            output=TransformOutput(location=store.location("out")),
            data_capture=BatchDataCapture(location=store.location("capture")),
        )
        assert "RoleArn" not in job.request
        template = template_of(stack)
        assert len(of_type(template, "AWS::IAM::Role")) == 1
        policies = of_type(template, "AWS::IAM::ManagedPolicy")
        (policy,) = (value for name, value in policies.items() if name.startswith("Score"))
        assert policy["Roles"] == [{"Ref": "ModelRole" + stack.get_logical_id(model.role.node.default_child)[9:]}]
        written = str(policy["PolicyDocument"])
        for expected in ("/in/*", "/out/*", "/capture/*", "/aws/sagemaker/TransformJobs"):
            assert expected in written

    def test_trap_12_nobody_passes_a_role(self, stack: Any, role: Any) -> None:
        own, rule = transform(stack, role).starter_statements()
        assert own.resources[0].endswith(":transform-job/score-*")
        assert rule.resources[0].endswith(":rule/StepFunctionsGetEventsForSageMakerTransformJobsRule")

    def test_two_run_in_a_workflow(self, stack: Any) -> None:
        model = self.model(stack, ArtifactStore(stack, "Store"))
        steps = [transform(stack, model.role, id, model=model) for id in ("One", "Two")]
        TrainingWorkflow(stack, "Workflow", steps=steps)
        states = definition_of(only(template_of(stack), "AWS::StepFunctions::StateMachine"))["States"]
        assert states["One"]["Resource"].endswith(":states:::sagemaker:createTransformJob.sync")
        assert states["Two"]["Arguments"]["ModelName"].startswith("<Model")
