"""References in combinations: any two of a construct stand together in one of them, and one without the other.

What a job may do is what its references allow, each by itself. That they do not change each other's rights is the claim
that is tested here. All subsets of twenty references would be a million stacks; eleven are enough to part any two.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from constructs_lib import (
    AsyncEndpoint,
    BatchDataCapture,
    ClarifyProcessingJob,
    CompilationJob,
    DataCapture,
    Mlflow,
    Model,
    ProcessingCluster,
    ProcessingInput,
    ProcessingJob,
    ProcessingOutput,
    ProcessingScript,
    ProductionVariant,
    RealTimeEndpoint,
    ServerlessTrainingJob,
    TrainingWorkflow,
    TransformInput,
    TransformJob,
    TransformOutput,
)
from tests.permissions.cases import Case, endpoints, jobs, models, places, training, workflow
from tests.permissions.cases.places import CPU, KEY, OPEN, at, thing, unencrypted
from tests.permissions.specification import Opening, Row, Specification, allow
from tests.permissions.specification import role as of_role

Make = Callable[[Any], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One thing that a construct may be given.

    Attributes:
        name: In the words of the cases.
        make: Its arguments; lists of several references are joined.
        rows: What it allows the role of the construct.
        groups: Rules that it adds to security groups.
    """

    name: str
    make: Make
    rows: tuple[Row, ...] = ()
    groups: Mapping[str, tuple[Opening, ...]] | None = None


# Things of which a construct takes one at most.
Slot = tuple[Reference, ...]
Chosen = Mapping[str, Reference]


def combinations(slots: Sequence[Slot]) -> Iterator[Chosen]:
    """All slots, then those whose number has a bit and those whose number has it not: any two numbers differ in one."""
    bits = (len(slots) - 1).bit_length()
    marks = [bit if which else ~bit for bit in (1 << each for each in range(bits)) for which in (True, False)]
    turns = [cycle(slot) for slot in slots]
    for taken in (lambda number: True, *map(_with, marks)):
        chosen = (next(turn) for number, turn in enumerate(turns) if taken(number))
        yield {reference.name: reference for reference in chosen}


def _with(mark: int) -> Callable[[int], bool]:
    return (lambda number: not number & ~mark) if mark < 0 else (lambda number: bool(number & mark))


def one(name: str, make: Make, *rows: Row, **more: Any) -> Slot:
    return (Reference(name=name, make=make, rows=rows, **more),)


def joined(stack: Any, chosen: Chosen) -> dict[str, Any]:
    """The arguments of all references."""
    arguments: dict[str, Any] = {}
    for reference in chosen.values():
        for name, value in reference.make(stack).items():
            arguments[name] = [*arguments.get(name, []), *value] if isinstance(value, list) else value
    return arguments


def network(stack: Any) -> Any:
    """One for all references that need it."""
    return stack.node.try_find_child("Network") or places.network(stack)


def cases(
    construct: Any,
    slots: Sequence[Slot],
    build: Callable[[Any, dict[str, Any]], object],
    always: Callable[[Chosen], tuple[Row, ...]],
    role: str = "JobRole",
) -> list[Case]:
    """The combinations of a construct with one role: *always* gives the rights that no one reference brings along."""
    found = []
    for chosen in combinations(slots):
        groups: dict[str, tuple[Opening, ...]] = {}
        for reference in chosen.values():
            groups |= reference.groups or {}
        rows = (*always(chosen), *(row for reference in chosen.values() for row in reference.rows))
        specification = Specification(roles={role: of_role(*rows)}, groups=groups)
        found.append(_case(construct, chosen, build, specification))
    return found


def _case(
    construct: Any, chosen: Chosen, build: Callable[[Any, dict[str, Any]], object], specification: Specification
) -> Case:
    return Case(
        construct=construct.__name__,
        about=f"together: {', '.join(chosen)}",
        build=lambda stack: build(stack, joined(stack, chosen)),
        specification=specification,
        mixed=True,
    )


NETWORK = one("a network", lambda stack: {"network": network(stack)}, *places.joins_network())
DISKS = one("encrypted disks", lambda stack: {"key": places.key_of_disks(stack)}, *places.uses_disks())


def disks_of(chosen: Chosen, *encrypted: str) -> tuple[Row, ...]:
    """The key of the disks where none is given: that of what is written, if that has one."""
    given = "encrypted disks" in chosen or not any(name in chosen for name in encrypted)
    return () if given else places.uses_disks(KEY)


# --- training ---------------------------------------------------------------------------------------------------------


def _mount(name: str) -> Reference:
    make, rows = training.MOUNTS[name]
    return Reference(
        name=name,
        make=lambda stack: {"channels": [make(stack)], "network": network(stack)},
        rows=(*rows, *places.joins_network()),
        groups=training.GROUPS[name],
    )


def _other(name: str) -> Reference:
    make, rows = training.OTHERS[name]
    return Reference(name=name, make=make, rows=rows)


def _image(name: str) -> Reference:
    make, rows = training.IMAGES[name]
    return Reference(
        name=f"image: {name}",
        make=lambda stack: {**make(stack), "network": network(stack)} if "private" in name else make(stack),
        rows=rows,
    )


TRAINING: list[Slot] = [
    *(
        one(f"channel: {name}", lambda stack, make=make: {"channels": [make(stack)]}, *rows)
        for name, (make, rows) in training.CHANNELS.items()
    ),
    (_mount("EFS"), _mount("EFS to write")),
    (_mount("FSx for Lustre"),),
    (_other("checkpoints"), _other("spot with checkpoints")),
    DISKS,
    NETWORK,
    (_other("MLflow"),),
    (_other("TensorBoard"),),
    (_other("a package to make"), _other("a package to go on from")),
    (_other("a debugger with a rule"),),
    (_other("a profiler with a rule"),),
    (_other("a shell"),),
    (_other("a script"),),
    (_image("a repository"), _image("a public registry")),
]


def _train(stack: Any, arguments: dict[str, Any]) -> object:
    return training.train(stack, **arguments)


def _trains(chosen: Chosen) -> tuple[Row, ...]:
    own_image = not any(name.startswith("image: ") for name in chosen)
    return (
        *(places.pulls() if own_image else ()),
        *places.writes("models"),
        *places.works("TrainingJobs"),
        *(() if "encrypted disks" in chosen else places.uses_disks(KEY)),
    )


SERVERLESS: list[Slot] = [
    (
        Reference(
            name="a function that scores",
            make=lambda stack: training._scored(training.SCORER),
            rows=(allow("lambda:InvokeFunction", on=training.SCORER),),
        ),
    ),
    one(
        "a channel", lambda stack: {"channels": [training.Channel.from_s3("train", at("data"))]}, *places.reads("data")
    ),
    one("MLflow", lambda stack: {"mlflow": Mlflow(resource_arn=training.APP)}, *training.OTHERS["MLflow"][1]),
    NETWORK,
    (_other("a package to go on from"),),
]


def _fine_tune(stack: Any, arguments: dict[str, Any]) -> object:
    return ServerlessTrainingJob(stack, "Job", **{"job": training.FINE_TUNED, "output": at("models"), **arguments})


# --- the other jobs ---------------------------------------------------------------------------------------------------

FEATURES = allow(
    "sagemaker:DescribeFeatureGroup", "sagemaker:PutRecord", on=f"arn:aws:sagemaker:{places.HERE}:feature-group/cats"
)
PROCESSING: list[Slot] = [
    one("input: a prefix", lambda stack: {"inputs": [ProcessingInput.from_s3("raw", at("raw"))]}, *places.reads("raw")),
    one(
        "input: a prefix without a key",
        lambda stack: {"inputs": [ProcessingInput.from_s3("free", unencrypted("raw"))]},
        *places.reads("raw", OPEN, None),
    ),
    one(
        "input: one object",
        lambda stack: {"inputs": [ProcessingInput.from_s3("list", thing("lists/all.csv"))]},
        *places.reads_object("lists/all.csv", listed=True),
    ),
    one(
        "input: a manifest",
        lambda stack: {"inputs": [ProcessingInput.from_manifest("many", thing("m/all"), [at("a"), at("b")])]},
        *places.reads_object("m/all", listed=True),
        *places.reads("a"),
        *places.reads("b"),
    ),
    (
        Reference(
            name="input: Athena, tables in S3",
            make=lambda stack: {"inputs": [jobs.athena(tables_location=at("tables"))]},
            rows=(*jobs.ASKS_ATHENA, *places.reads("tables")),
        ),
        Reference(name="input: Athena", make=lambda stack: {"inputs": [jobs.athena()]}, rows=jobs.ASKS_ATHENA),
    ),
    one("input: Redshift", lambda stack: {"inputs": [jobs.REDSHIFT_INPUT]}, *jobs.ASKS_REDSHIFT),
    one(
        "output: a prefix",
        lambda stack: {"outputs": [ProcessingOutput.to_s3("ready", at("ready"))]},
        *places.writes("ready"),
    ),
    one(
        "output: a prefix without a key",
        lambda stack: {"outputs": [ProcessingOutput.to_s3("left", unencrypted("left"))]},
        *places.writes("left", OPEN, None),
    ),
    one(
        "output: a feature group",
        lambda stack: {"outputs": [ProcessingOutput.to_feature_store("cats", "Cats")]},
        FEATURES,
    ),
    DISKS,
    NETWORK,
    one(
        "a script",
        lambda stack: {"script": ProcessingScript(path=jobs.PREPARE, entry_point="prepare.py")},
        allow("s3:GetObject", on=f"{jobs.ASSETS}/<hash>.zip"),
        allow("s3:ListBucket", on=jobs.ASSETS, when={"StringEquals": {"s3:prefix": "<hash>.zip"}}),
    ),
]


def _process(stack: Any, arguments: dict[str, Any]) -> object:
    base = {"image": places.image(), "cluster": ProcessingCluster.of(CPU)}
    return ProcessingJob(stack, "Job", **{**base, **arguments})


CLARIFY: list[Slot] = [
    one(
        "one object",
        lambda stack: {"dataset": thing("data/test.csv")},
        *places.reads_object("data/test.csv", listed=True),
    ),
    one(
        "another input",
        lambda stack: {"extra_inputs": [ProcessingInput.from_s3("more", at("more"))]},
        *places.reads("more"),
    ),
    DISKS,
    NETWORK,
]


def _explain(stack: Any, arguments: dict[str, Any]) -> object:
    base = {
        "cluster": ProcessingCluster.of(CPU),
        "analysis_config": thing("clarify/analysis_config.json"),
        "dataset": at("data/test"),
        "output": at("explained"),
        "image": places.image(),
    }
    return ClarifyProcessingJob(stack, "Job", **{**base, **arguments})


def _explains(chosen: Chosen) -> tuple[Row, ...]:
    return (
        *jobs.PROCESSES,
        *places.reads_object("clarify/analysis_config.json", listed=True),
        *places.writes("explained"),
        *(() if "one object" in chosen else places.reads("data/test")),
        *(() if "encrypted disks" in chosen else places.uses_disks(KEY)),
    )


TRANSFORM: list[Slot] = [
    (
        Reference(
            name="one object",
            make=lambda stack: {"input": TransformInput.from_s3(thing("in/list.csv"))},
            rows=places.reads_object("in/list.csv", listed=True),
        ),
        Reference(
            name="a manifest",
            make=lambda stack: {"input": TransformInput.from_manifest(thing("in/all"), [at("a"), at("b")])},
            rows=(*places.reads_object("in/all", listed=True), *places.reads("a"), *places.reads("b")),
        ),
    ),
    one(
        "an output without a key",
        lambda stack: {"output": TransformOutput(location=unencrypted("out"))},
        *places.writes("out", OPEN, None),
    ),
    one(
        "capture",
        lambda stack: {"data_capture": BatchDataCapture(location=at("captured"))},
        *places.writes("captured"),
    ),
    DISKS,
]


def _score(stack: Any, arguments: dict[str, Any]) -> object:
    base = {
        "model": jobs.served(stack),
        "input": TransformInput.from_s3(at("in")),
        "output": TransformOutput(location=at("out")),
        "instance_type": CPU,
    }
    return TransformJob(stack, "Job", **{**base, **arguments})


def _scores(chosen: Chosen) -> tuple[Row, ...]:
    own_output = "an output without a key" not in chosen
    return (
        *jobs.SERVES,
        *jobs.SCORES,
        *(() if {"one object", "a manifest"} & set(chosen) else places.reads("in")),
        *(places.writes("out") if own_output else ()),
        *(places.uses_disks(KEY) if own_output and "encrypted disks" not in chosen else ()),
    )


COMPILATION: list[Slot] = [
    one(
        "a model package",
        lambda stack: {"input": jobs.CompilationInput.from_model_package(jobs.PACKAGE)},
        allow("sagemaker:DescribeModelPackage", on=jobs.PACKAGE),
    ),
    one(
        "a key",
        lambda stack: {"key": places.key_of_disks(stack)},
        allow("kms:Decrypt", "kms:GenerateDataKey", on=places.DISKS),
    ),
    NETWORK,
]


def _compile(stack: Any, arguments: dict[str, Any]) -> object:
    base = {
        "input": jobs.CompilationInput.from_artifact(
            thing("models/m.tar.gz"), jobs.CompilationFramework.XGBOOST, data_input_config="{}"
        ),
        "output": at("compiled"),
        "target": jobs.CompilationTarget.device("ml_c5"),
    }
    return CompilationJob(stack, "Job", **{**base, **arguments})


def _compiles(chosen: Chosen) -> tuple[Row, ...]:
    archive = () if "a model package" in chosen else places.reads_object("models/m.tar.gz")
    return (*places.works("CompilationJobs"), *places.writes("compiled"), *archive)


# --- models and endpoints ---------------------------------------------------------------------------------------------

MODELS: list[Slot] = [
    (
        Reference(
            name="an archive",
            make=lambda stack: {"artifact": thing("models/m.tar.gz")},
            rows=places.reads_object("models/m.tar.gz"),
        ),
        Reference(name="a folder", make=lambda stack: {"artifact": at("models/now")}, rows=places.reads("models/now")),
    ),
    (_image("a repository"), _image("built in")),
    NETWORK,
]


def _model(stack: Any, arguments: dict[str, Any]) -> object:
    of_model = {name: arguments[name] for name in ("network",) if name in arguments}
    of_container = {name: value for name, value in arguments.items() if name not in of_model}
    container = models.Container(**{"image": places.image(), **of_container})
    return Model(stack, "Model", container=container, **of_model)


def _serves(chosen: Chosen) -> tuple[Row, ...]:
    own_image = not any(name.startswith("image: ") for name in chosen)
    return (*places.works("Endpoints"), *(places.pulls() if own_image else ()))


HOSTING: list[Slot] = [
    one("capture", lambda stack: {"capture": DataCapture(location=at("capture"))}, *places.writes("capture")),
    one("core dumps", lambda stack: {"core_dumps": at("dumps")}, *places.writes("dumps")),
    # What opens the disks of an endpoint is whoever deploys it.
    one("encrypted disks", lambda stack: {"key": places.key_of_disks(stack)}),
    NETWORK,
]
QUEUE: list[Slot] = [
    *HOSTING,
    one("inputs", lambda stack: {"inputs": at("questions")}, *places.reads("questions")),
    one("failures", lambda stack: {"failures": at("failed")}, *places.writes("failed")),
    one("a topic of successes", lambda stack: {"success_topic": workflow.topic(stack)}, endpoints.PUBLISHES),
    one(
        "a topic of errors",
        lambda stack: {"error_topic": workflow.topic(stack, "Bad")},
        allow("sns:Publish", on="<Bad>"),
    ),
]


def _variant(stack: Any, arguments: dict[str, Any]) -> ProductionVariant:
    of_model = {name: arguments.pop(name) for name in ("network",) if name in arguments}
    of_variant = {name: arguments.pop(name) for name in ("core_dumps",) if name in arguments}
    return ProductionVariant("main", model=jobs.served(stack, **of_model), instance_type=CPU, **of_variant)


def _host(stack: Any, arguments: dict[str, Any]) -> object:
    return RealTimeEndpoint(stack, "Endpoint", variants=[_variant(stack, arguments)], **arguments)


def _queue(stack: Any, arguments: dict[str, Any]) -> object:
    variant = _variant(stack, arguments)
    return AsyncEndpoint(stack, "Endpoint", variant=variant, **{"output": at("answers"), **arguments})


# --- workflows --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Around(Reference):
    """What a workflow is given.

    Attributes:
        roles: Roles besides that of the workflow.
        resources: Policies of resources.
    """

    roles: Mapping[str, tuple[Row, ...]] | None = None
    resources: Mapping[str, tuple[Row, ...]] | None = None


def _around(name: str, make: Make, *rows: Row, **more: Any) -> Slot:
    return (Around(name=name, make=make, rows=rows, **more),)


WORKFLOW: list[Slot] = [
    _around(
        "a training job",
        lambda stack: {"steps": [training.train(stack)]},
        *workflow.TRAINING,
        roles={"JobRole": training.TRAINS},
    ),
    _around(
        "a processing job",
        lambda stack: {"steps": [workflow.prepare(stack)]},
        *workflow.PREPARING,
        roles={"PrepareRole": jobs.PROCESSES},
    ),
    _around(
        "a compilation job",
        lambda stack: {"steps": [workflow.compile_(stack)]},
        *workflow.COMPILING,
        roles={"CompileRole": workflow.COMPILES},
    ),
    _around(
        "a transform job",
        lambda stack: {"steps": [workflow.score(stack)]},
        *workflow.SCORING,
        roles={"ModelRole": workflow.SCORED},
    ),
    _around(
        "a model to make",
        lambda stack: {"steps": workflow.made(stack)},
        *workflow.MAKES,
        roles={"MakeRole": (*places.pulls(), *places.works("Endpoints"), *places.reads_object("models/m.tar.gz"))},
    ),
    _around(
        "a topic of failures",
        lambda stack: {"notify_failure": workflow.topic(stack, "Bad")},
        resources={"Bad": (workflow.told("Bad"),)},
    ),
    _around(
        "an encrypted topic of successes",
        lambda stack: {"notify_success": workflow.topic(stack, "Good", encrypted=True)},
        resources={"Good": (workflow.told("Good"),), "GoodKey": workflow.TOPIC_KEY},
    ),
]


def _of_workflow(chosen: Mapping[str, Any]) -> Case:
    # A workflow has one step at least.
    taken = chosen if any(each.roles for each in chosen.values()) else {**chosen, "a training job": WORKFLOW[0][0]}
    roles: dict[str, tuple[Row, ...]] = {}
    resources: dict[str, tuple[Row, ...]] = {}
    for each in taken.values():
        roles |= each.roles or {}
        resources |= each.resources or {}
    rows = (workflow.WATCHED, *(row for each in taken.values() for row in each.rows))
    specification = Specification(
        roles={
            "FlowRole": of_role(*rows, trusted=workflow.OF_STATES),
            **{name: of_role(*its) for name, its in roles.items()},
        },
        resources=resources,
    )
    return _case(
        TrainingWorkflow, taken, lambda stack, arguments: TrainingWorkflow(stack, "Flow", **arguments), specification
    )


SLOTS: Mapping[str, list[Slot]] = {
    "TrainingJob": TRAINING,
    "ServerlessTrainingJob": SERVERLESS,
    "ProcessingJob": PROCESSING,
    "ClarifyProcessingJob": CLARIFY,
    "TransformJob": TRANSFORM,
    "CompilationJob": COMPILATION,
    "Model": MODELS,
    "RealTimeEndpoint": HOSTING,
    "AsyncEndpoint": QUEUE,
    "TrainingWorkflow": WORKFLOW,
}

CASES = [
    *cases(training.TrainingJob, TRAINING, _train, _trains),
    *cases(
        ServerlessTrainingJob,
        SERVERLESS,
        _fine_tune,
        lambda chosen: (*training.SERVERLESS, training.DESCRIBES_BASE),
    ),
    *cases(
        ProcessingJob,
        PROCESSING,
        _process,
        lambda chosen: (*jobs.PROCESSES, *disks_of(chosen, "output: a prefix")),
    ),
    *cases(ClarifyProcessingJob, CLARIFY, _explain, _explains),
    *cases(TransformJob, TRANSFORM, _score, _scores, "ModelRole"),
    *cases(CompilationJob, COMPILATION, _compile, _compiles),
    *cases(Model, MODELS, _model, _serves, "ModelRole"),
    *cases(RealTimeEndpoint, HOSTING, _host, lambda chosen: jobs.SERVES, "ModelRole"),
    *cases(AsyncEndpoint, QUEUE, _queue, lambda chosen: (*jobs.SERVES, *places.writes("answers")), "ModelRole"),
    *map(_of_workflow, combinations(WORKFLOW)),
]
