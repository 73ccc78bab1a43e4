"""Models and endpoints that are open, unencrypted or alone."""

from typing import Any

from . import Examples, Json
from .models import models
from .scaling_targets import target
from .security_jobs import KEY
from .shapes import capture, config, model, resource
from .state_requests import train


def changed(found: Json, **properties: Any) -> Json:
    """*found* with those properties of its resource; one that is None is taken out."""
    whole = {**found["Resource"]["Properties"], **properties}
    kept = {name: value for name, value in whole.items() if value is not None}
    return {"Resource": {**found["Resource"], "Properties": kept}}


def with_endpoint(found: Json) -> Json:
    properties = {
        "EndpointConfigName": {"Fn::GetAtt": ["Resource", "EndpointConfigName"]},
        "RetainAllVariantProperties": True,
    }
    return {**found, "Endpoint": {"Type": "AWS::SageMaker::Endpoint", "Properties": properties}}


def queue(**output: Any) -> Json:
    output = {"S3OutputPath": "s3://bucket/out", **output}
    return changed(config(), AsyncInferenceConfig={"OutputConfig": output})


def serverless() -> Json:
    variant = config(
        InitialInstanceCount=None,
        InstanceType=None,
        ModelName={"Fn::GetAtt": ["Resource", "ModelName"]},
        ServerlessConfig={"MemorySizeInMB": 1024, "MaxConcurrency": 1},
    )
    return {**changed(model(), VpcConfig=None, EnableNetworkIsolation=None), "Config": variant["Resource"]}


def experiment(**changes: Any) -> Json:
    infrastructure = {
        "InfrastructureType": "RealTimeInference",
        "RealTimeInferenceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1},
    }
    variants = [
        {"ModelName": name, "VariantName": name, "InfrastructureConfig": infrastructure} for name in ("old", "new")
    ]
    properties = {
        "Name": "shadow",
        "Type": "ShadowMode",
        "EndpointName": "endpoint",
        "RoleArn": "arn:aws:iam::123456789012:role/test",
        "ModelVariants": variants,
        "ShadowModeConfig": {
            "SourceModelVariantName": "old",
            "ShadowModelVariants": [{"ShadowModelVariantName": "new", "SamplingPercentage": 50}],
        },
        "KmsKey": KEY,
        "DataStorageConfig": {"Destination": "s3://bucket/requests", "KmsKey": KEY},
        **changes,
    }
    return resource("InferenceExperiment", **{name: value for name, value in properties.items() if value is not None})


def makes_model(**changes: Any) -> Json:
    """A state machine that makes a model; a member that is None is left out."""
    return train(requested(changed(model(), ModelName="own", **changes)), "arn:aws:states:::sagemaker:createModel")


def makes_config(found: Json) -> Json:
    """A state machine that makes the endpoint configuration of *found*."""
    return train(requested(changed(found, EndpointConfigName="own")), "arn:aws:states:::sagemaker:createEndpointConfig")


def requested(found: Json) -> Json:
    properties: Json = found["Resource"]["Properties"]
    return properties


PRIVATE = "registry.example.com/own:1"
HOSTED = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/own:1"

EXAMPLES = {
    "SE201": Examples(
        fails={
            "one instance": config(InitialInstanceCount=1),
            "one instance in a state machine": makes_config(config(InitialInstanceCount=1)),
        },
        passes={
            "two instances": config(InitialInstanceCount=2),
            "one that scales": {**with_endpoint(config(InitialInstanceCount=1)), **target()},
            "a queue, which waits": changed(
                queue(KmsKeyId=KEY), **config(InitialInstanceCount=1)["Resource"]["Properties"]
            ),
        },
    ),
    "SE202": Examples(
        fails={
            "said": changed(model(), EnableNetworkIsolation=False),
            "not said": changed(model(), EnableNetworkIsolation=None),
            "not said in a state machine": makes_model(EnableNetworkIsolation=None),
        },
        passes={
            "isolated in a state machine": makes_model(),
            "a path decides": makes_model(EnableNetworkIsolation=None, **{"EnableNetworkIsolation.$": "$.isolate"}),
            "isolated": model(),
            "serverless, which takes none": serverless(),
            "a download from a hub": changed(
                model(Environment={"HF_MODEL_ID": "org/model"}), EnableNetworkIsolation=None
            ),
        },
    ),
    "SE203": Examples(
        fails={
            "no VPC": changed(model(), VpcConfig=None),
            "no VPC in a state machine": makes_model(VpcConfig=None),
        },
        passes={
            "a VPC": model(),
            "a VPC that a path fills in": makes_model(VpcConfig=None, **{"VpcConfig.$": "$.network"}),
            "serverless, which takes none": serverless(),
        },
    ),
    "SE204": Examples(
        fails={
            "a registry of one's own": model(Image=PRIVATE),
            "a public registry": model(Image="docker.io/library/own:1"),
            "a public registry in a state machine": makes_model(PrimaryContainer={"Image": "docker.io/library/own:1"}),
        },
        passes={
            "through the VPC": model(Image=PRIVATE, ImageConfig={"RepositoryAccessMode": "Vpc"}),
            "Amazon ECR": model(Image=HOSTED),
            "Amazon ECR in China": model(Image="123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/own:1"),
            "a parameter": model(Image={"Ref": "Image"}),
        },
    ),
    "SE205": Examples(
        fails={
            "without a VPC": changed(model(Image=PRIVATE, ImageConfig={"RepositoryAccessMode": "Vpc"}), VpcConfig=None)
        },
        passes={"with a VPC": model(Image=PRIVATE, ImageConfig={"RepositoryAccessMode": "Vpc"})},
        # That a model has no VPC is told whatever its registry is.
        also=frozenset({"SE203"}),
    ),
    "SE206": Examples(
        fails={
            "through the platform": model(ImageConfig={"RepositoryAccessMode": "Platform"}),
            "one of several": models({}, {"ImageConfig": {"RepositoryAccessMode": "Platform"}}),
        },
        passes={"through the VPC": model(ImageConfig={"RepositoryAccessMode": "Vpc"}), "not said": model()},
    ),
    "SE207": Examples(
        fails={
            "no key": config(InstanceType="ml.m5.xlarge"),
            "no key in a state machine": makes_config(config(InstanceType="ml.m5.xlarge")),
        },
        passes={
            "a key": changed(config(InstanceType="ml.m5.xlarge"), KmsKeyId=KEY),
            "storage of its own": config(InstanceType="ml.g5.xlarge"),
        },
    ),
    "SE213": Examples(
        fails={
            "disks of its own": changed(config(InstanceType="ml.g5.xlarge"), KmsKeyId=KEY),
            "disks of its own in a state machine": makes_config(
                changed(config(InstanceType="ml.g5.xlarge"), KmsKeyId=KEY)
            ),
        },
        passes={
            "no key": config(InstanceType="ml.g5.xlarge"),
            "a volume": changed(config(InstanceType="ml.m5.xlarge"), KmsKeyId=KEY),
            "a type that is not known yet": changed(config(InstanceType={"Ref": "Type"}), KmsKeyId=KEY),
        },
    ),
    "SE208": Examples(
        fails={"no key": capture(KmsKeyId=None), "no key in a state machine": makes_config(capture(KmsKeyId=None))},
        passes={"a key": capture(), "not captured": capture(EnableCapture=False, KmsKeyId=None)},
    ),
    "SE209": Examples(
        fails={"no key": queue(), "no key in a state machine": makes_config(queue())},
        passes={"a key": queue(KmsKeyId=KEY)},
    ),
    "SE210": Examples(
        fails={"open": config(EnableSSMAccess=True)},
        passes={"closed": config(EnableSSMAccess=False), "not said": config()},
    ),
    "SE211": Examples(
        fails={
            "no key for volumes": experiment(KmsKey=None),
            "no key for requests": experiment(DataStorageConfig={"Destination": "s3://bucket/requests"}),
        },
        passes={"both keys": experiment(), "nothing stored": experiment(DataStorageConfig=None)},
    ),
    "SE212": Examples(
        fails={"no key": config(CoreDumpConfig={"DestinationS3Uri": "s3://bucket/dumps"})},
        passes={
            "a key": config(CoreDumpConfig={"DestinationS3Uri": "s3://bucket/dumps", "KmsKeyId": KEY}),
            "no dumps": config(),
        },
    ),
}
