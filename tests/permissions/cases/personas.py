"""Personas: what a caller, an operator and a data scientist get for their work, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from constructs_lib import (
    AsyncEndpoint,
    Canary,
    CapacitySize,
    ComponentSpecification,
    ComputeRequirements,
    RealTimeEndpoint,
    Rolling,
    TrainingWorkflow,
    TuningJob,
)
from tests.permissions.cases import Case
from tests.permissions.cases.endpoints import COMPONENTS, component, shared, variant
from tests.permissions.cases.grants import (
    DIRECT,
    EXECUTIONS,
    MANY,
    QUEUED,
    RUN,
    SERVED,
    SHARED,
    answering,
    caller,
    direct,
    flow,
    grant,
    many,
    on_endpoint,
    queued,
)
from tests.permissions.cases.jobs import PROCESSES, SERVES, definition, served
from tests.permissions.cases.places import DISKS, HERE, KEY, STORE, at, key_of_disks, reads, thing, writes
from tests.permissions.cases.training import TRAINS, train
from tests.permissions.cases.workflow import (
    COMPILES,
    COMPILING,
    OF_STATES,
    PREPARING,
    QUEUE,
    SCORED,
    SCORING,
    STARTER,
    WATCHED,
    compile_,
    nightly,
    prepare,
    queued_starts,
    score,
    starts,
)
from tests.permissions.specification import Role, Row, allow
from tests.permissions.specification import role as of_role

LOGS = f"arn:aws:logs:{HERE}:log-group:/aws/sagemaker"
METRICS = allow("cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics", on="*")


def persona(name: str, about: str, build: Callable[[Any], object], *rows: Row, **others: Role) -> Case:
    case = grant(name, build, *rows, **others)
    return Case(construct=name, about=about, build=build, specification=case.specification)


def reads_logs(group: str) -> Row:
    return allow("logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents", on=f"{LOGS}/{group}:*")


# --- Callers ---


def exchanging(stack: Any) -> AsyncEndpoint:
    return AsyncEndpoint(
        stack,
        "Endpoint",
        variant=variant(stack),
        inputs=at("questions"),
        output=at("answers"),
        failures=at("failed"),
    )


def component_then_caller(stack: Any, what: str) -> None:
    endpoint = shared(stack)
    component(endpoint, "Chat", "chat")
    getattr(endpoint, what)(caller(stack))


def caller_then_component(stack: Any, what: str) -> None:
    endpoint = shared(stack)
    getattr(endpoint, what)(caller(stack))
    component(endpoint, "Chat", "chat")


BOTH_WAYS = ("sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream")
ASKS = allow(*BOTH_WAYS, on="<Endpoint>")
ASKS_CHAT = allow(*BOTH_WAYS, on=("<Endpoint>", "<EndpointChat.InferenceComponentArn>"))


# --- Operators ---

OPERATES = (
    allow("sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpointWeightsAndCapacities", on="<Endpoint>"),
    reads_logs("Endpoints/<Endpoint.EndpointName>"),
    METRICS,
    allow(
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:DescribeScalingActivities",
        "application-autoscaling:DescribeScalingPolicies",
        "application-autoscaling:DescribeScheduledActions",
        on="*",
    ),
)
OPERATES_MADE = (*OPERATES, allow("sagemaker:DescribeEndpointConfig", on="<EndpointConfig>"))
OPERATES_MODEL = (*OPERATES_MADE, allow("sagemaker:DescribeModel", on="<Model>"))
OPERATES_CHAT = (
    *OPERATES_MADE,
    allow(
        "sagemaker:DescribeInferenceComponent",
        "sagemaker:UpdateInferenceComponentRuntimeConfig",
        on="<EndpointChat.InferenceComponentArn>",
    ),
    reads_logs("InferenceComponents/Chat"),
)


def guarded(stack: Any) -> RealTimeEndpoint:
    return RealTimeEndpoint(
        stack, "Endpoint", variants=[variant(stack)], deployment=Canary(CapacitySize.percent(10), wait_seconds=300)
    )


def guarded_component(stack: Any) -> None:
    endpoint = shared(stack)
    specification = ComponentSpecification(model=served(stack), compute=ComputeRequirements(min_memory_mb=1024))
    deployment = Rolling(CapacitySize.percent(50))
    endpoint.add_component("Chat", specification=specification, deployment=deployment, inference_component_name="Chat")
    endpoint.grant_operator(caller(stack))


def with_adapter(stack: Any) -> None:
    endpoint = shared(stack)
    endpoint.grant_operator(caller(stack))
    component(endpoint, "Chat", "chat").add_adapter("Law", artifact=thing("models/chat.tar.gz"))


OLD = f"arn:aws:sagemaker:{HERE}:endpoint/old"
OPERATES_OLD = (
    allow("sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpointWeightsAndCapacities", on=OLD),
    reads_logs("Endpoints/Old"),
    *OPERATES[2:],
)


def operator_then_alarms(stack: Any) -> None:
    from aws_cdk import aws_sns as sns

    endpoint = RealTimeEndpoint.from_endpoint_name(stack, "Endpoint", "Old")
    endpoint.grant_operator(caller(stack))
    topic = sns.Topic.from_topic_arn(stack, "Told", f"arn:aws:sns:{HERE}:told")
    endpoint.add_alarms(topic, variants=["main"])


# --- Workflows ---


def watches(noun: str, kind: str, group: str, name: str = "job") -> tuple[Row, ...]:
    """Seeing and stopping jobs of one name, and their lines in the log they share with others."""
    return (
        allow(f"sagemaker:Describe{noun}", f"sagemaker:Stop{noun}", on=f"arn:aws:sagemaker:{HERE}:{kind}/{name}-*"),
        allow(f"sagemaker:List{noun}s", on="*"),
        allow("logs:DescribeLogStreams", on=f"{LOGS}/{group}:*"),
        allow("logs:GetLogEvents", on=f"{LOGS}/{group}:log-stream:{name}-*"),
    )


FOLLOWS = (
    allow("states:DescribeStateMachine", "states:ListExecutions", on="<Flow.Arn>"),
    allow("states:DescribeExecution", "states:GetExecutionHistory", on=EXECUTIONS),
    METRICS,
)
STARTS = (allow("states:StartExecution", on="<Flow.Arn>"), allow("states:StopExecution", on=EXECUTIONS), *FOLLOWS)
KEEPS = (
    allow("states:RedriveExecution", "states:StopExecution", on=EXECUTIONS),
    *FOLLOWS,
    allow("logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents", on="<FlowLogs.Arn>"),
)
OF_TRAINING = watches("TrainingJob", "training-job", "TrainingJobs")
# A training job leaves what it made in a folder of its own name.
RESULTS = (
    allow("s3:GetObject", on=f"{STORE}/models/job-*"),
    allow("s3:ListBucket", on=STORE, when={"StringLike": {"s3:prefix": "models/job-*"}}),
)


def of_steps(stack: Any, steps: list[Any]) -> TrainingWorkflow:
    return TrainingWorkflow(stack, "Flow", steps=steps)


def scheduled(stack: Any) -> None:
    from aws_cdk import aws_sns as sns

    workflow = TrainingWorkflow(stack, "Flow", steps=[train(stack)], schedule=nightly(), key=key_of_disks(stack))
    workflow.grant_operator(caller(stack))
    workflow.add_alarms(sns.Topic.from_topic_arn(stack, "Told", f"arn:aws:sns:{HERE}:told"))


def with_queue(case: Case) -> Case:
    """A case of a workflow that is started by its schedule."""
    return replace(case, specification=replace(case.specification, resources=queued_starts("FlowSchedule")))


def other_kinds(stack: Any) -> TrainingWorkflow:
    return of_steps(stack, [prepare(stack), compile_(stack), score(stack)])


OTHER_KINDS = (
    *watches("ProcessingJob", "processing-job", "ProcessingJobs", "prepare"),
    *watches("CompilationJob", "compilation-job", "CompilationJobs", "compile"),
    *watches("TransformJob", "transform-job", "TransformJobs", "score"),
)
RUN_OTHER_KINDS = {
    "PrepareRole": of_role(*PROCESSES),
    "CompileRole": of_role(*COMPILES),
    "ModelRole": of_role(*SCORED),
    "FlowRole": of_role(WATCHED, *PREPARING, *COMPILING, *SCORING, trusted=OF_STATES),
}


def tuned(stack: Any) -> TrainingWorkflow:
    return of_steps(stack, [TuningJob(stack, "Tune", definitions=[definition(stack, "One")], max_jobs=2)])


OF_TUNING = (
    *watches("HyperParameterTuningJob", "hyper-parameter-tuning-job", "TrainingJobs", "tune"),
    allow(
        "sagemaker:ListTrainingJobsForHyperParameterTuningJob",
        on=f"arn:aws:sagemaker:{HERE}:hyper-parameter-tuning-job/tune-*",
    ),
    allow(
        "sagemaker:DescribeTrainingJob",
        "sagemaker:StopTrainingJob",
        on=f"arn:aws:sagemaker:{HERE}:training-job/tune-*",
    ),
)
TUNED = (
    allow("s3:GetObject", on=f"{STORE}/models/tune-*"),
    allow("s3:ListBucket", on=STORE, when={"StringLike": {"s3:prefix": "models/tune-*"}}),
    allow("kms:Decrypt", on=KEY),
)
RUN_TUNING = {
    "OneRole": of_role(*TRAINS),
    "FlowRole": of_role(
        WATCHED,
        *starts("HyperParameterTuningJob", "hyper-parameter-tuning-job", "<OneRole.Arn>", name="tune"),
        trusted=OF_STATES,
    ),
}


def scored_under_another_key(stack: Any) -> TrainingWorkflow:
    return of_steps(stack, [compile_(stack, key=key_of_disks(stack))])


SCIENTIST, WORKFLOW_OPERATOR = "TrainingWorkflow.grant_data_scientist", "TrainingWorkflow.grant_operator"

CASES = [
    persona("grant_caller", "a real-time endpoint", lambda s: answering(s).grant_caller(caller(s)), ASKS, **SERVED),
    persona(
        "grant_caller",
        "an asynchronous endpoint without inputs",
        lambda s: queued(s).grant_caller(caller(s)),
        on_endpoint("InvokeEndpointAsync"),
        *reads("answers"),
        **QUEUED,
    ),
    persona(
        "grant_caller",
        "an asynchronous endpoint with all its places",
        lambda s: exchanging(s).grant_caller(caller(s)),
        on_endpoint("InvokeEndpointAsync"),
        *writes("questions"),
        *reads("answers"),
        *reads("failed"),
        ModelRole=of_role(*SERVES, *writes("answers"), *writes("failed"), *reads("questions")),
    ),
    persona(
        "grant_caller",
        "a multi-model endpoint",
        lambda s: many(s).grant_caller(caller(s)),
        on_endpoint("InvokeEndpoint"),
        **MANY,
    ),
    persona("grant_caller", "a multi-container endpoint", lambda s: direct(s).grant_caller(caller(s)), ASKS, **DIRECT),
    persona(
        "grant_caller",
        "a component that is there",
        lambda s: component_then_caller(s, "grant_caller"),
        ASKS_CHAT,
        **SHARED,
    ),
    persona(
        "grant_caller",
        "a component that comes later",
        lambda s: caller_then_component(s, "grant_caller"),
        ASKS_CHAT,
        **SHARED,
    ),
    persona(
        "grant_caller",
        "an imported endpoint",
        lambda s: RealTimeEndpoint.from_endpoint_name(s, "Endpoint", "Old").grant_caller(caller(s)),
        allow(*BOTH_WAYS, "sagemaker:InvokeEndpointAsync", on=OLD),
    ),
    persona(
        "grant_operator",
        "a real-time endpoint",
        lambda s: answering(s).grant_operator(caller(s)),
        *OPERATES_MODEL,
        **SERVED,
    ),
    persona(
        "grant_operator",
        "an endpoint whose updates alarms watch",
        lambda s: guarded(s).grant_operator(caller(s)),
        *OPERATES_MODEL,
        allow(
            "cloudwatch:DescribeAlarmHistory",
            "cloudwatch:DescribeAlarms",
            on=("<EndpointRollbackErrors.Arn>", "<EndpointRollbackLatency.Arn>"),
        ),
        **SERVED,
    ),
    persona(
        "grant_operator",
        "an imported endpoint whose alarms come later",
        operator_then_alarms,
        *OPERATES_OLD,
        allow(
            "cloudwatch:DescribeAlarmHistory",
            "cloudwatch:DescribeAlarms",
            on=("<EndpointAlarmsVariantsmainErrors.Arn>", "<EndpointAlarmsVariantsmainMemory.Arn>"),
        ),
    ),
    persona(
        "grant_operator",
        "an asynchronous endpoint",
        lambda s: queued(s).grant_operator(caller(s)),
        *OPERATES_MODEL,
        **QUEUED,
    ),
    persona(
        "grant_operator",
        "a component that is there",
        lambda s: component_then_caller(s, "grant_operator"),
        *OPERATES_CHAT,
        **SHARED,
    ),
    persona(
        "grant_operator",
        "a component of a model whose updates alarms watch",
        guarded_component,
        *OPERATES_CHAT,
        allow("sagemaker:DescribeModel", on="<Model>"),
        allow(
            "cloudwatch:DescribeAlarmHistory",
            "cloudwatch:DescribeAlarms",
            on=("<EndpointChatRollbackErrors.Arn>", "<EndpointChatRollbackLatency.Arn>"),
        ),
        EndpointRole=of_role(*COMPONENTS, *SERVES),
        **SERVED,
    ),
    persona(
        "grant_operator",
        "a component and its adapter that come later",
        with_adapter,
        *OPERATES_CHAT,
        allow("sagemaker:DescribeInferenceComponent", on="<EndpointChatLaw.InferenceComponentArn>"),
        **SHARED,
    ),
    persona(
        "grant_operator",
        "an imported endpoint",
        lambda s: RealTimeEndpoint.from_endpoint_name(s, "Endpoint", "Old").grant_operator(caller(s)),
        *OPERATES_OLD,
    ),
    persona(
        SCIENTIST,
        "a training job",
        lambda s: flow(s).grant_data_scientist(caller(s)),
        *STARTS,
        *OF_TRAINING,
        *RESULTS,
        allow("kms:Decrypt", on=KEY),
        **RUN,
    ),
    persona(
        SCIENTIST,
        "data of their own",
        lambda s: flow(s).grant_data_scientist(caller(s), data=[at("data"), at("notes")]),
        *STARTS,
        *OF_TRAINING,
        *RESULTS,
        *reads("data"),
        *writes("data"),
        *reads("notes"),
        *writes("notes"),
        **RUN,
    ),
    persona(
        SCIENTIST,
        "jobs of other kinds",
        lambda s: other_kinds(s).grant_data_scientist(caller(s)),
        *STARTS,
        *OTHER_KINDS,
        *reads("compiled"),
        *reads("out"),
        **RUN_OTHER_KINDS,
    ),
    persona(
        SCIENTIST,
        "results under a key of their own",
        lambda s: scored_under_another_key(s).grant_data_scientist(caller(s)),
        *STARTS,
        *watches("CompilationJob", "compilation-job", "CompilationJobs", "compile"),
        *reads("compiled", key=DISKS),
        CompileRole=of_role(*COMPILES, allow("kms:Decrypt", "kms:GenerateDataKey", on=DISKS)),
        FlowRole=of_role(WATCHED, *COMPILING, trusted=OF_STATES),
    ),
    persona(
        SCIENTIST,
        "a tuning job",
        lambda s: tuned(s).grant_data_scientist(caller(s)),
        *STARTS,
        *OF_TUNING,
        *TUNED,
        **RUN_TUNING,
    ),
    persona(
        WORKFLOW_OPERATOR,
        "a training job",
        lambda s: flow(s).grant_operator(caller(s)),
        *KEEPS,
        *OF_TRAINING,
        **RUN,
    ),
    with_queue(
        persona(
            WORKFLOW_OPERATOR,
            "a schedule and its queue, and alarms that come later",
            scheduled,
            *KEEPS,
            *OF_TRAINING,
            allow("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:PurgeQueue", "sqs:ReceiveMessage", on=QUEUE),
            allow("kms:Decrypt", on=DISKS, when={"StringEquals": {"kms:ViaService": "sqs.us-east-1.amazonaws.com"}}),
            allow(
                "cloudwatch:DescribeAlarmHistory",
                "cloudwatch:DescribeAlarms",
                on=tuple(
                    f"<FlowAlarms{id}.Arn>" for id in ("Failed", "TimedOut", "Aborted", "Throttled", "NotStarted")
                ),
            ),
            **RUN,
            **STARTER,
        )
    ),
    persona(
        WORKFLOW_OPERATOR,
        "jobs of other kinds",
        lambda s: other_kinds(s).grant_operator(caller(s)),
        *KEEPS,
        *OTHER_KINDS,
        **RUN_OTHER_KINDS,
    ),
    persona(
        WORKFLOW_OPERATOR,
        "a tuning job",
        lambda s: tuned(s).grant_operator(caller(s)),
        *KEEPS,
        *OF_TUNING,
        **RUN_TUNING,
    ),
]
