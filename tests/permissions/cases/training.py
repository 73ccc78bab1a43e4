"""Training jobs: each reference alone, two of a kind, all together."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from constructs_lib import (
    Channel,
    Checkpoints,
    Cluster,
    ContainerImage,
    Debugger,
    ManagedSpot,
    Mlflow,
    ModelPackageConfig,
    Network,
    Profiler,
    Rule,
    ServerlessJob,
    ServerlessTrainingJob,
    SourceCode,
    TensorBoard,
    TrainingJob,
)
from constructs_lib.training.serverless import CustomizationTechnique, EvaluationType
from tests.permissions.cases import Case
from tests.permissions.cases.foundation import ANYTHING, FLOW_LOGS, HTTPS, IPSEC, LINKS, TCP, WORKLOADS, given_vpc
from tests.permissions.cases.foundation import GROUPS as NETWORK_GROUPS
from tests.permissions.cases.places import (
    CPU,
    DISKS,
    FABRIC,
    HERE,
    KEY,
    LOCAL_DISKS,
    MACHINES,
    OPEN,
    at,
    image,
    joins_network,
    key_of_disks,
    network,
    pulls,
    reads,
    reads_object,
    role,
    thing,
    unencrypted,
    uses_disks,
    works,
    writes,
)
from tests.permissions.specification import (
    BY_SAGEMAKER,
    OF_THIS_ACCOUNT,
    Row,
    Specification,
    allow,
    let_in,
    let_out,
    trust,
)
from tests.permissions.specification import role as of_role

HUB = "arn:aws:sagemaker:us-east-1:aws"
PUBLIC = f"{HUB}:hub/SageMakerPublicHub"
DATASET = f"{HUB}:hub-content/SageMakerPublicHub/DataSet/pets/1.0.0"
BASE = f"{HUB}:hub-content/SageMakerPublicHub/Model/llama/1.0.0"
GROUP = f"arn:aws:sagemaker:{HERE}:model-package-group/cats"
SOURCE = f"arn:aws:sagemaker:{HERE}:model-package/cats/3"
APP = f"arn:aws:sagemaker:{HERE}:mlflow-app/app-1"
RULES_URI = "503895931360.dkr.ecr.us-east-1.amazonaws.com/sagemaker-debugger-rules:latest"
RULES_IMAGE = ContainerImage.from_uri(RULES_URI)
RULES = "arn:aws:ecr:us-east-1:503895931360:repository/sagemaker-debugger-rules"
SCRIPTS = str(Path(__file__).parents[3] / "stacks" / "scripts" / "pretrain")
ASSETS = "arn:aws:s3:::cdk-hnb659fds-assets-111122223333-us-east-1"

# Under every training job that names an image of a repository and an output.
# The key of the output encrypts the disks too, unless another is given.
TRAINS_WITH_OWN_KEY = (*pulls(), *writes("models"), *works("TrainingJobs"), *uses_disks())
TRAINS = (*pulls(), *writes("models"), *works("TrainingJobs"), *uses_disks(KEY))
LOGS = (
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
)
SHELL = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)


def efs(stack: Any) -> Any:
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_efs as efs_

    group = ec2.SecurityGroup.from_security_group_id(stack, "Files", "sg-2")
    return efs_.FileSystem.from_file_system_attributes(stack, "Efs", file_system_id="fs-12345678", security_group=group)


def lustre(stack: Any) -> Any:
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_fsx as fsx

    group = ec2.SecurityGroup.from_security_group_id(stack, "Lustre", "sg-3")
    attributes = {"dns_name": "fs-23456789.fsx", "file_system_id": "fs-23456789", "security_group": group}
    return fsx.LustreFileSystem.from_lustre_file_system_attributes(stack, "Fsx", **attributes)


TWO = Cluster(instance_type=CPU, count=2)
JOINS_OURS = joins_network(group="<NetworkWorkloadGroup.GroupId>")


def train(stack: Any, id: str = "Job", **changes: Any) -> TrainingJob:
    return TrainingJob(stack, id, **{"image": image(), "cluster": MACHINES, "output": at("models"), **changes})


EFS = f"arn:aws:elasticfilesystem:{HERE}:file-system/fs-12345678"

# Reference, arguments, what it adds.
References = Mapping[str, tuple[Callable[[Any], dict[str, Any]], tuple[Row, ...]]]
CHANNELS: Mapping[str, tuple[Callable[[Any], Channel], tuple[Row, ...]]] = {
    "a prefix": (lambda stack: Channel.from_s3("train", at("data/train")), reads("data/train")),
    "a prefix without a key": (
        lambda stack: Channel.from_s3("free", unencrypted("data")),
        reads("data", OPEN, None),
    ),
    "one object": (
        lambda stack: Channel.from_s3("list", thing("data/list.csv")),
        reads_object("data/list.csv", listed=True),
    ),
    "a manifest": (
        lambda stack: Channel.from_manifest("many", thing("m/all.manifest"), data=[at("a"), at("b")]),
        (*reads_object("m/all.manifest"), *reads("a"), *reads("b")),
    ),
    "an augmented manifest": (
        lambda stack: Channel.from_augmented_manifest(
            "labels", thing("m/labels.manifest"), data=[at("pictures")], attribute_names=["source-ref", "class"]
        ),
        (*reads_object("m/labels.manifest"), *reads("pictures")),
    ),
    "a model": (
        lambda stack: Channel.from_model(thing("models/old/model.tar.gz")),
        reads_object("models/old/model.tar.gz", listed=True),
    ),
    "conversations": (lambda stack: Channel.from_converse("talk", at("talk")), reads("talk")),
    "a data set of a hub": (
        lambda stack: Channel.from_dataset("pets", DATASET),
        (allow("sagemaker:DescribeHubContent", on=(DATASET, PUBLIC)),),
    ),
}
MOUNTS: Mapping[str, tuple[Callable[[Any], Channel], tuple[Row, ...]]] = {
    "EFS": (
        lambda stack: Channel.from_efs("shared", efs(stack), "/data"),
        (allow("elasticfilesystem:ClientMount", on=EFS),),
    ),
    "EFS to write": (
        lambda stack: Channel.from_efs("shared", efs(stack), "/data", read_only=False),
        (allow("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite", on=EFS),),
    ),
    # Lustre knows the network only; IAM has no say.
    "FSx for Lustre": (lambda stack: Channel.from_fsx_lustre("fast", lustre(stack), "/fsx/data"), ()),
}
OTHERS: References = {
    "checkpoints": (
        lambda stack: {"checkpoints": at("checkpoints")},
        (*reads("checkpoints"), *writes("checkpoints")),
    ),
    "spot with checkpoints": (
        lambda stack: {"spot": ManagedSpot(max_wait_seconds=90000), "checkpoints": Checkpoints(location=at("saved"))},
        (*reads("saved"), *writes("saved")),
    ),
    "encrypted disks": (lambda stack: {"key": key_of_disks(stack)}, uses_disks()),
    "a network": (lambda stack: {"network": network(stack)}, joins_network()),
    "MLflow": (lambda stack: {"mlflow": Mlflow(resource_arn=APP)}, (allow(*LOGS, on=APP),)),
    "TensorBoard": (lambda stack: {"tensor_board": TensorBoard(location=at("board"))}, writes("board")),
    "a package to make": (
        lambda stack: {"model_package": ModelPackageConfig(model_package_group_arn=GROUP)},
        (
            allow("sagemaker:DescribeModelPackageGroup", on=GROUP),
            allow("sagemaker:CreateModelPackage", on=f"arn:aws:sagemaker:{HERE}:model-package/cats/*"),
        ),
    ),
    "a package to go on from": (
        lambda stack: {
            "model_package": ModelPackageConfig(model_package_group_arn=GROUP, source_model_package_arn=SOURCE)
        },
        (
            allow("sagemaker:DescribeModelPackageGroup", on=GROUP),
            allow("sagemaker:DescribeModelPackage", on=SOURCE),
            allow("sagemaker:CreateModelPackage", on=f"arn:aws:sagemaker:{HERE}:model-package/cats/*"),
        ),
    ),
    "a debugger with a rule": (
        lambda stack: {
            "debugger": Debugger(
                location=at("tensors"),
                rules=[Rule(name="vanishing", evaluator_image=RULES_IMAGE, location=at("reports"))],
            )
        },
        (*reads("tensors"), *writes("tensors"), *writes("reports"), *pulls(RULES)),
    ),
    "a profiler with a rule": (
        lambda stack: {
            "profiler": Profiler(location=at("profile"), rules=[Rule(name="report", evaluator_image=RULES_IMAGE)])
        },
        (*reads("profile"), *writes("profile"), *pulls(RULES)),
    ),
    "a shell": (lambda stack: {"remote_debug": True}, (allow(*SHELL, on="*"),)),
    "a script": (
        lambda stack: {"source": SourceCode(directory=SCRIPTS, entry_point="train.py")},
        (allow("s3:GetObject", on=f"{ASSETS}/<hash>.gz"),),
    ),
    "an isolated container": (lambda stack: {"network_isolation": True}, ()),
}
IMAGES: Mapping[str, tuple[Callable[[Any], dict[str, Any]], tuple[Row, ...]]] = {
    "built in": (
        lambda stack: {"image": ContainerImage.built_in("xgboost", "1.7-1")},
        pulls("arn:aws:ecr:us-east-1:683313688378:repository/sagemaker-xgboost"),
    ),
    "a repository": (
        lambda stack: {"image": ContainerImage.from_ecr_repository(repository(stack), "1")},
        pulls("arn:aws:ecr:us-east-1:111122223333:repository/mine"),
    ),
    "a public registry": (lambda stack: {"image": ContainerImage.from_uri("registry.example.com/x:1")}, ()),
    "a private registry with credentials": (
        lambda stack: {
            "image": ContainerImage.from_private_registry("registry.example.com/x:1", credentials(stack)),
            "network": network(stack),
        },
        (
            allow("lambda:InvokeFunction", on=f"arn:aws:lambda:{HERE}:function:credentials"),
            *joins_network(),
        ),
    ),
    "the Marketplace": (
        lambda stack: {
            "image": ContainerImage.from_marketplace("arn:aws:sagemaker:us-east-1:865070037744:algorithm/best"),
            "network_isolation": True,
        },
        (),
    ),
}


def repository(stack: Any) -> Any:
    from aws_cdk import aws_ecr as ecr

    return ecr.Repository.from_repository_name(stack, "Repository", "mine")


def credentials(stack: Any) -> Any:
    from aws_cdk import aws_lambda as lambda_

    return lambda_.Function.from_function_arn(stack, "Credentials", f"arn:aws:lambda:{HERE}:function:credentials")


def case(about: str, build: Callable[[Any], object], *rows: Row, **more: Any) -> Case:
    return Case(
        construct="TrainingJob",
        about=about,
        build=build,
        specification=Specification(roles={"JobRole": of_role(*rows)}, **more),
    )


# Group `sg-1` is that of the workloads, `sg-2` that of EFS, `sg-3` that of Lustre, whose clients are called, too.
EFS_GROUPS = {"sg-2": (let_in("sg-1", 2049),)}
LUSTRE_GROUPS = {
    group: (let_in(peer, 988), let_in(peer, 1018, 1023)) for group, peer in (("sg-3", "sg-1"), ("sg-1", "sg-3"))
}
GROUPS = {"EFS": EFS_GROUPS, "EFS to write": EFS_GROUPS, "FSx for Lustre": LUSTRE_GROUPS}


def _everything(stack: Any) -> TrainingJob:
    joined = {
        name: value
        for name, (make, _) in OTHERS.items()
        if name not in _NOT_TOGETHER
        for name, value in make(stack).items()
    }
    mounts = [MOUNTS[name][0](stack) for name in ("EFS to write", "FSx for Lustre")]
    return train(stack, channels=[*(make(stack) for make, _ in CHANNELS.values()), *mounts], **joined)


_NOT_TOGETHER = ("checkpoints", "a package to make", "an isolated container")
EVERYTHING = (
    *(row for _, rows in CHANNELS.values() for row in rows),
    *MOUNTS["EFS to write"][1],
    *(row for name, (_, rows) in OTHERS.items() if name not in _NOT_TOGETHER for row in rows),
)

SERVERLESS = (*writes("models"), *works("TrainingJobs"))
FINE_TUNED = ServerlessJob.fine_tuning(BASE, technique=CustomizationTechnique.SUPERVISED)
DESCRIBES_BASE = allow("sagemaker:DescribeHubContent", on=(BASE, PUBLIC))


def serverless(about: str, make: Callable[[Any], dict[str, Any]], *rows: Row) -> Case:
    return Case(
        construct="ServerlessTrainingJob",
        about=about,
        build=lambda stack: ServerlessTrainingJob(
            stack, "Job", **{"job": FINE_TUNED, "output": at("models"), **make(stack)}
        ),
        specification=Specification(roles={"JobRole": of_role(*SERVERLESS, *rows)}),
    )


def _scored(evaluator: str) -> dict[str, Any]:
    return {
        "job": ServerlessJob.evaluation(BASE, evaluation_type=EvaluationType.CUSTOM_SCORER, evaluator_arn=evaluator)
    }


SCORER = f"arn:aws:lambda:{HERE}:function:scorer"
HUB_SCORER = f"arn:aws:sagemaker:{HERE}:hub-content/mine/JsonDoc/scorer/1.0.0"

CASES = [
    Case(
        construct="ServerlessTrainingJob",
        about="machines that SageMaker chooses, in a network with a group of ours",
        build=lambda stack: ServerlessTrainingJob(
            stack, "Job", job=FINE_TUNED, output=at("models"), network=given_vpc(stack)
        ),
        specification=Specification(
            roles={"JobRole": of_role(*SERVERLESS, DESCRIBES_BASE, *JOINS_OURS)},
            groups={WORKLOADS: (HTTPS, *ANYTHING)},
        ),
    ),
    case("nothing but an image and an output", train, *TRAINS),
    *(
        case(f"channel: {name}", lambda stack, make=make: train(stack, channels=[make(stack)]), *TRAINS, *rows)
        for name, (make, rows) in CHANNELS.items()
    ),
    *(
        case(
            f"channel: {name}",
            lambda stack, make=make: train(stack, channels=[make(stack)], network=network(stack)),
            *TRAINS,
            *joins_network(),
            *rows,
            groups=GROUPS[name],
        )
        for name, (make, rows) in MOUNTS.items()
    ),
    Case(
        construct="TrainingJob",
        about="file systems and a network that is closed",
        build=lambda stack: train(
            stack,
            channels=[MOUNTS[name][0](stack) for name in ("EFS", "FSx for Lustre")],
            network=Network(stack, "Network"),
        ),
        specification=Specification(
            roles={
                "JobRole": of_role(
                    *TRAINS,
                    *joins_network(
                        ("<NetworkSubnet1.SubnetId>", "<NetworkSubnet2.SubnetId>"), "<NetworkWorkloadGroup.GroupId>"
                    ),
                    *MOUNTS["EFS"][1],
                ),
                **FLOW_LOGS,
            },
            resources=LINKS,
            # The network's own group lets nobody out but who is named, so that each port is opened there as well.
            groups={
                **NETWORK_GROUPS,
                WORKLOADS: (
                    *NETWORK_GROUPS[WORKLOADS],
                    let_out("sg-2", 2049),
                    *(way("sg-3", *ports) for way in (let_in, let_out) for ports in ((988,), (1018, 1023))),
                ),
                "sg-2": (let_in(WORKLOADS, 2049),),
                "sg-3": (let_in(WORKLOADS, 988), let_in(WORKLOADS, 1018, 1023)),
            },
        ),
    ),
    *(
        Case(
            construct="TrainingJob",
            about=f"{about}, in a network with a group of ours",
            build=lambda stack, changes=changes: train(stack, network=given_vpc(stack), **changes),
            specification=Specification(
                roles={"JobRole": of_role(*TRAINS, *JOINS_OURS)}, groups={WORKLOADS: (HTTPS, *openings)}
            ),
        )
        for about, changes, openings in (
            ("one node", {}, ()),
            ("two nodes", {"cluster": TWO}, (*TCP, *IPSEC)),
            ("two nodes in the clear", {"cluster": TWO, "inter_container_encryption": False}, TCP),
            ("a node with a fabric adapter", {"cluster": Cluster(instance_type=FABRIC)}, ANYTHING),
        )
    ),
    *(
        case(name, lambda stack, make=make: train(stack, **make(stack)), *TRAINS, *rows)
        for name, (make, rows) in OTHERS.items()
        if name != "encrypted disks"
    ),
    case("encrypted disks", lambda stack: train(stack, key=key_of_disks(stack)), *TRAINS_WITH_OWN_KEY),
    case(
        "encrypted output on machines with disks of their own, which no key opens",
        lambda stack: train(stack, cluster=Cluster(instance_type=LOCAL_DISKS), key=key_of_disks(stack)),
        *pulls(),
        *writes("models"),
        *works("TrainingJobs"),
        allow("kms:Decrypt", "kms:GenerateDataKey", on=DISKS),
    ),
    *(
        case(
            f"image: {name}",
            lambda stack, make=make: train(stack, **make(stack)),
            *writes("models"),
            *works("TrainingJobs"),
            *uses_disks(KEY),
            *rows,
        )
        for name, (make, rows) in IMAGES.items()
    ),
    case(
        "an output without a key",
        lambda stack: train(stack, output=unencrypted("out")),
        *pulls(),
        *works("TrainingJobs"),
        *writes("out", OPEN, None),
    ),
    case(
        "two channels of one bucket and one of another",
        lambda stack: train(
            stack,
            channels=[
                Channel.from_s3("train", at("data/train")),
                Channel.from_s3("validation", at("data/validation")),
                Channel.from_s3("free", unencrypted("data")),
            ],
        ),
        *TRAINS,
        *reads("data/train"),
        *reads("data/validation"),
        *reads("data", OPEN, None),
    ),
    case(
        "a whole bucket",
        lambda stack: train(stack, channels=[Channel.from_s3("train", unencrypted(""))]),
        *TRAINS,
        allow("s3:GetObject", on=f"{OPEN}/*"),
        allow("s3:ListBucket", on=OPEN),
    ),
    case(
        "an isolated container with a script",
        lambda stack: train(
            stack, network_isolation=True, source=SourceCode(directory=SCRIPTS, entry_point="train.py")
        ),
        *TRAINS,
        allow("s3:GetObject", on=f"{ASSETS}/<hash>.gz"),
        allow("s3:ListBucket", on=ASSETS, when={"StringEquals": {"s3:prefix": "<hash>.gz"}}),
    ),
    case("everything together", _everything, *TRAINS_WITH_OWN_KEY, *EVERYTHING, groups={**EFS_GROUPS, **LUSTRE_GROUPS}),
    Case(
        construct="TrainingJob",
        about="session tags",
        build=lambda stack: train(stack, session_tag_chaining=True),
        specification=Specification(
            roles={
                "JobRole": of_role(
                    *TRAINS,
                    trusted=(BY_SAGEMAKER, trust("sagemaker.amazonaws.com", OF_THIS_ACCOUNT, "sts:TagSession")),
                )
            }
        ),
    ),
    Case(
        construct="TrainingJob",
        about="two jobs under one role of the user's",
        build=lambda stack: (
            train(stack, "One", role=role(stack), channels=[Channel.from_s3("train", at("a"))]),
            train(stack, "Two", role=role(stack), channels=[Channel.from_s3("train", at("b"))]),
        ),
        specification=Specification(
            loose={"OnePolicy": (*TRAINS, *reads("a")), "TwoPolicy": (*TRAINS, *reads("b"))},
        ),
    ),
    serverless("a model of a hub", lambda stack: {}, DESCRIBES_BASE),
    serverless(
        "a function that scores",
        lambda stack: _scored(SCORER),
        DESCRIBES_BASE,
        allow("lambda:InvokeFunction", on=SCORER),
    ),
    serverless(
        "a scorer of a hub",
        lambda stack: _scored(HUB_SCORER),
        DESCRIBES_BASE,
        allow("sagemaker:DescribeHubContent", on=(HUB_SCORER, f"arn:aws:sagemaker:{HERE}:hub/mine")),
    ),
    serverless(
        "a channel", lambda stack: {"channels": [Channel.from_s3("train", at("data"))]}, DESCRIBES_BASE, *reads("data")
    ),
    serverless(
        "an output under a key of its own",
        lambda stack: {"key": key_of_disks(stack)},
        DESCRIBES_BASE,
        allow("kms:Decrypt", "kms:GenerateDataKey", on=DISKS),
    ),
    serverless("MLflow", lambda stack: {"mlflow": Mlflow(resource_arn=APP)}, DESCRIBES_BASE, allow(*LOGS, on=APP)),
    serverless("a network", lambda stack: {"network": network(stack)}, DESCRIBES_BASE, *joins_network()),
    serverless(
        "a package to go on from",
        OTHERS["a package to go on from"][0],
        DESCRIBES_BASE,
        *OTHERS["a package to go on from"][1],
    ),
    serverless(
        "everything together",
        lambda stack: {
            **_scored(SCORER),
            "channels": [Channel.from_s3("train", at("data"))],
            "mlflow": Mlflow(resource_arn=APP),
            "network": network(stack),
            **OTHERS["a package to go on from"][0](stack),
        },
        DESCRIBES_BASE,
        allow("lambda:InvokeFunction", on=SCORER),
        *reads("data"),
        allow(*LOGS, on=APP),
        *joins_network(),
        *OTHERS["a package to go on from"][1],
    ),
]
