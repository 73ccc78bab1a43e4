"""What watches a job from outside: experiments, MLflow, TensorBoard, the registry."""

from dataclasses import dataclass
from typing import Any

from constructs_lib._internal.checks import is_token, require
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.rendering import given
from constructs_lib._internal.statements import Statement
from constructs_lib.foundation.s3_location import S3Location


@dataclass(frozen=True, kw_only=True, slots=True)
class Experiment:
    """The experiment that a job belongs to; each name at most 120 letters, digits and dashes.

    Attributes:
        experiment_name: An experiment that exists.
        trial_name: A trial that exists; None makes a new one.
        trial_component_display_name: What the job is shown as.
        run_name: The run of the experiment.

    Raises:
        ConfigurationError: Nothing is named.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ExperimentConfig.html
    """

    experiment_name: str | None = None
    trial_name: str | None = None
    trial_component_display_name: str | None = None
    run_name: str | None = None

    def __post_init__(self) -> None:
        require("Experiment", field_problems(self))
        require("Experiment", None if self._members() else "experiment_name or another name must be given, got none")

    def render(self) -> dict[str, Any]:
        """The members of the request."""
        return {"ExperimentConfig": self._members()}

    def _members(self) -> dict[str, str]:
        return given(
            ExperimentName=self.experiment_name,
            TrialName=self.trial_name,
            TrialComponentDisplayName=self.trial_component_display_name,
            RunName=self.run_name,
        )

    def statements(self) -> tuple[Statement, ...]:
        """Nothing: SageMaker itself makes the trial component, in the name of whoever starts the job."""
        return ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Mlflow:
    """The managed MLflow that a job reports to.

    The role may log runs and their metrics there; the actions were read in the service authorization reference
    (untested).

    Attributes:
        resource_arn: An MLflow app or tracking server, shaped `arn:…:mlflow-app/…` or `arn:…:mlflow-tracking-server/…`.
        experiment_name: None lets SageMaker choose.
        run_name: None lets SageMaker choose.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MlflowConfig.html
    """

    resource_arn: str
    experiment_name: str | None = None
    run_name: str | None = None

    def __post_init__(self) -> None:
        require("Mlflow", field_problems(self))

    def render(self) -> dict[str, Any]:
        """The members of the request."""
        names = given(MlflowExperimentName=self.experiment_name, MlflowRunName=self.run_name)
        return {"MlflowConfig": {"MlflowResourceArn": self.resource_arn, **names}}

    def statements(self) -> tuple[Statement, ...]:
        """Find or make the experiment and the run, and log to it.

        Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemakerwithmlflow.html
        """
        return (
            Statement(
                actions=(
                    "sagemaker-mlflow:CreateExperiment",
                    "sagemaker-mlflow:CreateRun",
                    "sagemaker-mlflow:GetExperiment",
                    "sagemaker-mlflow:GetExperimentByName",
                    "sagemaker-mlflow:GetRun",
                    "sagemaker-mlflow:LogBatch",
                    "sagemaker-mlflow:LogInputs",
                    "sagemaker-mlflow:LogMetric",
                    "sagemaker-mlflow:LogModel",
                    "sagemaker-mlflow:LogParam",
                    "sagemaker-mlflow:SearchRuns",
                    "sagemaker-mlflow:SetExperimentTag",
                    "sagemaker-mlflow:SetTag",
                    "sagemaker-mlflow:UpdateRun",
                ),
                resources=(self.resource_arn,),
            ),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class TensorBoard:
    """Where the summaries for TensorBoard go.

    Attributes:
        location: Where in S3; the job's role gets to write there.
        local_path: Where in the container they are written; None means `/opt/ml/output/tensorboard`.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TensorBoardOutputConfig.html
    """

    location: S3Location
    local_path: str | None = None

    def __post_init__(self) -> None:
        require("TensorBoard", field_problems(self))

    def render(self) -> dict[str, Any]:
        """The members of the request."""
        path = given(LocalPath=self.local_path)
        return {"TensorBoardOutputConfig": {**path, "S3OutputPath": self.location.uri}}

    def statements(self) -> tuple[Statement, ...]:
        """Write the summaries."""
        return self.location.write_statements()


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelPackageConfig:
    """The model package group that the trained model goes into.

    SageMaker makes the package under the job's role; the actions follow from the names of the API (untested).

    Attributes:
        model_package_group_arn: The group of the package that the job makes.
        source_model_package_arn: The package to go on training from, or to evaluate.
        model_package_group_name: The name of a group of the stack's own account and region, for the rights on its
            packages; needed where the ARN is known at deployment only, else None takes it from the ARN.

    Raises:
        ConfigurationError: Neither the ARN nor the name of the group is known.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ModelPackageConfig.html
    """

    model_package_group_arn: str
    source_model_package_arn: str | None = None
    model_package_group_name: str | None = None

    def __post_init__(self) -> None:
        require("ModelPackageConfig", field_problems(self))
        unknown = is_token(self.model_package_group_arn) and self.model_package_group_name is None
        require(
            "ModelPackageConfig",
            "model_package_group_name must be given where model_package_group_arn is known at deployment only, got none"
            if unknown
            else None,
        )

    def render(self) -> dict[str, Any]:
        """The members of the request."""
        source = given(SourceModelPackageArn=self.source_model_package_arn)
        return {"ModelPackageConfig": {"ModelPackageGroupArn": self.model_package_group_arn, **source}}

    def statements(self) -> tuple[Statement, ...]:
        """Read the group and the source; what making a package takes, `_role.package_statements` says."""
        group = Statement(actions=("sagemaker:DescribeModelPackageGroup",), resources=(self.model_package_group_arn,))
        if self.source_model_package_arn is None:
            return (group,)
        source = Statement(actions=("sagemaker:DescribeModelPackage",), resources=(self.source_model_package_arn,))
        return (group, source)
