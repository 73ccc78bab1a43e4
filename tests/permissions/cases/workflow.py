"""Workflows: what their role may start, pass and register, and what starts and hears of them."""

from collections.abc import Callable
from typing import Any

from constructs_lib import (
    CompilationFramework,
    CompilationInput,
    CompilationJob,
    CompilationTarget,
    Container,
    CreateModelStep,
    DataKey,
    ModelPackageGroup,
    Parallel,
    ProcessingCluster,
    ProcessingJob,
    RegisterModelStep,
    TrainingWorkflow,
    TransformInput,
    TransformJob,
    TransformOutput,
    TuningJob,
)
from tests.permissions.cases import Case
from tests.permissions.cases.foundation import KEY_POLICY, of_service
from tests.permissions.cases.jobs import CPU, PROCESSES, SCORES, SERVES, definition, served
from tests.permissions.cases.places import (
    HERE,
    KEY,
    STORE,
    at,
    image,
    joins_network,
    network,
    pulls,
    reads,
    reads_object,
    thing,
    uses_disks,
    works,
    writes,
)
from tests.permissions.cases.training import TRAINS, train
from tests.permissions.specification import OF_THIS_ACCOUNT, Row, Specification, allow, deny, trust
from tests.permissions.specification import role as of_role

OF_STATES = (trust("states.amazonaws.com", OF_THIS_ACCOUNT),)
OF_EVENTS = (trust("events.amazonaws.com", OF_THIS_ACCOUNT),)
TO_SAGEMAKER = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
WATCHED = allow(
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
    on="*",
)


def starts(noun: str, kind: str, *passed: str, name: str = "job", hears: bool = True) -> tuple[Row, ...]:
    """Starting, watching and stopping jobs of one name; *hears* is what `.sync` takes."""
    rule = f"arn:aws:events:{HERE}:rule/StepFunctionsGetEventsForSageMaker{RULES.get(noun, '')}Rule"
    return (
        allow(
            "sagemaker:AddTags",
            f"sagemaker:Create{noun}",
            f"sagemaker:Describe{noun}",
            "sagemaker:ListTags",
            f"sagemaker:Stop{noun}",
            on=f"arn:aws:sagemaker:{HERE}:{kind}/{name}-*",
        ),
        *((allow("iam:PassRole", on=passed, when=TO_SAGEMAKER),) if passed else ()),
        *((allow("events:DescribeRule", "events:PutRule", "events:PutTargets", on=rule),) if hears else ()),
    )


RULES = {
    "TrainingJob": "TrainingJobs",
    "ProcessingJob": "ProcessingJobs",
    "TransformJob": "TransformJobs",
    "HyperParameterTuningJob": "TuningJobs",
}


def workflow(
    about: str,
    steps: Callable[[Any], list[Any]],
    rows: tuple[Row, ...],
    *,
    construct: str = "TrainingWorkflow",
    **roles: tuple[Row, ...],
) -> Case:
    return Case(
        construct=construct,
        about=about,
        build=lambda stack: TrainingWorkflow(stack, "Flow", steps=steps(stack)),
        specification=Specification(
            roles={
                "FlowRole": of_role(WATCHED, *rows, trusted=OF_STATES),
                **{name: of_role(*its) for name, its in roles.items()},
            }
        ),
    )


TRAINING = starts("TrainingJob", "training-job", "<JobRole.Arn>")


def started(about: str, make: Callable[[Any], dict[str, Any]], **more: Any) -> Case:
    """A workflow that something starts, or that tells somebody."""
    roles = more.pop("roles", {})
    return Case(
        construct="TrainingWorkflow",
        about=about,
        build=lambda stack: TrainingWorkflow(stack, "Flow", steps=[train(stack)], **make(stack)),
        specification=Specification(
            roles={"JobRole": of_role(*TRAINS), "FlowRole": of_role(WATCHED, *TRAINING, trusted=OF_STATES), **roles},
            **more,
        ),
    )


STARTER = {"FlowStartRole": of_role(allow("states:StartExecution", on="<Flow.Arn>"), trusted=OF_EVENTS)}


def nightly() -> Any:
    from aws_cdk import aws_events as events

    return events.Schedule.cron(minute="0", hour="2")


def uploads() -> Any:
    from aws_cdk import aws_events as events

    return events.EventPattern(source=["aws.s3"], detail_type=["Object Created"])


def queued_starts(*rules: str) -> dict[str, tuple[Row, ...]]:
    """The policy of the queue that *rules* leave in what they could not start."""
    arns = tuple(f"<{rule}.Arn>" for rule in rules)
    return {
        "FlowNotStarted": (
            deny("sqs:*", on=QUEUE, when={"Bool": {"aws:SecureTransport": "false"}}, by="AWS *"),
            allow(
                "sqs:SendMessage",
                on=QUEUE,
                when={"ArnEquals": {"aws:SourceArn": arns}},
                by="Service events.amazonaws.com",
            ),
        )
    }


QUEUE = "<FlowNotStarted.Arn>"


def data_key(stack: Any) -> Any:
    return stack.node.try_find_child("Key") or DataKey(stack, "Key")


def topic(stack: Any, name: str = "Topic", *, encrypted: bool = False) -> Any:
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_sns as sns

    return sns.Topic(stack, name, master_key=kms.Key(stack, f"{name}Key") if encrypted else None)


def told(name: str) -> Row:
    return allow("sns:Publish", on=f"<{name}>", by="Service events.amazonaws.com")


# The star is that of the CDK's own target for topics.
TOPIC_KEY = (KEY_POLICY[0], allow("kms:Decrypt", "kms:GenerateDataKey*", on="*", by="Service events.amazonaws.com"))


def with_model(stack: Any) -> list[Any]:
    job = train(stack)
    return [job, CreateModelStep(stack, "Make", container=Container(image=image(), artifact=job.model_artifact))]


def with_registration(stack: Any) -> list[Any]:
    job = train(stack)
    group = ModelPackageGroup.from_group_name(stack, "Group", "Cats")
    return [
        job,
        RegisterModelStep(
            stack,
            "Register",
            group=group,
            container=Container(image=image(), artifact=job.model_artifact),
            content_types=["text/csv"],
            response_types=["text/csv"],
        ),
    ]


# What a job of a workflow leaves: archives under names that begin with that of the job.
LEFT = (
    allow("s3:GetObject", on=f"{STORE}/models/job-*"),
    allow("s3:ListBucket", on=STORE, when={"StringLike": {"s3:prefix": "models/job-*"}}),
    allow("kms:Decrypt", on=KEY),
)
MAKES = (
    allow("sagemaker:AddTags", "sagemaker:CreateModel", on=f"arn:aws:sagemaker:{HERE}:model/make-*"),
    allow("iam:PassRole", on="<MakeRole.Arn>", when=TO_SAGEMAKER),
)
REGISTERS = (
    allow(
        "sagemaker:CreateModelPackage",
        on=(f"arn:aws:sagemaker:{HERE}:model-package-group/cats", f"arn:aws:sagemaker:{HERE}:model-package/cats/*"),
    ),
    *LEFT,
    *pulls(),
)


def made(stack: Any, **changes: Any) -> list[Any]:
    container = Container(image=image(), artifact=thing("models/m.tar.gz"))
    return [CreateModelStep(stack, "Make", container=container, **changes)]


def compile_(stack: Any, **changes: Any) -> CompilationJob:
    source = CompilationInput.from_artifact(
        thing("models/m.tar.gz"), CompilationFramework.XGBOOST, data_input_config="{}"
    )
    return CompilationJob(
        stack, "Compile", input=source, output=at("compiled"), target=CompilationTarget.device("ml_c5"), **changes
    )


def score(stack: Any) -> TransformJob:
    return TransformJob(
        stack,
        "Score",
        model=served(stack),
        input=TransformInput.from_s3(at("in")),
        output=TransformOutput(location=at("out")),
        instance_type=CPU,
    )


def prepare(stack: Any) -> ProcessingJob:
    return ProcessingJob(stack, "Prepare", image=image(), cluster=ProcessingCluster.of(CPU))


PREPARING = starts("ProcessingJob", "processing-job", "<PrepareRole.Arn>", name="prepare")
# SageMaker passes the role of the model itself, so a transform job passes none.
SCORING = starts("TransformJob", "transform-job", name="score")
COMPILING = starts("CompilationJob", "compilation-job", "<CompileRole.Arn>", name="compile", hears=False)
COMPILES = (*works("CompilationJobs"), *reads_object("models/m.tar.gz"), *writes("compiled"))
SCORED = (*SERVES, *SCORES, *reads("in"), *writes("out"), *uses_disks(KEY))

CASES = [
    workflow("a training job", lambda stack: [train(stack)], TRAINING, JobRole=TRAINS),
    workflow(
        "two training jobs",
        lambda stack: [train(stack, "One"), train(stack, "Two")],
        (
            *starts("TrainingJob", "training-job", "<OneRole.Arn>", name="one"),
            *starts("TrainingJob", "training-job", "<TwoRole.Arn>", name="two"),
        ),
        OneRole=TRAINS,
        TwoRole=TRAINS,
    ),
    workflow("a processing job", lambda stack: [prepare(stack)], PREPARING, PrepareRole=PROCESSES),
    workflow("a transform job", lambda stack: [score(stack)], SCORING, ModelRole=SCORED),
    workflow("a compilation job", lambda stack: [compile_(stack)], COMPILING, CompileRole=COMPILES),
    workflow(
        "a tuning job of two definitions",
        lambda stack: [
            TuningJob(stack, "Tune", definitions=[definition(stack, "One"), definition(stack, "Two")], max_jobs=2)
        ],
        starts(
            "HyperParameterTuningJob",
            "hyper-parameter-tuning-job",
            "<OneRole.Arn>",
            "<TwoRole.Arn>",
            name="tune",
        ),
        OneRole=TRAINS,
        TwoRole=TRAINS,
    ),
    workflow(
        "steps side by side",
        lambda stack: [Parallel([prepare(stack)], [compile_(stack)]), score(stack)],
        (*PREPARING, *COMPILING, *SCORING),
        PrepareRole=PROCESSES,
        CompileRole=COMPILES,
        ModelRole=SCORED,
    ),
    workflow(
        "of what a job leaves",
        with_model,
        (*TRAINING, *MAKES),
        construct="CreateModelStep",
        JobRole=TRAINS,
        MakeRole=(*pulls(), *works("Endpoints"), *LEFT),
    ),
    workflow(
        "of an archive, in a network",
        lambda stack: made(stack, network=network(stack)),
        MAKES,
        construct="CreateModelStep",
        MakeRole=(*pulls(), *works("Endpoints"), *reads_object("models/m.tar.gz"), *joins_network()),
    ),
    workflow(
        "of what a job leaves",
        with_registration,
        (*TRAINING, *REGISTERS),
        construct="RegisterModelStep",
        JobRole=TRAINS,
    ),
    started(
        "on a schedule", lambda stack: {"schedule": nightly()}, roles=STARTER, resources=queued_starts("FlowSchedule")
    ),
    started("by events", lambda stack: {"start_on": uploads()}, roles=STARTER, resources=queued_starts("FlowStartOn")),
    started(
        "by both",
        lambda stack: {"schedule": nightly(), "start_on": uploads()},
        roles=STARTER,
        resources=queued_starts("FlowSchedule", "FlowStartOn"),
    ),
    started(
        "on a schedule, with a key",
        lambda stack: {"schedule": nightly(), "key": data_key(stack)},
        roles=STARTER,
        resources={**queued_starts("FlowSchedule"), "Key": (*KEY_POLICY, of_service("events"))},
    ),
    started("telling a topic", lambda stack: {"notify_failure": topic(stack)}, resources={"Topic": (told("Topic"),)}),
    started(
        "telling an encrypted topic",
        lambda stack: {"notify_success": topic(stack, encrypted=True)},
        resources={"Topic": (told("Topic"),), "TopicKey": TOPIC_KEY},
    ),
    started(
        "telling two topics, on a schedule",
        lambda stack: {
            "notify_failure": topic(stack, "Bad", encrypted=True),
            "notify_success": topic(stack, "Good"),
            "schedule": nightly(),
        },
        roles=STARTER,
        resources={
            "Bad": (told("Bad"),),
            "Good": (told("Good"),),
            "BadKey": TOPIC_KEY,
            **queued_starts("FlowSchedule"),
        },
    ),
]
