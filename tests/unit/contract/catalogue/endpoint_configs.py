"""Endpoint configurations whose variants do not go together."""

from typing import Any

from . import Examples, Json
from .models import ROLE, called, models, multi
from .shapes import capture, config, model, resource
from .state_requests import KEY, train

VARIANT = {
    "VariantName": "blue",
    "ModelName": "model",
    "InitialVariantWeight": 1,
    "InitialInstanceCount": 2,
    "InstanceType": "ml.m5.xlarge",
}
NAME = {"Fn::GetAtt": ["Model", "ModelName"]}
AWS = "763104351884.dkr.ecr.eu-west-1.amazonaws.com"
GPU_LAST = [{"InstanceType": "ml.m5.xlarge", "Priority": 1}, {"InstanceType": "ml.g5.xlarge", "Priority": 2}]


def variant(**changes: Any) -> Json:
    return {name: value for name, value in {**VARIANT, **changes}.items() if value is not None}


def variants(*own: Json, **properties: Any) -> Json:
    """A configuration of those variants; serverless ones and machines with disks have no volume for a key."""
    kinds = [one.get("InstanceType") for one in own]
    without = any("ServerlessConfig" in one for one in own) or any("ml.g5" in str(kind) for kind in kinds)
    key = {} if without else {"KmsKeyId": KEY}
    return resource("EndpointConfig", **{"ProductionVariants": list(own), **key, **properties})


def many_on(machine: Any, image: Any, **changes: Any) -> Json:
    """An endpoint of many models that *image* serves on *machine*."""
    own = variant(ModelName=NAME, InstanceType=machine, **changes)
    return {
        **called("Config", variants(own)),
        **called("Model", multi(Image=image, ModelDataUrl="s3://bucket/models/")),
    }


def shadowed(shadow: Json, *own: Json, **properties: Any) -> Json:
    return variants(*(own or [variant()]), ShadowProductionVariants=[shadow], **properties)


def for_components(**changes: Any) -> Json:
    return variants(variant(ModelName=None, InitialVariantWeight=None, **changes), ExecutionRoleArn=ROLE)


GREEN = variant(VariantName="green")
POOLS = [{"InstanceType": "ml.m5.xlarge", "Priority": 1}, {"InstanceType": "ml.m6i.xlarge", "Priority": 2}]
ASYNC = {"OutputConfig": {"S3OutputPath": "s3://bucket/out", "KmsKeyId": KEY}}
RANGE = {"Status": "ENABLED", "MinInstanceCount": 2, "MaxInstanceCount": 2}
CREATE = "arn:aws:states:::sagemaker:createEndpointConfig"

EXAMPLES = {
    "SM221": Examples(
        fails={
            "both": variants(
                variant(
                    ServerlessConfig={"MemorySizeInMB": 1024, "MaxConcurrency": 5},
                    InitialInstanceCount=None,
                    InstanceType="ml.g5.xlarge",
                )
            ),
            "none": variants(variant(InstanceType=None)),
            "none in a state machine": train(
                {"EndpointConfigName": "c", "ProductionVariants": [variant(InstanceType=None)]}, CREATE
            ),
        },
        passes={
            "a type": config(),
            "pools": variants(variant(InstanceType=None, InstancePools=POOLS)),
            "a type that is a parameter": config(InstanceType={"Ref": "Type"}),
            "a type that a path fills in": train(
                {
                    "EndpointConfigName": "c",
                    "ProductionVariants": [variant(InstanceType=None, **{"InstanceType.$": "$.type"})],
                },
                CREATE,
            ),
        },
    ),
    "SM222": Examples(
        fails={
            "one name twice": variants(variant(), variant()),
            "a shadow of the same name": shadowed(variant()),
        },
        passes={
            "two names": variants(variant(), GREEN),
            "a parameter twice": variants(variant(VariantName={"Ref": "A"}), variant(VariantName={"Ref": "A"})),
        },
    ),
    "SM223": Examples(
        fails={
            "a type twice": variants(variant(InstanceType=None, InstancePools=[POOLS[0], {**POOLS[0], "Priority": 2}])),
            "a priority twice": variants(
                variant(InstanceType=None, InstancePools=[POOLS[0], {**POOLS[1], "Priority": 1}])
            ),
        },
        passes={"two types": variants(variant(InstanceType=None, InstancePools=POOLS))},
    ),
    "SM224": Examples(
        fails={
            "none on all": variants(
                variant(InitialVariantWeight=0), variant(VariantName="green", InitialVariantWeight=0)
            )
        },
        passes={
            "none on one": variants(variant(), variant(VariantName="green", InitialVariantWeight=0)),
            "a weight that is a parameter": variants(
                variant(InitialVariantWeight={"Ref": "Weight"}), variant(VariantName="green", InitialVariantWeight=0)
            ),
        },
    ),
    "SM225": Examples(
        fails={"no role": variants(variant(ModelName=None))},
        passes={
            "a role": for_components(),
            "a model": config(),
            "a role that is a parameter": variants(variant(ModelName=None), ExecutionRoleArn={"Ref": "Role"}),
        },
    ),
    "SM226": Examples(
        fails={"beside a model": variants(variant(ManagedInstanceScaling=RANGE))},
        passes={"for components": for_components(ManagedInstanceScaling=RANGE)},
    ),
    "SM227": Examples(
        fails={"more than the most": for_components(ManagedInstanceScaling={**RANGE, "MinInstanceCount": 3})},
        passes={
            "a least that is a parameter": for_components(
                ManagedInstanceScaling={**RANGE, "MinInstanceCount": {"Ref": "Least"}}
            ),
            "as many as the most": for_components(ManagedInstanceScaling=RANGE),
            "a most that is a parameter": for_components(
                ManagedInstanceScaling={**RANGE, "MinInstanceCount": 3, "MaxInstanceCount": {"Ref": "Most"}}
            ),
        },
    ),
    "SM233": Examples(
        fails={"none": config(InitialInstanceCount=None)},
        passes={
            "some": config(InitialInstanceCount=2),
            "managed instances": for_components(InitialInstanceCount=None, ManagedInstanceScaling=RANGE),
            "pools": variants(variant(InstanceType=None, InstancePools=POOLS)),
            "a parameter": config(InitialInstanceCount={"Ref": "Count"}),
        },
    ),
    "SM228": Examples(
        fails={
            "beside two": shadowed(variant(VariantName="shadow"), variant(), GREEN),
            "two shadows": variants(variant(), ShadowProductionVariants=[GREEN, variant(VariantName="shadow")]),
        },
        passes={"beside one": shadowed(GREEN), "two without a shadow": variants(variant(), GREEN)},
    ),
    "SM229": Examples(
        fails={
            "asynchronous": shadowed(GREEN, AsyncInferenceConfig=ASYNC),
            "serverless": shadowed(
                {
                    "VariantName": "green",
                    "ModelName": "model",
                    "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 5},
                }
            ),
            "several containers": {
                **called("Config", shadowed(GREEN, variant(ModelName=NAME))),
                **called("Model", models({}, {})),
            },
            "a multi-model": {
                **called("Config", shadowed(variant(VariantName="green", ModelName=NAME))),
                **called("Model", multi(ModelDataUrl="s3://bucket/models/")),
            },
        },
        passes={
            "plain variants": shadowed(GREEN),
            "asynchronous without a shadow": variants(variant(), AsyncInferenceConfig=ASYNC),
            "a model of one container": {
                **called("Config", shadowed(GREEN, variant(ModelName=NAME))),
                **called("Model", models({})),
            },
        },
    ),
    "SM230": Examples(
        fails={
            "on a type with disks": variants(variant(InstanceType="ml.g5.xlarge", VolumeSizeInGB=50)),
            "on a pool with disks": variants(
                variant(
                    InstanceType=None,
                    VolumeSizeInGB=50,
                    InstancePools=[POOLS[0], {"InstanceType": "ml.m5d.xlarge", "Priority": 2}],
                )
            ),
        },
        passes={
            "on a type without": variants(variant(VolumeSizeInGB=50)),
            "a type with disks and no size": variants(variant(InstanceType="ml.g5.xlarge")),
            "a type that is a parameter": variants(variant(InstanceType={"Ref": "Type"}, VolumeSizeInGB=50)),
        },
    ),
    "SM231": Examples(
        fails={
            "in both lists": capture(
                CaptureContentTypeHeader={"CsvContentTypes": ["text/csv"], "JsonContentTypes": ["text/csv"]}
            )
        },
        passes={
            "in one each": capture(
                CaptureContentTypeHeader={"CsvContentTypes": ["text/csv"], "JsonContentTypes": ["application/json"]}
            )
        },
    ),
    "SM232": Examples(
        fails={
            "TensorFlow on a GPU": many_on("ml.g5.xlarge", f"{AWS}/tensorflow-inference:2.18-gpu"),
            "an account that is looked up": many_on(
                "ml.g5.xlarge",
                {"Fn::Join": ["", [{"Ref": "Account"}, ".dkr.ecr.eu-west-1.amazonaws.com/djl-inference:0.30.0"]]},
            ),
            "on the second type": many_on(None, f"{AWS}/sagemaker-xgboost:1.7-1", InstancePools=GPU_LAST),
        },
        passes={
            "Triton on a GPU": many_on("ml.g5.xlarge", f"{AWS}/sagemaker-tritonserver:24.09-py3"),
            "TensorFlow on a CPU": many_on("ml.m5.xlarge", f"{AWS}/tensorflow-inference:2.18-cpu"),
            "an image of one's own": many_on("ml.g5.xlarge", f"{AWS}/own-server:1"),
            "one model on a GPU": {
                **called("Config", variants(variant(ModelName=NAME, InstanceType="ml.g5.xlarge"))),
                **called("Model", model(Image=f"{AWS}/tensorflow-inference:2.18-gpu")),
            },
        },
    ),
}
