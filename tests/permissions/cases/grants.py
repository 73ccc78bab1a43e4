"""Every `grant_*`: what a caller gets, and nothing for anybody else."""

from collections.abc import Callable
from typing import Any

from constructs_lib import (
    ArtifactStore,
    AsyncEndpoint,
    Container,
    MultiContainerEndpoint,
    MultiContainerModel,
    MultiModel,
    MultiModelEndpoint,
    ProductionVariant,
    RealTimeEndpoint,
    TrainingWorkflow,
)
from tests.permissions.cases import Case
from tests.permissions.cases.endpoints import COMPONENTS, component, shared, variant
from tests.permissions.cases.foundation import KEY_POLICY, STORE
from tests.permissions.cases.jobs import SERVES
from tests.permissions.cases.models import container
from tests.permissions.cases.places import CPU, HERE, at, image, pulls, reads, reads_object, user, works, writes
from tests.permissions.cases.training import TRAINS, train
from tests.permissions.cases.workflow import OF_STATES, TRAINING, WATCHED
from tests.permissions.specification import Conditions, Role, Row, Specification, allow, trust
from tests.permissions.specification import role as of_role

OF_LAMBDA = (trust("lambda.amazonaws.com", {}),)


def grant(about: str, build: Callable[[Any], object], *rows: Row, **others: Role) -> Case:
    """The caller may do *rows* and nothing else; *others* are the roles of what is called."""
    return Case(
        construct=about,
        about="for one caller",
        build=build,
        specification=Specification(roles={"CallerRole": of_role(*rows, trusted=OF_LAMBDA), **others}),
    )


def asked_before_a_component(stack: Any) -> None:
    endpoint = shared(stack)
    endpoint.grant_invoke(caller(stack))
    component(endpoint, "Chat", "chat")


def caller(stack: Any) -> Any:
    return user(stack, "CallerRole")


def answering(stack: Any) -> RealTimeEndpoint:
    return RealTimeEndpoint(stack, "Endpoint", variants=[variant(stack)])


def queued(stack: Any) -> AsyncEndpoint:
    return AsyncEndpoint(stack, "Endpoint", variant=variant(stack), output=at("answers"))


def many(stack: Any) -> MultiModelEndpoint:
    model = MultiModel(stack, "Model", container=Container(image=image()), models=at("many"))
    return MultiModelEndpoint(stack, "Endpoint", variants=[ProductionVariant("main", model=model, instance_type=CPU)])


def direct(stack: Any) -> MultiContainerEndpoint:
    model = MultiContainerModel(stack, "Model", containers={"first": container("a"), "second": container("b")})
    return MultiContainerEndpoint(
        stack, "Endpoint", variants=[ProductionVariant("main", model=model, instance_type=CPU)]
    )


def flow(stack: Any) -> TrainingWorkflow:
    return TrainingWorkflow(stack, "Flow", steps=[train(stack)])


def reaching_store(about: str, build: Callable[[Any], object], *rows: Row) -> Case:
    """The caller may do *rows* in the bucket of a store; the policies of bucket and key stay as they are."""
    return Case(
        construct=f"ArtifactStore.{about}",
        about="for one caller",
        build=build,
        specification=Specification(
            roles={"CallerRole": of_role(*rows, trusted=OF_LAMBDA)},
            resources={"StoreKey": KEY_POLICY, **STORE},
        ),
    )


def on_endpoint(action: str, when: Conditions | None = None) -> Row:
    return allow(f"sagemaker:{action}", on="<Endpoint>", when=when)


SERVED = {"ModelRole": of_role(*SERVES)}
QUEUED = {"ModelRole": of_role(*SERVES, *writes("answers"))}
MANY = {"ModelRole": of_role(*works("Endpoints"), *pulls(), *reads("many"))}
DIRECT = {
    "ModelRole": of_role(
        *works("Endpoints"), *pulls(), *reads_object("models/a.tar.gz"), *reads_object("models/b.tar.gz")
    )
}
SHARED = {"EndpointRole": of_role(*COMPONENTS, *pulls(), *reads_object("models/chat.tar.gz"))}
RUN = {"JobRole": of_role(*TRAINS), "FlowRole": of_role(WATCHED, *TRAINING, trusted=OF_STATES)}
CHAT = ("<Endpoint>", "<EndpointChat.InferenceComponentArn>")
EXECUTIONS = f"arn:aws:states:{HERE}:execution:<Flow.Name>:*"

CASES = [
    grant("grant_invoke", lambda s: answering(s).grant_invoke(caller(s)), on_endpoint("InvokeEndpoint"), **SERVED),
    grant(
        "grant_invoke_with_response_stream",
        lambda s: answering(s).grant_invoke_with_response_stream(caller(s)),
        on_endpoint("InvokeEndpointWithResponseStream"),
        **SERVED,
    ),
    grant(
        "grant_invoke_async",
        lambda s: queued(s).grant_invoke_async(caller(s)),
        on_endpoint("InvokeEndpointAsync"),
        **QUEUED,
    ),
    grant(
        "grant_describe", lambda s: answering(s).grant_describe(caller(s)), on_endpoint("DescribeEndpoint"), **SERVED
    ),
    grant(
        "grant_shift_traffic",
        lambda s: answering(s).grant_shift_traffic(caller(s)),
        on_endpoint("UpdateEndpointWeightsAndCapacities"),
        **SERVED,
    ),
    grant(
        "grant_invoke_model",
        lambda s: many(s).grant_invoke_model(caller(s), "a.tar.gz", "team/*"),
        on_endpoint("InvokeEndpoint", {"StringLike": {"sagemaker:TargetModel": ["a.tar.gz", "team/*"]}}),
        **MANY,
    ),
    grant(
        "EndpointContainer.grant_invoke",
        lambda s: direct(s).container("first").grant_invoke(caller(s)),
        on_endpoint("InvokeEndpoint", {"StringEquals": {"sagemaker:TargetContainerHostname": "first"}}),
        **DIRECT,
    ),
    grant(
        "InferenceComponent.grant_invoke",
        lambda s: component(shared(s), "Chat", "chat").grant_invoke(caller(s)),
        allow("sagemaker:InvokeEndpoint", on=CHAT),
        **SHARED,
    ),
    grant(
        "InferenceComponent.grant_invoke_with_response_stream",
        lambda s: component(shared(s), "Chat", "chat").grant_invoke_with_response_stream(caller(s)),
        allow("sagemaker:InvokeEndpointWithResponseStream", on=CHAT),
        **SHARED,
    ),
    grant(
        "InferenceComponentEndpoint.grant_invoke",
        lambda s: asked_before_a_component(s),
        allow("sagemaker:InvokeEndpoint", on="<Endpoint>"),
        allow("sagemaker:InvokeEndpoint", on=CHAT),
        **SHARED,
    ),
    grant(
        "imported endpoint: grant_invoke",
        lambda s: RealTimeEndpoint.from_endpoint_name(s, "Endpoint", "Old").grant_invoke(caller(s)),
        allow("sagemaker:InvokeEndpoint", on=f"arn:aws:sagemaker:{HERE}:endpoint/old"),
    ),
    grant(
        "TrainingWorkflow.grant_start_execution",
        lambda s: flow(s).grant_start_execution(caller(s)),
        allow("states:StartExecution", on="<Flow.Arn>"),
        **RUN,
    ),
    grant(
        "TrainingWorkflow.grant_stop",
        lambda s: flow(s).grant_stop(caller(s)),
        allow("states:StopExecution", on=EXECUTIONS),
        **RUN,
    ),
    grant(
        "TrainingWorkflow.grant_redrive",
        lambda s: flow(s).grant_redrive(caller(s)),
        allow("states:RedriveExecution", on=EXECUTIONS),
        **RUN,
    ),
    grant(
        "Job.grant_stop",
        lambda s: train(s).grant_stop(caller(s)),
        allow("sagemaker:StopTrainingJob", on=f"arn:aws:sagemaker:{HERE}:training-job/job-*"),
        JobRole=of_role(*TRAINS),
    ),
    reaching_store(
        "grant_read",
        lambda s: ArtifactStore(s, "Store").grant_read(caller(s), "async/out"),
        *reads("async/out", bucket="<StoreBucket.Arn>", key="<StoreKey.Arn>"),
    ),
    reaching_store(
        "grant_write",
        lambda s: ArtifactStore(s, "Store").grant_write(caller(s), "async/in"),
        *writes("async/in", bucket="<StoreBucket.Arn>", key="<StoreKey.Arn>"),
    ),
]
