"""Jobs without machines of yours: the fine-tuning and evaluation of foundation models."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from constructs_lib._internal.checks import is_token, require
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.statements import Statement
from constructs_lib.training.channel_sources import describe_hub_content


class CustomizationTechnique(StrEnum):
    """How a model is fine-tuned."""

    SUPERVISED = "SFT"
    DIRECT_PREFERENCE = "DPO"
    REINFORCEMENT_VERIFIABLE_REWARDS = "RLVR"
    REINFORCEMENT_AI_FEEDBACK = "RLAIF"


class EvaluationType(StrEnum):
    """How a model is evaluated."""

    LLM_AS_JUDGE = "LLMAJEvaluation"
    CUSTOM_SCORER = "CustomScorerEvaluation"
    BENCHMARK = "BenchmarkEvaluation"


class Peft(StrEnum):
    """Which parameters are trained, where it is not all of them."""

    LORA = "LORA"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerlessJob:
    """What SageMaker does on machines of its own; make one with `fine_tuning` or `evaluation`.

    Attributes:
        job_type: As `JobType` has it.
        base_model_arn: The model in the public hub, shaped `arn:…:hub-content/<hub>/Model/<name>`.
        accept_eula: True accepts the licence of the model; None where there is none to accept.
        technique: How it is fine-tuned.
        peft: Which parameters are trained; None means all.
        evaluation_type: How it is evaluated.
        evaluator_arn: The reward or the scorer: a Lambda function, or content of a hub.
        sequence_length: The longest sequence, in thousands of tokens, shaped `32K`; None leaves it to SageMaker.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ServerlessJobConfig.html
    """

    job_type: str
    base_model_arn: str
    accept_eula: bool | None = None
    technique: CustomizationTechnique | None = None
    peft: Peft | None = None
    evaluation_type: EvaluationType | None = None
    evaluator_arn: str | None = None
    sequence_length: str | None = None

    def __post_init__(self) -> None:
        require("ServerlessJob", field_problems(self))
        require("ServerlessJob", _length_problem(self.sequence_length))

    @staticmethod
    def fine_tuning(
        base_model_arn: str,
        *,
        technique: CustomizationTechnique,
        peft: Peft | None = None,
        evaluator_arn: str | None = None,
        sequence_length: str | None = None,
        accept_eula: bool | None = None,
    ) -> "ServerlessJob":
        """Fine-tune the model; the arguments are the attributes of this class.

        Raises:
            ConfigurationError: The sequence length is not between 1K and 1024K.
        """
        return ServerlessJob(
            job_type="FineTuning",
            base_model_arn=base_model_arn,
            accept_eula=accept_eula,
            technique=technique,
            peft=peft,
            evaluator_arn=evaluator_arn,
            sequence_length=sequence_length,
        )

    @staticmethod
    def evaluation(
        base_model_arn: str,
        *,
        evaluation_type: EvaluationType,
        evaluator_arn: str | None = None,
        accept_eula: bool | None = None,
    ) -> "ServerlessJob":
        """Evaluate the model; the arguments are the attributes of this class."""
        return ServerlessJob(
            job_type="Evaluation",
            base_model_arn=base_model_arn,
            accept_eula=accept_eula,
            evaluation_type=evaluation_type,
            evaluator_arn=evaluator_arn,
        )

    def render(self) -> dict[str, Any]:
        """The members of the request."""
        members = {
            "BaseModelArn": self.base_model_arn,
            "AcceptEula": self.accept_eula,
            "JobType": self.job_type,
            "CustomizationTechnique": self.technique and self.technique.value,
            "Peft": self.peft and self.peft.value,
            "EvaluationType": self.evaluation_type and self.evaluation_type.value,
            "EvaluatorArn": self.evaluator_arn,
            "SequenceLength": self.sequence_length,
        }
        return {"ServerlessJobConfig": {name: value for name, value in members.items() if value is not None}}

    def statements(self) -> tuple[Statement, ...]:
        """Read the model in the hub, ask the evaluator (untested)."""
        model, evaluator = describe_hub_content(self.base_model_arn), self.evaluator_arn
        if evaluator is None:
            return model
        # What is known at deployment only is a function of the same app; an app has no content of a hub.
        if ":lambda:" in evaluator or is_token(evaluator):
            return (*model, Statement(actions=("lambda:InvokeFunction",), resources=(evaluator,)))
        return (*model, *describe_hub_content(evaluator))


def _length_problem(length: str | None) -> str | None:
    # The model says `\d+K`, its text "from 1K to 1024K".
    number = (length or "1K").removesuffix("K")
    if is_token(length) or not number.isdecimal() or 1 <= int(number) <= 1024:
        return None
    return f"sequence_length must be between 1K and 1024K, got {length!r}"
