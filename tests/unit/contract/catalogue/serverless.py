"""Serverless variants that ask for what serverless excludes."""

from typing import Any

from . import Examples, Json
from .endpoint_configs import ASYNC, AWS, NAME, variant, variants
from .models import IMAGE, ROLE, called, changed, multi, open_model
from .shapes import archive, model, resource
from .state_requests import KEY, train


def serverless(**settings: Any) -> Json:
    values = {"MemorySizeInMB": 2048, "MaxConcurrency": 5, **settings}
    return {"VariantName": "blue", "ModelName": "model", "InitialVariantWeight": 1, "ServerlessConfig": values}


def open_models(*containers: Json) -> Json:
    return resource("Model", ExecutionRoleArn=ROLE, Containers=[{"Image": IMAGE, **one} for one in containers])


def with_model(example: Json) -> Json:
    config = variants({**serverless(), "ModelName": NAME})
    return {**called("Config", config), **called("Model", example)}


NETWORK = {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]}
CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://bucket/capture",
    "KmsKeyId": KEY,
    "CaptureOptions": [{"CaptureMode": "Input"}],
}
GREEN = {**serverless(), "VariantName": "green"}

EXAMPLES = {
    "SM241": Examples(
        fails={
            "no step": variants(serverless(MemorySizeInMB=1500)),
            "as a text": variants(serverless(MemorySizeInMB="1500")),
            "in a state machine": train(
                {"EndpointConfigName": "c", "ProductionVariants": [serverless(MemorySizeInMB=1500)]},
                "arn:aws:states:::sagemaker:createEndpointConfig",
            ),
        },
        passes={
            "the least": variants(serverless(MemorySizeInMB=1024)),
            "the most": variants(serverless(MemorySizeInMB=6144)),
            "a parameter": variants(serverless(MemorySizeInMB={"Ref": "Memory"})),
        },
    ),
    "SM242": Examples(
        fails={"above": variants(serverless(ProvisionedConcurrency=6))},
        passes={
            "as many": variants(serverless(ProvisionedConcurrency=5)),
            "a parameter": variants(serverless(ProvisionedConcurrency=6, MaxConcurrency={"Ref": "Most"})),
        },
    ),
    "SM243": Examples(
        fails={
            "a number of machines": variants({**serverless(), "InitialInstanceCount": 2}),
            "a disk": variants({**serverless(), "VolumeSizeInGB": 10}),
        },
        passes={"nothing of machines": variants(serverless()), "machines": variants(variant(VolumeSizeInGB=10))},
    ),
    "SM244": Examples(
        fails={
            "two": variants(serverless(), GREEN),
            "beside machines": variants(variant(InstanceType="ml.g5.xlarge"), GREEN),
        },
        passes={"one": variants(serverless()), "two on machines": variants(variant(), variant(VariantName="green"))},
    ),
    "SM245": Examples(
        fails={
            "asynchronous": variants(serverless(), AsyncInferenceConfig=ASYNC),
            "captured": variants(serverless(), DataCaptureConfig=CAPTURE),
            "in a VPC": variants(serverless(), VpcConfig=NETWORK),
            "isolated": variants(serverless(), EnableNetworkIsolation=True),
        },
        passes={
            "nothing of that": variants(serverless()),
            "capture that is off": variants(serverless(), DataCaptureConfig={**CAPTURE, "EnableCapture": False}),
            "asynchronous on machines": variants(variant(), AsyncInferenceConfig=ASYNC),
        },
    ),
    "SM246": Examples(
        fails={
            "in a VPC": with_model(changed(open_model(), VpcConfig=NETWORK)),
            "isolated": with_model(changed(open_model(), EnableNetworkIsolation=True)),
            "a pipeline": with_model(open_models({}, {})),
            "a multi-model": with_model(multi(ModelDataUrl="s3://bucket/models/")),
            "files": with_model(archive()),
        },
        passes={
            "an archive": with_model(open_model(ModelDataUrl="s3://bucket/model.tar.gz")),
            "a list of one": with_model(open_models({})),
            "an isolation that is a parameter": with_model(
                changed(open_model(), EnableNetworkIsolation={"Ref": "Isolate"})
            ),
        },
    ),
    "SM247": Examples(
        fails={"a key": variants(serverless(), KmsKeyId="alias/own")},
        passes={"a key for machines": variants(variant(), KmsKeyId="alias/own")},
    ),
    "SM248": Examples(
        fails={"a tag for GPUs": with_model(open_model(Image=f"{AWS}/tensorflow-inference:2.19.0-gpu"))},
        passes={
            "a tag for processors": with_model(open_model(Image=f"{AWS}/tensorflow-inference:2.19.0-cpu")),
            "gpu in the name alone": with_model(open_model(Image=f"{AWS}/own-gpu-free:1")),
            "machines": {
                **called("Config", variants(variant(ModelName=NAME))),
                **called("Model", model(Image=f"{AWS}/tensorflow-inference:2.19.0-gpu")),
            },
        },
    ),
}
