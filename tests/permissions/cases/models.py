"""Models of each kind, and of each kind of artifact."""

from collections.abc import Callable
from typing import Any

from constructs_lib import (
    Container,
    Model,
    ModelArtifact,
    ModelPackage,
    MultiContainerModel,
    MultiModel,
    PipelineModel,
)
from tests.permissions.cases import Case
from tests.permissions.cases.places import (
    HERE,
    OPEN,
    at,
    image,
    joins_network,
    network,
    pulls,
    reads,
    reads_object,
    role,
    thing,
    unencrypted,
    works,
)
from tests.permissions.cases.training import IMAGES
from tests.permissions.specification import Row, Specification
from tests.permissions.specification import role as of_role

SERVES = works("Endpoints")
ARCHIVE = thing("models/m.tar.gz")
HUB_CONTENT = f"arn:aws:sagemaker:{HERE}:hub-content/mine/ModelReference/llama/1"


def model(about: str, container: Callable[[Any], Container], *rows: Row, **changes: Any) -> Case:
    return Case(
        construct="Model",
        about=about,
        build=lambda stack: Model(stack, "Model", container=container(stack), **changes),
        specification=Specification(roles={"ModelRole": of_role(*SERVES, *rows)}),
    )


def other(construct: str, about: str, build: Callable[[Any], object], *rows: Row) -> Case:
    return Case(
        construct=construct,
        about=about,
        build=build,
        specification=Specification(roles={"ModelRole": of_role(*SERVES, *rows)}),
    )


def container(name: str) -> Container:
    return Container(image=image(), artifact=thing(f"models/{name}.tar.gz"))


CASES = [
    model("an image alone", lambda stack: Container(image=image()), *pulls()),
    model("an archive", lambda stack: container("m"), *pulls(), *reads_object("models/m.tar.gz")),
    model(
        "a folder", lambda stack: Container(image=image(), artifact=at("models/now")), *pulls(), *reads("models/now")
    ),
    model(
        "a folder without a key",
        lambda stack: Container(image=image(), artifact=unencrypted("now")),
        *pulls(),
        *reads("now", OPEN, None),
    ),
    model(
        "one file as it is",
        lambda stack: Container(image=image(), artifact=ModelArtifact.from_object(thing("models/m.bin"))),
        *pulls(),
        *reads_object("models/m.bin"),
    ),
    model(
        "an archive with an ETag and a licence",
        lambda stack: Container(image=image(), artifact=ModelArtifact.from_archive(ARCHIVE, accept_eula=True)),
        *pulls(),
        *reads_object("models/m.tar.gz"),
    ),
    model(
        "a package that the account has",
        lambda stack: Container.from_model_package(f"arn:aws:sagemaker:{HERE}:model-package/cats/3"),
    ),
    model(
        "a package with its image and its archive",
        lambda stack: Container.from_model_package(
            ModelPackage.from_name(f"arn:aws:sagemaker:{HERE}:model-package/cats/3", image=image(), artifact=ARCHIVE)
        ),
        *pulls(),
        *reads_object("models/m.tar.gz"),
    ),
    model(
        "a product of the Marketplace",
        lambda stack: Container.from_model_package(
            ModelPackage.from_marketplace_arn("arn:aws:sagemaker:us-east-1:865070037744:model-package/best")
        ),
        network_isolation=True,
    ),
    *(
        model(f"image: {name}", lambda stack, make=make: Container(image=make(stack)["image"]), *rows)
        for name, (make, rows) in IMAGES.items()
        if name in ("built in", "a repository")
    ),
    other(
        "Model",
        "a network",
        lambda stack: Model(stack, "Model", container=container("m"), network=network(stack)),
        *pulls(),
        *reads_object("models/m.tar.gz"),
        *joins_network(),
    ),
    Case(
        construct="Model",
        about="two models under one role of the user's",
        build=lambda stack: [
            Model(stack, name, container=container(name.lower()), role=role(stack)) for name in ("One", "Two")
        ],
        specification=Specification(
            loose={
                "OnePolicy": (*SERVES, *pulls(), *reads_object("models/one.tar.gz")),
                "TwoPolicy": (*SERVES, *pulls(), *reads_object("models/two.tar.gz")),
            }
        ),
    ),
    other(
        "MultiModel",
        "a prefix of archives",
        lambda stack: MultiModel(stack, "Model", container=Container(image=image()), models=at("many")),
        *pulls(),
        *reads("many"),
    ),
    other(
        "MultiModel",
        "a prefix of archives, in a network",
        lambda stack: MultiModel(
            stack, "Model", container=Container(image=image()), models=at("many"), network=network(stack)
        ),
        *pulls(),
        *reads("many"),
        *joins_network(),
    ),
    other(
        "PipelineModel",
        "two containers",
        lambda stack: PipelineModel(stack, "Model", containers=[container("a"), container("b")]),
        *pulls(),
        *reads_object("models/a.tar.gz"),
        *reads_object("models/b.tar.gz"),
    ),
    other(
        "MultiContainerModel",
        "two containers",
        lambda stack: MultiContainerModel(stack, "Model", containers={"a": container("a"), "b": container("b")}),
        *pulls(),
        *reads_object("models/a.tar.gz"),
        *reads_object("models/b.tar.gz"),
    ),
]
