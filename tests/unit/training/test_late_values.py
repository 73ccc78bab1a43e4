"""What is known only at deployment, and other odd values: taken unharmed, or refused with a reason."""

import json
from collections.abc import Callable
from typing import Any

import pytest

import constructs_lib as lib
from constructs_lib import ConfigurationError
from tests.unit.training.training_jobs import IMAGE_URI, at, job_in, role_in, thing

MODEL = "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/llama"
LATE = "${Token[Late.1]}"
FOLDER = "stacks/scripts/pretrain"
BENCHMARK = lib.EvaluationType.BENCHMARK

# What takes text: an `IResolvable` is none yet.
TEXTS: list[tuple[str, Callable[[Any, Any], Any]]] = [
    ("path", lambda stack, late: lib.execution_input(late)),
    ("path", lambda stack, late: lib.map_item(late)),
    ("path", lambda stack, late: lib.Condition.input(late)),
    ("uri", lambda stack, late: lib.ContainerImage.from_uri(late)),
    ("uri", lambda stack, late: lib.ContainerImage.from_private_registry(late)),
    ("repository", lambda stack, late: lib.ContainerImage.from_dlc(late, "1")),
    ("tag", lambda stack, late: lib.ContainerImage.from_dlc("pytorch-training", late)),
    ("directory", lambda stack, late: lib.ContainerImage.from_asset(late)),
    ("algorithm", lambda stack, late: lib.ContainerImage.built_in(late)),
    ("version", lambda stack, late: lib.ContainerImage.built_in("xgboost", late)),
    (
        "sequence_length",
        lambda stack, late: lib.ServerlessJob(job_type="Evaluation", base_model_arn=MODEL, sequence_length=late),
    ),
    ("directory", lambda stack, late: lib.SourceCode.from_asset(late, entry_point="train.py")),
    ("entry_point", lambda stack, late: lib.SourceCode.from_asset(FOLDER, entry_point=late)),
    ("path", lambda stack, late: lib.ProcessingScript(path=late)),
    ("group_name", lambda stack, late: lib.ModelPackageGroup(stack, "Group", group_name=late)),
    ("description", lambda stack, late: lib.ModelPackageGroup(stack, "Group", description=late)),
    ("group_name", lambda stack, late: lib.ModelPackageGroup.from_group_name(stack, "Group", late)),
]


@pytest.mark.parametrize(("argument", "make"), TEXTS)
def test_fails_on_a_token_that_is_no_text_and_says_how_to_write_it(
    stack: Any, argument: str, make: Callable[[Any, Any], Any]
) -> None:
    from aws_cdk import Fn

    with pytest.raises(ConfigurationError) as raised:
        make(stack, Fn.get_att("Other", "Name"))
    (problem,) = raised.value.problems
    assert problem.startswith(f"{argument} must be text, got <")
    assert problem.endswith("; write Token.as_string(…) of it")


@pytest.mark.parametrize(
    ("words", "make"),
    [
        ("path must be known when the app is synthesized", lambda: lib.execution_input(LATE)),
        ("path must be known when the app is synthesized", lambda: lib.map_item(LATE)),
        ("path must be known when the app is synthesized", lambda: lib.Condition.input(LATE)),
        ("directory must be known when the app is synthesized", lambda: lib.ContainerImage.from_asset(LATE)),
        ("algorithm must be known when the app is synthesized", lambda: lib.ContainerImage.built_in(LATE)),
        ("version must be known when the app is synthesized", lambda: lib.ContainerImage.built_in("xgboost", LATE)),
        (
            "directory must be known when the app is synthesized",
            lambda: lib.SourceCode.from_asset(LATE, entry_point="train.py"),
        ),
        (
            "entry_point must be known when the app is synthesized",
            lambda: lib.SourceCode.from_asset(FOLDER, entry_point=LATE),
        ),
        (
            "exclude must be known when the app is synthesized",
            lambda: lib.SourceCode.from_asset(FOLDER, entry_point="train.py", exclude=[LATE]),
        ),
        ("path must be known when the app is synthesized", lambda: lib.ProcessingScript(path=LATE)),
        (
            "entry_point must be known when the app is synthesized",
            lambda: lib.ProcessingScript(path=FOLDER, entry_point=LATE),
        ),
    ],
)
def test_fails_on_late_text_where_it_is_read_at_synth(words: str, make: Callable[[], Any]) -> None:
    with pytest.raises(ConfigurationError, match=f"- {words}, because .* then, got"):
        make()


def test_late_text_passes_unharmed(stack: Any) -> None:
    from aws_cdk import CfnParameter

    late = CfnParameter(stack, "Late").value_as_string
    assert lib.ContainerImage.from_uri(late).bind(stack).uri == late
    assert lib.ContainerImage.from_private_registry(late).bind(stack).uri == late
    job = lib.ServerlessJob(job_type="Evaluation", base_model_arn=MODEL, sequence_length=late)
    assert job.render()["ServerlessJobConfig"]["SequenceLength"] == late
    assert lib.ModelPackageGroup(stack, "Group", group_name=late, description=late).group_name == late


def compiled(stack: Any, options: Any, id: str = "Compile") -> Any:
    return lib.CompilationJob(
        stack,
        id,
        input=lib.CompilationInput.from_artifact(thing("m.tar.gz"), lib.CompilationFramework.XGBOOST),
        target=lib.CompilationTarget.device("ml_c5"),
        output=at("o"),
        role=role_in(stack),
        compiler_options=options,
    ).request["OutputConfig"]["CompilerOptions"]


class TestCompilerOptions:
    def test_known_ones_are_json(self, stack: Any) -> None:
        assert json.loads(compiled(stack, {"dtype": "int8"})) == {"dtype": "int8"}

    def test_late_ones_are_json_at_deployment(self, stack: Any) -> None:
        from aws_cdk import CfnParameter, Fn

        count = CfnParameter(stack, "Count", type="Number").value_as_number
        written = compiled(stack, {"a": count, "b": Fn.get_att("Other", "Name")})
        assert stack.resolve(written) == {
            "Fn::Join": ["", ['{"a":', {"Ref": "Count"}, ',"b":"', {"Fn::GetAtt": ["Other", "Name"]}, '"}']]
        }

    @pytest.mark.parametrize("options", [{"a": object()}, {"a": float("nan")}, {"a": {1, 2}}])
    def test_fails_on_what_json_cannot_hold(self, stack: Any, options: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"- compiler_options must be texts, finite numbers, lists and"):
            compiled(stack, options)


@pytest.mark.parametrize("items", [[object()], [float("inf")], [{"a": {1}}]])
def test_fails_on_items_that_json_cannot_hold(items: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"- items must be texts, finite numbers, lists and"):
        lib.Map(name="M", items=items, steps=[lib.Fail(cause="x")])


@pytest.mark.parametrize(
    "make",
    [
        lambda text: lib.ContainerImage.from_asset(text),
        lambda text: lib.SourceCode.from_asset(text, entry_point="train.py"),
        lambda text: lib.ProcessingScript(path=text),
        lambda text: lib.ProcessingScript(path=text, entry_point="main.py"),
        lambda text: lib.ProcessingScript(path=FOLDER, entry_point=text),
    ],
)
def test_fails_on_a_name_longer_than_a_disk_takes(make: Callable[[str], Any]) -> None:
    with pytest.raises(ConfigurationError, match="must be a f"):
        make("x" * 5000)


def durations(stack: Any, odd: Any) -> dict[str, Callable[[], Any]]:
    """Each argument that the API takes in seconds."""
    train = job_in(stack, metrics={"loss": "loss=(.*)"})
    objective = lib.TuningObjective.minimize("loss")
    definition = lib.TuningDefinition(job=train, objective=objective, ranges={"a": lib.AutoParameter(value_hint=1)})
    image, machine, role = lib.ContainerImage.from_uri(IMAGE_URI), lib.InstanceType("ml.m5.xlarge"), role_in(stack)
    serverless = lib.ServerlessJob.evaluation(MODEL, evaluation_type=BENCHMARK)
    return {
        "max_runtime": lambda: job_in(stack, "A", max_runtime=odd),
        "max_pending": lambda: job_in(stack, "B", max_pending=odd),
        "max_runtime of tuning": lambda: lib.TuningJob(stack, "C", definitions=[definition], max_runtime=odd),
        "max_runtime of processing": lambda: lib.ProcessingJob(
            stack, "D", image=image, cluster=lib.ProcessingCluster.of(machine), role=role, max_runtime=odd
        ),
        "max_runtime of compilation": lambda: lib.CompilationJob(
            stack,
            "E",
            input=lib.CompilationInput.from_artifact(thing("m.tar.gz"), lib.CompilationFramework.XGBOOST),
            target=lib.CompilationTarget.device("ml_c5"),
            output=at("o"),
            max_runtime=odd,
        ),
        "invocations_timeout": lambda: lib.TransformJob(
            stack,
            "F",
            model=lib.Model.from_model_name(stack, "Imported", "m", role=role),
            input=lib.TransformInput.from_s3(at("in")),
            output=lib.TransformOutput(location=at("out")),
            instance_type=machine,
            invocations_timeout=odd,
        ),
        "max_runtime of serverless": lambda: lib.ServerlessTrainingJob(
            stack, "G", job=serverless, output=at("o"), role=role, max_runtime=odd
        ),
        "max_pending of serverless": lambda: lib.ServerlessTrainingJob(
            stack, "H", job=serverless, output=at("o"), role=role, max_pending=odd
        ),
    }


def test_fails_on_parts_of_a_second_and_on_late_minutes(stack: Any) -> None:
    from aws_cdk import CfnParameter, Duration

    late = Duration.minutes(CfnParameter(stack, "Minutes", type="Number").value_as_number)
    for odd, shown in ((Duration.millis(1500), "1 second 500 millis"), (late, "<token> minutes")):
        for argument, make in durations(stack, odd).items():
            words = f"- {argument.split()[0]} must be whole seconds, such as Duration.seconds\\(90\\), got {shown}"
            with pytest.raises(ConfigurationError, match=words):
                make()
        stack.node.try_remove_child("Train")
        stack.node.try_remove_child("Imported")


def test_fails_on_a_target_and_a_statistic_that_are_none(stack: Any) -> None:
    job = job_in(stack)
    for slip in ("arn:aws:sns:eu-west-1:123456789012:topic", float("nan"), 1):
        with pytest.raises(ConfigurationError, match=r"- target must be such as targets.SnsTopic\(…\), got"):
            job.on_job_state_change("Told", target=slip)
    with pytest.raises(ConfigurationError, match=r"- statuses must be a list of text, got 'Failed'"):
        job.on_job_state_change("Told", statuses="Failed")
    workflow = lib.TrainingWorkflow(stack, "Workflow", steps=[job])
    with pytest.raises(ConfigurationError) as raised:
        workflow.metric(None, statistic=1, period=5)
    assert [problem.partition(" must be ")[0] for problem in raised.value.problems] == ["name", "statistic", "period"]
    with pytest.raises(ConfigurationError, match="- period must be such as Duration"):
        workflow.metric_executions_failed(period=300)


def test_fails_on_everything_wrong_with_a_registration_at_once(stack: Any) -> None:
    group = lib.ModelPackageGroup.from_group_name(stack, "Group", "churn")
    with pytest.raises(ConfigurationError) as raised:
        lib.RegisterModelStep(
            stack,
            "Register",
            group=group,
            container=lib.Container(image=lib.ContainerImage.from_uri(IMAGE_URI)),
            approval="Approved",
            content_types=None,
            real_time_types=["ml.m5.xlarge"],
            metadata="x",
        )
    assert list(raised.value.problems) == [
        "approval must be one of ModelApprovalStatus.APPROVED, ModelApprovalStatus.REJECTED, "
        "ModelApprovalStatus.PENDING, got 'Approved'; write ModelApprovalStatus.APPROVED",
        "content_types must be a list of text, got None",
        "real_time_types[0] must be such as InstanceType('ml.g5.xlarge'), got 'ml.m5.xlarge'",
        "metadata must be a mapping of names to text, got 'x'",
    ]
    with pytest.raises(ConfigurationError, match=r"- tags must be a mapping of names to text, got \['a'\]"):
        lib.CreateModelStep(
            stack, "Make", container=lib.Container(image=lib.ContainerImage.from_uri(IMAGE_URI)), tags=["a"]
        )
    with pytest.raises(ConfigurationError, match="- group_name must be text, got None"):
        lib.ModelPackageGroup.from_group_name(stack, "None", None)
