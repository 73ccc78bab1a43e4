"""Jobs that send in the clear, reach the internet or write without a key."""

from typing import Any

from . import Examples, Json
from .shapes import resource
from .state_requests import JOB, KEY, VPC, train

PROCESSING = "arn:aws:states:::aws-sdk:sagemaker:createProcessingJob"
ROLE = "arn:aws:iam::123456789012:role/job"


def job(count: int = 1, type: str = "ml.g5.xlarge", **changes: Any) -> Json:
    """A state that trains as it should; a member that is None is left out."""
    cluster = {**JOB["ResourceConfig"], "InstanceCount": count, "InstanceType": type}
    members = {
        **JOB,
        "ResourceConfig": cluster,
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out", "KmsKeyId": KEY},
        "EnableInterContainerTrafficEncryption": True,
        "VpcConfig": VPC,
        **changes,
    }
    return train({name: value for name, value in members.items() if value is not None})


def processing(network: Any = None, **cluster: Any) -> Json:
    """A processing job; its network, and members of its cluster."""
    machines = {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 30, "VolumeKmsKeyId": KEY}
    kept = {name: value for name, value in {**machines, **cluster}.items() if value is not None}
    return resource(
        "ProcessingJob",
        RoleArn=ROLE,
        AppSpecification={"ImageUri": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/own:1"},
        ProcessingResources={"ClusterConfig": kept},
        NetworkConfig={"VpcConfig": VPC} if network is None else network,
    )


def watching(kind: str = "DataQuality", count: int = 1, **network: Any) -> Json:
    """A definition of monitoring jobs with that network."""
    endpoint: Json = {"EndpointInput": {"EndpointName": "endpoint", "LocalPath": "/opt/ml/processing/input"}}
    if kind in ("ModelBias", "ModelQuality"):
        endpoint["GroundTruthS3Input"] = {"S3Uri": "s3://bucket/truth"}
    image: Json = {"ImageUri": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/own:1"}
    if kind == "ModelQuality":
        image["ProblemType"] = "Regression"
    if kind in ("ModelBias", "ModelExplainability"):
        image["ConfigUri"] = "s3://bucket/config.json"
    output = {"S3Output": {"S3Uri": "s3://bucket/out", "LocalPath": "/opt/ml/processing/output"}}
    cluster = {"InstanceCount": count, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 30, "VolumeKmsKeyId": KEY}
    return resource(
        f"{kind}JobDefinition",
        RoleArn=ROLE,
        JobResources={"ClusterConfig": cluster},
        NetworkConfig={"EnableInterContainerTrafficEncryption": True, "EnableNetworkIsolation": True, **network},
        **{
            f"{kind}AppSpecification": image,
            f"{kind}JobInput": endpoint,
            f"{kind}JobOutputConfig": {"MonitoringOutputs": [output], "KmsKeyId": KEY},
        },
    )


TRAFFIC, ISOLATION = "EnableInterContainerTrafficEncryption", "EnableNetworkIsolation"


def scheduled(**network: Any) -> Json:
    """A schedule that defines its monitoring jobs itself."""
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/own:1"
    output = {"S3Output": {"S3Uri": "s3://bucket/out", "LocalPath": "/opt/ml/processing/output"}}
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 30, "VolumeKmsKeyId": KEY}
    definition = {
        "RoleArn": ROLE,
        "MonitoringAppSpecification": {"ImageUri": image},
        "MonitoringInputs": [
            {"EndpointInput": {"EndpointName": "endpoint", "LocalPath": "/opt/ml/processing/input"}},
        ],
        "MonitoringOutputConfig": {"MonitoringOutputs": [output], "KmsKeyId": KEY},
        "MonitoringResources": {"ClusterConfig": cluster},
        "NetworkConfig": {"EnableInterContainerTrafficEncryption": True, "EnableNetworkIsolation": True, **network},
    }
    config = {
        "MonitoringJobDefinition": definition,
        "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
    }
    return resource("MonitoringSchedule", MonitoringScheduleName="schedule", MonitoringScheduleConfig=config)


# Model Monitor is closed to new customers, whatever a definition of its jobs holds.
ENDED = frozenset({"SM294"})

EXAMPLES = {
    "SE101": Examples(
        fails={
            "two instances": job(2, EnableInterContainerTrafficEncryption=None),
            "a processing job of two": processing(InstanceCount=2),
        },
        passes={
            "two instances that encrypt": job(2),
            "one instance": job(1, EnableInterContainerTrafficEncryption=None),
            "filled in by a path": job(
                2, **{"EnableInterContainerTrafficEncryption": None, f"{TRAFFIC}.$": "$.encrypt"}
            ),
        },
    ),
    "SE102": Examples(
        fails={"a training job": job(VpcConfig=None), "a processing job": processing({})},
        passes={
            "in a VPC": job(),
            "isolated": job(VpcConfig=None, EnableNetworkIsolation=True),
            "filled in by a path": job(**{"VpcConfig": None, "VpcConfig.$": "$.vpc"}),
        },
    ),
    "SE103": Examples(
        fails={"no key": job(OutputDataConfig={"S3OutputPath": "s3://bucket/out"})},
        passes={
            "a key": job(),
            "filled in by a path": job(OutputDataConfig={"S3OutputPath": "s3://bucket/out", "KmsKeyId.$": "$.key"}),
        },
    ),
    "SE104": Examples(
        fails={
            "volumes of a training job": job(type="ml.m5.xlarge"),
            "volumes of a processing job": processing(VolumeKmsKeyId=None),
        },
        passes={"a key": processing(), "a type that takes no key": job(type="ml.g5.xlarge")},
    ),
    "SE105": Examples(
        fails={
            "data quality": watching(**{TRAFFIC: False}),
            "model bias on two instances": watching("ModelBias", 2, **{TRAFFIC: False}),
            "model quality": watching("ModelQuality", **{TRAFFIC: False}),
            "model explainability": watching("ModelExplainability", **{TRAFFIC: False}),
            "a schedule": scheduled(**{TRAFFIC: False}),
        },
        passes={"encrypted": watching(), "model bias on one instance": watching("ModelBias", **{TRAFFIC: False})},
        also=ENDED,
    ),
    "SE106": Examples(
        fails={
            "data quality": watching(**{ISOLATION: False}),
            "model bias": watching("ModelBias", **{ISOLATION: "false"}),
            "model quality": watching("ModelQuality", **{ISOLATION: False}),
            "model explainability": watching("ModelExplainability", **{ISOLATION: False}),
            "a schedule": scheduled(**{ISOLATION: False}),
        },
        passes={"isolated": watching(), "a parameter": watching(**{ISOLATION: {"Ref": "Isolated"}})},
        also=ENDED,
    ),
}
