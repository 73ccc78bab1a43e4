"""Training jobs whose machines, waits and channels do not go together."""

from typing import Any

from . import Examples, Json
from .state_requests import JSONATA, cluster, hidden, job, machine, steps, train

NETWORK = {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]}
CHECKPOINTS = {"S3Uri": "s3://bucket/checkpoints"}
PLAN = "arn:aws:sagemaker:eu-west-1:123456789012:training-plan/own-plan"
FILES = {
    "FileSystemDataSource": {
        "FileSystemId": "fs-0123456789abcdef0",
        "FileSystemAccessMode": "ro",
        "FileSystemType": "EFS",
        "DirectoryPath": "/data",
    }
}


def stored(**source: Any) -> Json:
    return {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train", **source}}


def channel(name: Any = "train", source: Any = None, **members: Any) -> Json:
    return {"ChannelName": name, "DataSource": source or stored(), **members}


def spot(**changes: Any) -> Json:
    members = {
        "EnableManagedSpotTraining": True,
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200},
        "CheckpointConfig": CHECKPOINTS,
        **changes,
    }
    return job(**members)


def in_jsonata(**changes: Any) -> Json:
    """A machine whose job is written in JSONata."""
    state = {**JSONATA, "Arguments": {**JSONATA["Arguments"], **changes}}
    return machine(steps(state, QueryLanguage="JSONata"))


def of(*channels: Json, **changes: Any) -> Json:
    return train(job(InputDataConfig=list(channels), **changes))


def grouped(*groups: Json, **changes: Any) -> Json:
    return {"InstanceGroups": list(groups), "VolumeSizeInGB": 50, **changes}


def group(name: Any = "cpu", kind: str = "ml.m5.xlarge", count: int = 1) -> Json:
    return {"InstanceGroupName": name, "InstanceType": kind, "InstanceCount": count}


def limits(run: Any, wait: Any) -> Json:
    return {"MaxRuntimeInSeconds": run, "MaxWaitTimeInSeconds": wait}


PREFERENCES = [
    {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1},
    {"InstanceType": "ml.m6i.xlarge", "InstanceCount": 1},
]
KEY = "alias/own"
AUGMENTED = stored(S3DataType="AugmentedManifestFile", AttributeNames=["image", "label"])

EXAMPLES = {
    "ST201": Examples(
        fails={
            "no wait": train(spot(StoppingCondition={"MaxRuntimeInSeconds": 3600})),
            "no wait in JSONata": in_jsonata(EnableManagedSpotTraining=True, CheckpointConfig=CHECKPOINTS),
        },
        passes={
            "a wait": train(spot()),
            "a wait that a path fills in": train(
                spot(StoppingCondition={"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds.$": "$.wait"})
            ),
            "a condition that a path fills in": train(
                spot(StoppingCondition=None, **{"StoppingCondition.$": "$.limits"})
            ),
            "no spare capacity": train(job()),
        },
    ),
    "ST202": Examples(
        fails={
            "shorter": train(spot(StoppingCondition=limits(3600, 3599))),
            "shorter in JSONata": in_jsonata(
                EnableManagedSpotTraining=True, CheckpointConfig=CHECKPOINTS, StoppingCondition=limits(3600, 1)
            ),
        },
        passes={
            "as long": train(spot(StoppingCondition=limits(3600, 3600))),
            "an expression": in_jsonata(
                EnableManagedSpotTraining=True,
                CheckpointConfig=CHECKPOINTS,
                StoppingCondition=limits("{% $states.input.run %}", 1),
            ),
        },
    ),
    "ST203": Examples(
        fails={
            "no spare capacity": train(job(StoppingCondition=limits(3600, 7200))),
            "spare capacity turned off": train(spot(EnableManagedSpotTraining=False)),
        },
        passes={
            "spare capacity": train(spot()),
            "a path decides": train(
                job(StoppingCondition=limits(3600, 7200), CheckpointConfig=CHECKPOINTS)
                | {"EnableManagedSpotTraining.$": "$.spot"}
            ),
        },
    ),
    "ST204": Examples(
        fails={"no checkpoints": train(spot(CheckpointConfig=None))},
        passes={"checkpoints": train(spot()), "no spare capacity": train(job())},
    ),
    "ST205": Examples(
        fails={
            "groups": train(spot(ResourceConfig=grouped(group()))),
            "preferences": train(spot(ResourceConfig={"InstancePreferences": PREFERENCES, "VolumeSizeInGB": 50})),
            "a plan": train(spot(ResourceConfig=cluster(TrainingPlanArn=PLAN))),
        },
        passes={"one type": train(spot()), "groups without": train(job(ResourceConfig=grouped(group())))},
    ),
    "ST206": Examples(
        fails={
            "spare capacity": train(spot(ResourceConfig=cluster(KeepAlivePeriodInSeconds=600))),
            "groups": train(job(ResourceConfig=grouped(group(), KeepAlivePeriodInSeconds=600))),
        },
        passes={
            "equal machines": train(job(ResourceConfig=cluster(KeepAlivePeriodInSeconds=600))),
            "not kept at all": train(spot(ResourceConfig=cluster(KeepAlivePeriodInSeconds=0))),
        },
    ),
    "ST207": Examples(
        fails={
            "a type and groups": train(job(ResourceConfig=cluster(InstanceGroups=[group()]))),
            "none": train(job(ResourceConfig={"VolumeSizeInGB": 50})),
        },
        passes={
            "groups": train(job(ResourceConfig=grouped(group()))),
            "a type that a path fills in": train(
                job(ResourceConfig={"InstanceType.$": "$.type", "InstanceCount": 1, "VolumeSizeInGB": 50})
            ),
        },
    ),
    "ST208": Examples(
        fails={
            "none": train(job(ResourceConfig=cluster(InstanceCount=0))),
            "none in a group": train(job(ResourceConfig=grouped(group(count=0)))),
        },
        passes={"one": train(job(ResourceConfig=cluster(InstanceCount=1)))},
    ),
    "ST209": Examples(
        fails={
            "a training job": train(job(ResourceConfig=cluster(VolumeKmsKeyId=KEY))),
            "a group of one": train(job(ResourceConfig=grouped(group(kind="ml.p4d.24xlarge"), VolumeKmsKeyId=KEY))),
        },
        passes={
            "a type without disks": train(job(ResourceConfig=cluster(InstanceType="ml.m5.xlarge", VolumeKmsKeyId=KEY))),
            "disks and no key": train(job()),
        },
    ),
    "ST210": Examples(
        fails={"one name twice": of(channel(), channel())},
        passes={
            "two names": of(channel(), channel("test")),
            "an expression twice": in_jsonata(InputDataConfig=[channel("{% $n %}"), channel("{% $n %}")]),
        },
    ),
    "ST211": Examples(
        fails={"no VPC": of(channel(source=FILES), VpcConfig=None, EnableNetworkIsolation=True)},
        passes={
            "a VPC": of(channel(source=FILES), VpcConfig=NETWORK),
            "a VPC that a path fills in": of(channel(source=FILES), **{"VpcConfig.$": "$.network"}),
        },
    ),
    "ST212": Examples(
        fails={
            "two sources": of(channel(source={**stored(), **FILES}), VpcConfig=NETWORK),
            "none": of({"ChannelName": "train", "DataSource": {}}),
        },
        passes={"one": of(channel()), "one that a path fills in": of({"ChannelName": "a", "DataSource.$": "$.source"})},
    ),
    "ST213": Examples(
        fails={
            "the job's mode": of(channel(source=AUGMENTED)),
            "its own mode": of(channel(source=AUGMENTED, InputMode="FastFile")),
        },
        passes={"Pipe": of(channel(source=AUGMENTED, InputMode="Pipe")), "a prefix": of(channel())},
    ),
    "ST214": Examples(
        fails={
            "a name twice": train(hidden(job(ResourceConfig=grouped(group(), group())))),
            "a group that is not there": of(
                channel(source=stored(InstanceGroupNames=["gpu"])), ResourceConfig=grouped(group())
            ),
            "no groups at all": of(channel(source=stored(InstanceGroupNames=["gpu"]))),
        },
        passes={
            "its group": of(channel(source=stored(InstanceGroupNames=["cpu"])), ResourceConfig=grouped(group())),
            "a group that an expression names": in_jsonata(
                InputDataConfig=[channel(source=stored(InstanceGroupNames=["{% $group %}"]))],
                ResourceConfig=grouped(group()),
            ),
            "groups that expressions name": in_jsonata(
                InputDataConfig=[channel(source=stored(InstanceGroupNames=["gpu"]))],
                ResourceConfig=grouped(group("{% $group %}")),
            ),
            "groups that a path fills in": of(
                channel(source=stored(InstanceGroupNames=["gpu"])),
                ResourceConfig={"InstanceGroups.$": "$.groups", "VolumeSizeInGB": 50},
            ),
        },
    ),
}
