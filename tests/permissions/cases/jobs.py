"""Processing, Clarify, transform, compilation and tuning jobs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from constructs_lib import (
    BatchDataCapture,
    Channel,
    ClarifyProcessingJob,
    CompilationFramework,
    CompilationInput,
    CompilationJob,
    CompilationTarget,
    Container,
    FeatureGroup,
    FeatureGroupBase,
    Model,
    ProcessingCluster,
    ProcessingInput,
    ProcessingJob,
    ProcessingOutput,
    ProcessingScript,
    TransformInput,
    TransformJob,
    TransformOutput,
    TuningDefinition,
    TuningInstanceConfig,
    TuningJob,
    TuningObjective,
)
from constructs_lib.training.parameter_ranges import ContinuousParameterRange
from constructs_lib.training.processing_datasets import AthenaInput, RedshiftInput
from tests.permissions.cases import Case
from tests.permissions.cases.foundation import HTTPS, IPSEC, TCP, WORKLOADS, given_vpc
from tests.permissions.cases.places import (
    CPU,
    DISKS,
    HERE,
    KEY,
    LOCAL_DISKS,
    OPEN,
    STORE,
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
    uses_disks,
    works,
    writes,
)
from tests.permissions.cases.training import ASSETS, JOINS_OURS, TRAINS, train
from tests.permissions.specification import Opening, Row, Specification, allow
from tests.permissions.specification import role as of_role

NODES: tuple[tuple[str, dict[str, Any], tuple[Opening, ...]], ...] = (
    ("one node", {"count": 1}, ()),
    ("two nodes", {"count": 2}, (*TCP, *IPSEC)),
)
PREPARE = str(Path(__file__).parents[3] / "stacks" / "scripts" / "prepare")
PROCESSES = (*pulls(), *works("ProcessingJobs"))
GLUE, ATHENA, REDSHIFT = (f"arn:aws:{name}:{HERE}" for name in ("glue", "athena", "redshift"))
ASKS_ATHENA = (
    allow(
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "athena:StartQueryExecution",
        "athena:StopQueryExecution",
        on=f"{ATHENA}:workgroup/primary",
    ),
    allow(
        "glue:GetDatabase",
        "glue:GetPartition",
        "glue:GetPartitions",
        "glue:GetTable",
        "glue:GetTables",
        on=(f"{GLUE}:catalog", f"{GLUE}:database/sales", f"{GLUE}:table/sales/*"),
    ),
    # SageMaker copies an answer through a table of its own, in a database of its own.
    allow(
        "glue:CreateDatabase",
        "glue:GetDatabase",
        on=(f"{GLUE}:catalog", f"{GLUE}:database/sagemaker_processing"),
    ),
    allow(
        "glue:CreateTable",
        "glue:DeleteTable",
        "glue:GetTable",
        on=(
            f"{GLUE}:catalog",
            f"{GLUE}:database/sales",
            f"{GLUE}:database/sagemaker_processing",
            f"{GLUE}:table/sales/sagemaker_tmp_*",
            f"{GLUE}:table/sagemaker_processing/sagemaker_tmp_*",
        ),
    ),
    *reads("answers"),
    *writes("answers"),
    allow("s3:GetBucketLocation", on=STORE),
)
ASKS_REDSHIFT = (
    allow("redshift-data:ExecuteStatement", on=f"{REDSHIFT}:cluster:big"),
    allow("redshift:GetClusterCredentials", on=(f"{REDSHIFT}:dbuser:big/reader", f"{REDSHIFT}:dbname:big/sales")),
    allow(
        "redshift-data:CancelStatement",
        "redshift-data:DescribeStatement",
        "redshift-data:GetStatementResult",
        on="*",
        when={"StringEquals": {"redshift-data:statement-owner-iam-userid": "${aws:userid}"}},
    ),
    *reads("unloaded"),
)


def athena(**changes: Any) -> AthenaInput:
    return AthenaInput(**{"name": "sold", "database": "sales", "query": "SELECT 1", "output": at("answers"), **changes})


REDSHIFT_INPUT = RedshiftInput(
    name="moved",
    cluster_id="big",
    database="sales",
    db_user="reader",
    query="SELECT 1",
    cluster_role_arn="arn:aws:iam::111122223333:role/unload",
    output=at("unloaded"),
)


def cats(stack: Any) -> FeatureGroupBase:
    """A group that somebody else made, with a key for its online store."""
    return FeatureGroup.from_feature_group_name(stack, "Cats", "Cats", key=key_of_disks(stack))


def processing(about: str, make: Callable[[Any], dict[str, Any]], *rows: Row) -> Case:
    return Case(
        construct="ProcessingJob",
        about=about,
        build=lambda stack: ProcessingJob(
            stack, "Job", **{"image": image(), "cluster": ProcessingCluster.of(CPU), **make(stack)}
        ),
        specification=Specification(roles={"JobRole": of_role(*PROCESSES, *rows)}),
    )


def clarify(about: str, make: Callable[[Any], dict[str, Any]], *rows: Row) -> Case:
    return Case(
        construct="ClarifyProcessingJob",
        about=about,
        build=lambda stack: ClarifyProcessingJob(
            stack,
            "Job",
            **{
                "cluster": ProcessingCluster.of(CPU),
                "analysis_config": thing("clarify/analysis_config.json"),
                "dataset": at("data/test"),
                "output": at("explained"),
                "image": image(),
                **make(stack),
            },
        ),
        specification=Specification(
            roles={
                "JobRole": of_role(
                    *PROCESSES, *reads_object("clarify/analysis_config.json", listed=True), *writes("explained"), *rows
                )
            }
        ),
    )


def served(stack: Any, **changes: Any) -> Model:
    return Model(stack, "Model", container=Container(image=image(), artifact=thing("models/m.tar.gz")), **changes)


SERVES = (*pulls(), *works("Endpoints"), *reads_object("models/m.tar.gz"))
SCORES = works("TransformJobs")


def transform(about: str, make: Callable[[Any], dict[str, Any]], *rows: Row) -> Case:
    """The job runs under the role of its model, so that role gets both."""
    return Case(
        construct="TransformJob",
        about=about,
        build=lambda stack: TransformJob(
            stack,
            "Job",
            **{
                "model": served(stack),
                "input": TransformInput.from_s3(at("in")),
                "output": TransformOutput(location=at("out")),
                "instance_type": CPU,
                **make(stack),
            },
        ),
        specification=Specification(roles={"ModelRole": of_role(*SERVES, *SCORES, *rows)}),
    )


def compilation(about: str, make: Callable[[Any], dict[str, Any]], *rows: Row) -> Case:
    return Case(
        construct="CompilationJob",
        about=about,
        build=lambda stack: CompilationJob(
            stack,
            "Job",
            **{
                "input": CompilationInput.from_artifact(
                    thing("models/m.tar.gz"), CompilationFramework.XGBOOST, data_input_config="{}"
                ),
                "output": at("compiled"),
                "target": CompilationTarget.device("ml_c5"),
                **make(stack),
            },
        ),
        specification=Specification(roles={"JobRole": of_role(*works("CompilationJobs"), *writes("compiled"), *rows)}),
    )


PACKAGE = f"arn:aws:sagemaker:{HERE}:model-package/cats/3"


def definition(stack: Any, id: str, **changes: Any) -> TuningDefinition:
    return TuningDefinition(
        job=train(stack, id, metrics={"loss": "loss=([0-9.]+)"}, hyperparameters={"epochs": 5}, **changes),
        name=id.lower(),
        objective=TuningObjective.minimize("loss"),
        ranges={"lr": ContinuousParameterRange(min_value=0.1, max_value=0.5)},
    )


def tuning(about: str, build: Callable[[Any], list[TuningDefinition]], **roles: tuple[Row, ...]) -> Case:
    """A tuning job makes no rights of its own: its training jobs run under the roles of their definitions."""
    return Case(
        construct="TuningJob",
        about=about,
        build=lambda stack: TuningJob(stack, "Tune", definitions=build(stack), max_jobs=2),
        specification=Specification(roles={name: of_role(*rows) for name, rows in roles.items()}),
    )


def tuned_on(stack: Any, count: int) -> TuningJob:
    """A training job of one node, launched on others."""
    job = train(stack, "One", network=given_vpc(stack), metrics={"loss": "loss=([0-9.]+)"})
    launched = TuningDefinition(
        job=job,
        objective=TuningObjective.minimize("loss"),
        ranges={"lr": ContinuousParameterRange(min_value=0.1, max_value=0.5)},
        instances=[TuningInstanceConfig(instance_type=CPU, count=count)],
    )
    return TuningJob(stack, "Tune", definitions=[launched], max_jobs=2)


def in_group_of_ours(
    construct: str, about: str, build: Callable[[Any], object], role: str, rows: tuple[Row, ...], *passing: Opening
) -> Case:
    """A job in a network with a group of ours, and what passes among the workloads then."""
    return Case(
        construct=construct,
        about=f"{about}, in a network with a group of ours",
        build=build,
        specification=Specification(roles={role: of_role(*rows, *JOINS_OURS)}, groups={WORKLOADS: (HTTPS, *passing)}),
    )


CASES = [
    *(
        in_group_of_ours(
            "ProcessingJob",
            about,
            lambda stack, how=how: ProcessingJob(
                stack, "Job", image=image(), cluster=ProcessingCluster.of(CPU, **how), network=given_vpc(stack)
            ),
            "JobRole",
            PROCESSES,
            *passing,
        )
        for about, how, passing in NODES
    ),
    *(
        in_group_of_ours("TuningJob", about, lambda stack, how=how: tuned_on(stack, **how), "OneRole", TRAINS, *passing)
        for about, how, passing in NODES
    ),
    processing("nothing but an image", lambda stack: {}),
    processing("input: a prefix", lambda stack: {"inputs": [ProcessingInput.from_s3("raw", at("raw"))]}, *reads("raw")),
    processing(
        "input: a prefix without a key",
        lambda stack: {"inputs": [ProcessingInput.from_s3("raw", unencrypted("raw"))]},
        *reads("raw", OPEN, None),
    ),
    processing(
        "input: one object",
        lambda stack: {"inputs": [ProcessingInput.from_s3("list", thing("raw/list.csv"))]},
        *reads_object("raw/list.csv", listed=True),
    ),
    processing(
        "input: a manifest",
        lambda stack: {"inputs": [ProcessingInput.from_manifest("many", thing("m/all"), [at("a"), at("b")])]},
        *reads_object("m/all", listed=True),
        *reads("a"),
        *reads("b"),
    ),
    processing(
        "two inputs",
        lambda stack: {"inputs": [ProcessingInput.from_s3("a", at("a")), ProcessingInput.from_s3("b", at("b"))]},
        *reads("a"),
        *reads("b"),
    ),
    processing("input: Athena", lambda stack: {"inputs": [athena()]}, *ASKS_ATHENA),
    processing(
        "input: Athena, tables in S3",
        lambda stack: {"inputs": [athena(tables_location=at("tables"))]},
        *ASKS_ATHENA,
        *reads("tables"),
    ),
    processing(
        "input: Athena, another catalog and workgroup",
        lambda stack: {"inputs": [athena(catalog="lake", work_group="analysts")]},
        *(
            allow(*row.actions, on=f"{ATHENA}:workgroup/analysts") if row is ASKS_ATHENA[0] else row
            for row in ASKS_ATHENA
        ),
        allow("athena:GetDataCatalog", on=f"{ATHENA}:datacatalog/lake"),
    ),
    processing("input: Redshift", lambda stack: {"inputs": [REDSHIFT_INPUT]}, *ASKS_REDSHIFT),
    processing(
        "output: a prefix",
        lambda stack: {"outputs": [ProcessingOutput.to_s3("ready", at("ready"))]},
        *writes("ready"),
        *uses_disks(KEY),
    ),
    processing(
        "output: a prefix, on machines with disks of their own",
        lambda stack: {
            "outputs": [ProcessingOutput.to_s3("ready", at("ready"))],
            "cluster": ProcessingCluster.of(LOCAL_DISKS),
        },
        *writes("ready"),
    ),
    processing(
        "output: a feature group",
        lambda stack: {"outputs": [ProcessingOutput.to_feature_store("cats", "Cats")]},
        allow(
            "sagemaker:DescribeFeatureGroup", "sagemaker:PutRecord", on=f"arn:aws:sagemaker:{HERE}:feature-group/cats"
        ),
    ),
    processing(
        "output: a feature group whose online store has a key",
        lambda stack: {"outputs": [ProcessingOutput.to_feature_store("cats", cats(stack))]},
        allow(
            "sagemaker:DescribeFeatureGroup", "sagemaker:PutRecord", on=f"arn:aws:sagemaker:{HERE}:feature-group/cats"
        ),
        allow("kms:Decrypt", on=DISKS, when={"StringEquals": {"kms:ViaService": "sagemaker.us-east-1.amazonaws.com"}}),
    ),
    processing("encrypted disks", lambda stack: {"key": key_of_disks(stack)}, *uses_disks()),
    processing("a network", lambda stack: {"network": network(stack)}, *joins_network()),
    processing(
        "a script",
        lambda stack: {"script": ProcessingScript(path=PREPARE, entry_point="prepare.py")},
        allow("s3:GetObject", on=f"{ASSETS}/<hash>.zip"),
        allow("s3:ListBucket", on=ASSETS, when={"StringEquals": {"s3:prefix": "<hash>.zip"}}),
    ),
    processing(
        "everything together",
        lambda stack: {
            "inputs": [
                ProcessingInput.from_s3("raw", at("raw")),
                athena(tables_location=at("tables")),
                REDSHIFT_INPUT,
            ],
            "outputs": [
                ProcessingOutput.to_s3("ready", at("ready")),
                ProcessingOutput.to_s3("left", unencrypted("left")),
                ProcessingOutput.to_feature_store("cats", "Cats"),
            ],
            "key": key_of_disks(stack),
            "network": network(stack),
        },
        *reads("raw"),
        *ASKS_ATHENA,
        *reads("tables"),
        *ASKS_REDSHIFT,
        *writes("ready"),
        *writes("left", OPEN, None),
        allow(
            "sagemaker:DescribeFeatureGroup", "sagemaker:PutRecord", on=f"arn:aws:sagemaker:{HERE}:feature-group/cats"
        ),
        *uses_disks(),
        *joins_network(),
    ),
    clarify("a prefix", lambda stack: {}, *reads("data/test"), *uses_disks(KEY)),
    clarify(
        "one object and a key",
        lambda stack: {"dataset": thing("data/test.csv"), "key": key_of_disks(stack)},
        *reads_object("data/test.csv", listed=True),
        *uses_disks(),
    ),
    clarify(
        "everything together",
        lambda stack: {
            "extra_inputs": [ProcessingInput.from_s3("more", at("more"))],
            "network": network(stack),
        },
        *reads("data/test"),
        *reads("more"),
        *uses_disks(KEY),
        *joins_network(),
    ),
    transform("prefixes", lambda stack: {}, *reads("in"), *writes("out"), *uses_disks(KEY)),
    transform(
        "one object, no key",
        lambda stack: {
            "input": TransformInput.from_s3(thing("in/list.csv")),
            "output": TransformOutput(location=unencrypted("out")),
        },
        *reads_object("in/list.csv", listed=True),
        *writes("out", OPEN, None),
    ),
    transform(
        "a manifest",
        lambda stack: {"input": TransformInput.from_manifest(thing("in/all"), [at("a"), at("b")])},
        *reads_object("in/all", listed=True),
        *reads("a"),
        *reads("b"),
        *writes("out"),
        *uses_disks(KEY),
    ),
    transform(
        "capture and a key",
        lambda stack: {"data_capture": BatchDataCapture(location=at("captured")), "key": key_of_disks(stack)},
        *reads("in"),
        *writes("out"),
        *writes("captured"),
        *uses_disks(),
    ),
    transform(
        "a key, on machines with disks of their own",
        lambda stack: {"instance_type": LOCAL_DISKS, "key": key_of_disks(stack)},
        *reads("in"),
        *writes("out"),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=DISKS),
    ),
    compilation("an archive", lambda stack: {}, *reads_object("models/m.tar.gz")),
    compilation(
        "a model package and a key",
        lambda stack: {"input": CompilationInput.from_model_package(PACKAGE), "key": key_of_disks(stack)},
        allow("sagemaker:DescribeModelPackage", on=PACKAGE),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=DISKS),
    ),
    compilation(
        "a network", lambda stack: {"network": network(stack)}, *reads_object("models/m.tar.gz"), *joins_network()
    ),
    tuning("one definition", lambda stack: [definition(stack, "One")], OneRole=TRAINS),
    tuning(
        "two definitions",
        lambda stack: [
            definition(stack, "One", channels=[Channel.from_s3("train", at("a"))]),
            definition(stack, "Two", channels=[Channel.from_s3("train", at("b"))]),
        ],
        OneRole=(*TRAINS, *reads("a")),
        TwoRole=(*TRAINS, *reads("b")),
    ),
]
