"""Endpoints: what the roles of their models write, and what components share."""

from collections.abc import Callable
from typing import Any

from constructs_lib import (
    AsyncEndpoint,
    ComponentSpecification,
    ComponentVariant,
    ComputeRequirements,
    Container,
    DataCapture,
    InferenceComponentEndpoint,
    InferencePipelineEndpoint,
    Model,
    MultiContainerEndpoint,
    MultiContainerModel,
    MultiModel,
    MultiModelEndpoint,
    PipelineModel,
    ProductionVariant,
    RealTimeEndpoint,
    ServerlessEndpoint,
    ServerlessVariant,
)
from tests.permissions.cases import Case
from tests.permissions.cases.foundation import KEY_POLICY
from tests.permissions.cases.jobs import SERVES, served
from tests.permissions.cases.places import (
    CPU,
    OPEN,
    at,
    image,
    joins_network,
    key_of_disks,
    network,
    pulls,
    reads,
    reads_object,
    thing,
    unencrypted,
    works,
    writes,
)
from tests.permissions.cases.workflow import topic
from tests.permissions.specification import Row, Specification, allow
from tests.permissions.specification import role as of_role


def variant(stack: Any, **changes: Any) -> ProductionVariant:
    return ProductionVariant("main", model=served(stack), instance_type=CPU, **changes)


def real_time(about: str, build: Callable[[Any], object], *rows: Row, **more: tuple[Row, ...]) -> Case:
    return Case(
        construct="RealTimeEndpoint",
        about=about,
        build=build,
        specification=Specification(
            roles={"ModelRole": of_role(*SERVES, *rows), **{name: of_role(*its) for name, its in more.items()}}
        ),
    )


def archive(name: str) -> Container:
    return Container(image=image(), artifact=thing(f"models/{name}.tar.gz"))


def kind(endpoint: Any, model: Callable[[Any], Any], *rows: Row) -> Case:
    """An endpoint of a kind of model, with all that its role may write: capture and core dumps."""
    return Case(
        construct=endpoint.__name__,
        about="capture and core dumps",
        build=lambda stack: endpoint(
            stack,
            "Endpoint",
            variants=[ProductionVariant("main", model=model(stack), instance_type=CPU, core_dumps=at("dumps"))],
            capture=DataCapture(location=at("capture")),
        ),
        specification=Specification(
            roles={
                "ModelRole": of_role(*pulls(), *works("Endpoints"), *rows, *writes("dumps"), *writes("capture")),
            }
        ),
    )


def two_variants(stack: Any) -> RealTimeEndpoint:
    other = Model(stack, "Other", container=Container(image=image()))
    return RealTimeEndpoint(
        stack,
        "Endpoint",
        variants=[
            variant(stack, core_dumps=at("dumps")),
            ProductionVariant("second", model=other, instance_type=CPU),
        ],
        capture=DataCapture(location=at("capture")),
    )


def queue(about: str, make: Callable[[Any], dict[str, Any]], *rows: Row, **resources: tuple[Row, ...]) -> Case:
    return Case(
        construct="AsyncEndpoint",
        about=about,
        build=lambda stack: AsyncEndpoint(
            stack, "Endpoint", **{"variant": variant(stack), "output": at("answers"), **make(stack)}
        ),
        specification=Specification(
            roles={"ModelRole": of_role(*SERVES, *writes("answers"), *rows)}, resources=resources
        ),
    )


COMPONENTS = works("InferenceComponents")


def shared(stack: Any, **changes: Any) -> InferenceComponentEndpoint:
    return InferenceComponentEndpoint(stack, "Endpoint", variant=ComponentVariant("main", CPU), **changes)


def component(endpoint: InferenceComponentEndpoint, id: str, name: str) -> Any:
    container = Container(image=image(), artifact=thing(f"models/{name}.tar.gz"))
    specification = ComponentSpecification(model=container, compute=ComputeRequirements(min_memory_mb=1024))
    return endpoint.add_component(id, specification=specification, inference_component_name=id)


def adapted(stack: Any) -> object:
    base = component(shared(stack, network=network(stack)), "Chat", "chat")
    return [base.add_adapter(name, artifact=thing(f"adapters/{name.lower()}.tar.gz")) for name in ("Law", "Tax")]


def of_model(stack: Any) -> object:
    specification = ComponentSpecification(model=served(stack), compute=ComputeRequirements(min_memory_mb=1024))
    return shared(stack).add_component("Chat", specification=specification)


def components(about: str, build: Callable[[Any], object], *rows: Row, **more: tuple[Row, ...]) -> Case:
    return Case(
        construct="InferenceComponentEndpoint",
        about=about,
        build=build,
        specification=Specification(
            roles={"EndpointRole": of_role(*COMPONENTS, *rows), **{name: of_role(*its) for name, its in more.items()}}
        ),
    )


PUBLISHES = allow("sns:Publish", on="<Topic>")

CASES = [
    real_time("nothing but a model", lambda stack: RealTimeEndpoint(stack, "Endpoint", variants=[variant(stack)])),
    real_time(
        # The disks are opened in the name of whoever deploys, not by the role of the model.
        "encrypted disks",
        lambda stack: RealTimeEndpoint(stack, "Endpoint", variants=[variant(stack)], key=key_of_disks(stack)),
    ),
    real_time(
        "capture",
        lambda stack: RealTimeEndpoint(
            stack, "Endpoint", variants=[variant(stack)], capture=DataCapture(location=at("capture"))
        ),
        *writes("capture"),
    ),
    real_time(
        "core dumps without a key",
        lambda stack: RealTimeEndpoint(stack, "Endpoint", variants=[variant(stack, core_dumps=unencrypted("dumps"))]),
        *writes("dumps", OPEN, None),
    ),
    real_time(
        "two variants, one with core dumps, and capture",
        two_variants,
        *writes("dumps"),
        *writes("capture"),
        OtherRole=(*pulls(), *works("Endpoints"), *writes("capture")),
    ),
    real_time(
        "scaling, which Application Auto Scaling does under a role of its own",
        lambda stack: (
            RealTimeEndpoint(stack, "Endpoint", variants=[variant(stack)])
            .auto_scale("main", min_capacity=1, max_capacity=2)
            .scale_on_invocations(per_minute=60)
        ),
    ),
    kind(
        MultiModelEndpoint,
        lambda stack: MultiModel(stack, "Model", container=Container(image=image()), models=at("many")),
        *reads("many"),
    ),
    kind(
        MultiContainerEndpoint,
        lambda stack: MultiContainerModel(stack, "Model", containers={"a": archive("a"), "b": archive("b")}),
        *reads_object("models/a.tar.gz"),
        *reads_object("models/b.tar.gz"),
    ),
    kind(
        InferencePipelineEndpoint,
        lambda stack: PipelineModel(stack, "Model", containers=[archive("a"), archive("b")]),
        *reads_object("models/a.tar.gz"),
        *reads_object("models/b.tar.gz"),
    ),
    Case(
        construct="ServerlessEndpoint",
        about="a model",
        build=lambda stack: ServerlessEndpoint(
            stack,
            "Endpoint",
            variant=ServerlessVariant(
                "main", served(stack, network_isolation=False), memory_mb=2048, max_concurrency=5
            ),
        ),
        specification=Specification(roles={"ModelRole": of_role(*SERVES)}),
    ),
    queue("an output", lambda stack: {}),
    queue("inputs", lambda stack: {"inputs": at("questions")}, *reads("questions")),
    queue("failures", lambda stack: {"failures": at("failed")}, *writes("failed")),
    queue("one topic", lambda stack: {"success_topic": topic(stack)}, PUBLISHES),
    queue(
        "two topics, one encrypted",
        lambda stack: {"success_topic": topic(stack), "error_topic": topic(stack, "Bad", encrypted=True)},
        PUBLISHES,
        allow("sns:Publish", on="<Bad>"),
        allow("kms:Decrypt", "kms:GenerateDataKey", on="<BadKey.Arn>"),
        BadKey=KEY_POLICY[:1],
    ),
    queue("capture", lambda stack: {"capture": DataCapture(location=at("capture"))}, *writes("capture")),
    queue(
        "everything together",
        lambda stack: {
            "inputs": at("questions"),
            "failures": at("failed"),
            "success_topic": topic(stack),
            "error_topic": topic(stack, "Bad"),
            "capture": DataCapture(location=at("capture")),
            "key": key_of_disks(stack),
        },
        *reads("questions"),
        *writes("failed"),
        PUBLISHES,
        allow("sns:Publish", on="<Bad>"),
        *writes("capture"),
    ),
    components("no component yet", shared),
    components("a network", lambda stack: shared(stack, network=network(stack)), *joins_network()),
    components(
        "a container",
        lambda stack: component(shared(stack), "Chat", "chat"),
        *pulls(),
        *reads_object("models/chat.tar.gz"),
    ),
    components(
        "two containers",
        lambda stack: (lambda endpoint: [component(endpoint, name, name.lower()) for name in ("Chat", "Rank")])(
            shared(stack)
        ),
        *pulls(),
        *reads_object("models/chat.tar.gz"),
        *reads_object("models/rank.tar.gz"),
    ),
    components(
        "a container with two adapters, in a network",
        adapted,
        *pulls(),
        *reads_object("models/chat.tar.gz"),
        *reads_object("adapters/law.tar.gz"),
        *reads_object("adapters/tax.tar.gz"),
        *joins_network(),
    ),
    # The endpoint's role runs the container of the model, whose own role does nothing for it.
    components("a model", of_model, *SERVES, ModelRole=SERVES),
]
