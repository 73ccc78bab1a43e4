"""What the parts of a training job grant, refuse and warn of."""

import json
from typing import Any

import pytest
from aws_cdk import App, Environment, Stack

from constructs_lib import (
    Channel,
    Cluster,
    ConfigurationError,
    ContainerImage,
    InstanceType,
    TrainingJob,
    TrainingWorkflow,
)
from constructs_lib.training._rules import image_problems
from constructs_lib.training.debugging import Debugger, Profiler, Rule
from constructs_lib.training.distribution import Distribution
from constructs_lib.training.serverless import CustomizationTechnique, ServerlessJob
from constructs_lib.training.serverless_training_job import ServerlessTrainingJob
from constructs_lib.training.spot import Checkpoints
from constructs_lib.training.tracking import Experiment, Mlflow, ModelPackageConfig, TensorBoard
from tests.templates import definition_of, only, template_of
from tests.unit.training.training_jobs import CPU, IMAGE_URI, at, job_in, role_in, statements_of, warnings_of

GROUP = "arn:aws:sagemaker:us-east-1:123456789012:model-package-group/cats"
MODEL = "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/llama"
NO_PROBLEM: dict[str, Any] = {
    "algorithm": None,
    "marketplace": False,
    "needs_isolation": False,
    "private_registry": False,
    "serves_only": False,
    "has_source": False,
    "has_command": False,
    "has_distribution": False,
    "isolated": False,
    "has_network": False,
}


MARKETPLACE = {"marketplace": True, "needs_isolation": True}


def granted(stack: Any, action: str) -> list[str]:
    """The resources that an action is allowed on, tokens as text."""
    return [str(each) for s in statements_of(stack) if action in s["Action"] for each in s["Resource"]]


class TestRights:
    def test_checkpoints_are_read_and_written_in_their_place(self, stack: Any) -> None:
        job_in(stack, checkpoints=Checkpoints(location=at("state")))
        assert granted(stack, "s3:GetObject") == ["arn:aws:s3:::bucket/state/*"]
        assert granted(stack, "s3:PutObject") == ["arn:aws:s3:::bucket/models/*", "arn:aws:s3:::bucket/state/*"]

    def test_tensor_board_is_written_only(self, stack: Any) -> None:
        job_in(stack, tensor_board=TensorBoard(location=at("boards")))
        assert granted(stack, "s3:GetObject") == []
        assert "arn:aws:s3:::bucket/boards/*" in granted(stack, "s3:PutObject")

    def test_mlflow_is_reported_to_on_its_own_resource(self, stack: Any) -> None:
        arn = "arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/ours"
        job_in(stack, mlflow=Mlflow(resource_arn=arn))
        assert granted(stack, "sagemaker-mlflow:LogMetric") == [arn]

    def test_packages_are_made_in_their_group_only(self, stack: Any) -> None:
        job_in(stack, model_package=ModelPackageConfig(model_package_group_arn=GROUP))
        package = "arn:aws:sagemaker:us-east-1:123456789012:model-package/cats/*"
        assert granted(stack, "sagemaker:CreateModelPackage") == [package]
        assert granted(stack, "sagemaker:DescribeModelPackageGroup") == [GROUP]

    def test_packages_of_a_group_of_the_same_stack_too(self, stack: Any) -> None:
        from aws_cdk import aws_sagemaker as sagemaker

        group = sagemaker.CfnModelPackageGroup(stack, "Group", model_package_group_name="cats")
        arn = group.attr_model_package_group_arn
        config = ModelPackageConfig(model_package_group_arn=arn, model_package_group_name="cats")
        job_in(stack, model_package=config)
        (package,) = granted(stack, "sagemaker:CreateModelPackage")
        assert package.endswith("':model-package/cats/*']]}")

    def test_fails_when_nothing_tells_the_group(self) -> None:
        with pytest.raises(ConfigurationError, match="model_package_group_name must be given where"):
            ModelPackageConfig(model_package_group_arn="${Token[Arn.1]}")

    def test_rules_may_be_pulled_and_write_their_reports(self, stack: Any) -> None:
        uri = "503895931360.dkr.ecr.us-east-1.amazonaws.com/sagemaker-debugger-rules:latest"
        image = ContainerImage.from_uri(uri)
        rule = Rule(name="Ours", evaluator_image=image, instance_type=CPU, location=at("reports"))
        job_in(stack, debugger=Debugger(location=at("tensors"), rules=[rule]))
        (repository,) = granted(stack, "ecr:BatchGetImage")
        assert "503895931360:repository/sagemaker-debugger-rules" in repository
        assert "arn:aws:s3:::bucket/reports/*" in granted(stack, "s3:PutObject")

    def test_fails_on_the_address_of_an_image(self) -> None:
        with pytest.raises(
            ConfigurationError, match=r"evaluator_image must be a ContainerImage, such as .*, got 'uri'"
        ):
            Rule(name="Ours", evaluator_image="uri")  # type: ignore[arg-type] -- the slip under test

    @pytest.mark.parametrize(
        ("name", "region", "account", "repository"),
        [
            ("debugger", "eu-west-1", "929884845733", "sagemaker-debugger-rules"),
            ("detailed-profiler", "eu-west-1", "929884845733", "detailed-profiler-processing"),
        ],
    )
    def test_the_rules_of_aws_come_from_the_account_of_the_region(
        self, name: str, region: str, account: str, repository: str
    ) -> None:
        stack = Stack(App(), "Regional", env=Environment(account="123456789012", region=region))
        rules = [Rule(name=each, evaluator_image=ContainerImage.from_framework(name)) for each in ("One", "Two")]
        job = job_in(stack, profiler=Profiler(rules=rules))
        for rule in job.request["ProfilerRuleConfigurations"]:
            assert rule["RuleEvaluatorImage"].startswith(f"{account}.dkr.ecr.{region}.")
            assert rule["RuleEvaluatorImage"].endswith(f"/{repository}:latest")
        (arn,) = granted(stack, "ecr:BatchGetImage")
        assert f"{account}:repository/{repository}" in arn

    def test_remote_debugging_lets_the_agent_talk_to_systems_manager(self, stack: Any) -> None:
        job_in(stack, remote_debug=True)
        assert granted(stack, "ssmmessages:OpenDataChannel") == ["*"]

    def test_nothing_of_it_is_granted_unasked(self, stack: Any) -> None:
        job_in(stack)
        assert granted(stack, "ssmmessages:OpenDataChannel") == granted(stack, "sagemaker:CreateModelPackage") == []

    def test_session_tags_pass_into_the_role_that_is_made_here(self, stack: Any) -> None:
        job_in(stack, session_tag_chaining=True, role=None)
        statements = only(template_of(stack), "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]
        assert [statement["Action"] for statement in statements] == ["sts:AssumeRole", "sts:TagSession"]
        assert statements[1]["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}

    def test_they_do_not_unasked(self, stack: Any) -> None:
        job_in(stack, role=None)
        statements = only(template_of(stack), "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]
        assert [statement["Action"] for statement in statements] == ["sts:AssumeRole"]

    def test_a_serverless_job_reads_its_model_in_the_hub(self, stack: Any) -> None:
        job = ServerlessJob.fine_tuning(MODEL, technique=CustomizationTechnique.DIRECT_PREFERENCE)
        ServerlessTrainingJob(stack, "Tune", job=job, output=at("models"), role=role_in(stack))
        hub = "arn:aws:sagemaker:us-east-1:aws:hub/SageMakerPublicHub"
        assert granted(stack, "sagemaker:DescribeHubContent") == [MODEL, hub]


class TestIsolation:
    def test_trap_19_fails_when_the_script_would_download_its_model(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match="download 'gpt2' from a hub, which network_isolation cuts off"):
            job_in(stack, network_isolation=True, environment={"HF_MODEL_ID": "gpt2"})

    @pytest.mark.parametrize("model", ["/opt/ml/input/data/model", "${Token[Model.1]}"])
    def test_trap_19_takes_a_model_that_a_channel_brings(self, stack: Any, model: str) -> None:
        job_in(stack, network_isolation=True, environment={"HF_MODEL_ID": model})

    def test_a_container_with_a_network_may_download(self, stack: Any) -> None:
        job_in(stack, environment={"HF_MODEL_ID": "gpt2"})

    def test_warns_of_a_shell_that_nobody_reaches(self, stack: Any) -> None:
        (text,) = warnings_of(job_in(stack, network_isolation=True, remote_debug=True))
        assert "sagemaker-constructs:remote-debug-isolated" in text


class TestImages:
    def test_what_goes_together_has_no_problem(self) -> None:
        assert image_problems(**NO_PROBLEM) == []
        assert image_problems(**(NO_PROBLEM | MARKETPLACE | {"isolated": True})) == []
        assert image_problems(**(NO_PROBLEM | {"private_registry": True, "has_network": True})) == []

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"needs_isolation": True}, "network_isolation must be True for an image that needs it, got False"),
            (MARKETPLACE, "network_isolation must be True for a Marketplace algorithm, got False"),
            (
                MARKETPLACE | {"isolated": True, "has_source": True},
                "source must be left out: a Marketplace algorithm runs no script of yours",
            ),
            ({"private_registry": True}, "an image of a private registry in your VPC takes a network; got none"),
            (
                {"algorithm": "xgboost", "has_distribution": True},
                "distribution must be left out: a built-in algorithm 'xgboost' distributes itself when the count is "
                "above 1",
            ),
        ],
    )
    def test_trap_38_fails_on_what_an_image_does_not_take(self, changes: dict[str, Any], words: str) -> None:
        assert image_problems(**(NO_PROBLEM | changes)) == [words]


class TestAlgorithms:
    def train(self, stack: Any, algorithm: str, machine: str, *names: str, count: Any = 1) -> TrainingJob:
        return job_in(
            stack,
            image=ContainerImage.built_in(algorithm),
            cluster=Cluster(instance_type=InstanceType(machine), count=count),
            channels=[Channel.from_s3(name, at(name)) for name in names],
        )

    def test_fails_on_a_cpu_where_the_algorithm_needs_gpus(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match="'image-classification' is documented to train on gpu only") as e:
            self.train(stack, "image-classification", "ml.m5.xlarge", "train", "validation")
        assert len(e.value.problems) == 1

    def test_warns_of_gpus_that_the_algorithm_leaves_alone(self, stack: Any) -> None:
        (text,) = warnings_of(self.train(stack, "lda", "ml.g5.xlarge", "train"))
        assert "sagemaker-constructs:idle-gpus/ml.g5.xlarge" in text

    def test_fails_on_two_machines_where_the_algorithm_takes_one(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match="'lda' trains on one machine only, not on 2"):
            self.train(stack, "lda", "ml.m5.xlarge", "train", count=2)

    def test_takes_a_number_of_machines_and_a_type_that_are_not_known_yet(self, stack: Any) -> None:
        self.train(stack, "lda", "${Token[Type.1]}", "train", count=-1.8881545897087505e289)

    def test_trap_37_warns_of_other_channels_that_its_page_asks_for(self, stack: Any) -> None:
        (text,) = warnings_of(self.train(stack, "seq2seq", "ml.g5.xlarge", "train", "vocab"))
        assert "seq2seq is documented to need the channels validation besides what it has; see https" in text
        assert "sagemaker-constructs:missing-channels/validation" in text

    def test_trap_37_warns_where_there_is_nothing_to_learn_from(self, stack: Any) -> None:
        (text,) = warnings_of(self.train(stack, "kmeans", "ml.m5.xlarge"))
        assert "kmeans is documented to need the channels train besides what it has" in text

    def test_takes_a_channel_whose_name_is_not_known_yet(self, stack: Any) -> None:
        assert warnings_of(self.train(stack, "seq2seq", "ml.g5.xlarge", "${Token[Name.1]}")) == []


class TestEndedFeatures:
    def test_trap_40_warns_of_debugger(self, stack: Any) -> None:
        (text,) = warnings_of(job_in(stack, debugger=Debugger(location=at("tensors"))))
        assert "closed to new customers" in text
        assert "sagemaker-constructs:debugger-closed" in text

    def test_trap_40_warns_of_the_profilers_rules_and_not_of_the_profiler(self, stack: Any) -> None:
        rule = Rule(name="Report", evaluator_image=ContainerImage.from_uri(IMAGE_URI))
        (text,) = warnings_of(job_in(stack, "Rules", profiler=Profiler(rules=[rule])))
        assert "sagemaker-constructs:profiler-rules-closed" in text
        assert warnings_of(job_in(stack, "Plain", profiler=Profiler(interval_milliseconds=100))) == []


class TestValues:
    def test_fails_on_an_interval_that_is_none_of_the_profilers(self) -> None:
        with pytest.raises(ConfigurationError, match=r"interval_milliseconds must be one of 100, 200, 500, .* got 300"):
            Profiler(interval_milliseconds=300)

    def test_fails_on_a_profiler_that_is_off_and_measures(self) -> None:
        with pytest.raises(ConfigurationError, match="disabled must not be True beside what should be measured"):
            Profiler(disabled=True, interval_milliseconds=100)

    def test_fails_on_two_rules_of_one_name(self) -> None:
        rule = Rule(name="Same", evaluator_image=ContainerImage.from_uri(IMAGE_URI))
        with pytest.raises(ConfigurationError, match="names of the rules must be unique, got 'Same'"):
            Debugger(location=at("tensors"), rules=[rule, rule])

    def test_fails_on_an_experiment_without_a_name(self) -> None:
        with pytest.raises(ConfigurationError, match="experiment_name or another name must be given, got none"):
            Experiment()

    @pytest.mark.parametrize("length", ["1K", "1024K", "${Token[Length.1]}"])
    def test_takes_sequences_of_any_length_that_there_is(self, length: str) -> None:
        ServerlessJob.fine_tuning(MODEL, technique=CustomizationTechnique.SUPERVISED, sequence_length=length)

    @pytest.mark.parametrize("length", ["0K", "1025K"])
    def test_fails_on_others(self, length: str) -> None:
        with pytest.raises(ConfigurationError, match=f"sequence_length must be between 1K and 1024K, got '{length}'"):
            ServerlessJob.fine_tuning(MODEL, technique=CustomizationTechnique.SUPERVISED, sequence_length=length)

    def test_fails_on_a_sequence_length_of_another_shape(self, stack: Any) -> None:
        job = ServerlessJob.fine_tuning(MODEL, technique=CustomizationTechnique.SUPERVISED, sequence_length="long")
        with pytest.raises(ConfigurationError, match=r"job\.sequence_length must"):
            ServerlessTrainingJob(stack, "Tune", job=job, output=at("models"))

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"environment": {f"V{number}": "" for number in range(101)}}, "environment must .*100"),
            ({"tags": {f"t{number}": "" for number in range(51)}}, "tags must .*50"),
            ({"experiment": Experiment(experiment_name="my_experiment")}, "experiment.experiment_name must"),
            ({"mlflow": Mlflow(resource_arn="ours")}, "mlflow.resource_arn must"),
            ({"model_package": ModelPackageConfig(model_package_group_arn="cats")}, "model_package_group_arn must"),
        ],
        ids=["environment", "tags", "experiment", "mlflow", "package"],
    )
    def test_fails_with_the_name_of_the_argument(self, stack: Any, changes: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigurationError, match=words):
            job_in(stack, **changes)


class TestNumbersOfDeployment:
    @pytest.mark.parametrize("distribution", [None, Distribution.mpi()], ids=["plain", "json"])
    def test_trap_32_a_hyperparameter_is_the_number_and_no_placeholder(
        self, stack: Any, distribution: Distribution | None
    ) -> None:
        from aws_cdk import CfnParameter

        epochs = CfnParameter(stack, "Epochs", type="Number").value_as_number
        made = job_in(stack, distribution=distribution, hyperparameters={"epochs": epochs})
        assert stack.resolve(made.request["HyperParameters"]["epochs"]) == {"Ref": "Epochs"}

    def test_a_text_is_quoted_around_the_reference(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        name = CfnParameter(stack, "Name").value_as_string
        made = job_in(stack, distribution=Distribution.mpi(), hyperparameters={"name": name})
        joined = {"Fn::Join": ["", ['"', {"Ref": "Name"}, '"']]}
        assert stack.resolve(made.request["HyperParameters"]["name"]) == joined


def test_a_workflow_carries_the_reserved_hyperparameters_unharmed(stack: Any) -> None:
    job = job_in(stack, distribution=Distribution.mpi(custom_mpi_options='-x A="b c"'))
    TrainingWorkflow(stack, "Workflow", steps=[job])
    machine = only(template_of(stack), "AWS::StepFunctions::StateMachine")
    values = definition_of(machine)["States"]["Train"]["Arguments"]["HyperParameters"]
    assert json.loads(values["sagemaker_mpi_custom_mpi_options"]) == '-x A="b c"'
