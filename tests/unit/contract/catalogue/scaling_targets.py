"""Scalable targets of SageMaker that cannot be registered, or that scale nothing."""

from typing import Any

from . import Examples, Json
from .shapes import KEY, config

INSTANCES = "sagemaker:variant:DesiredInstanceCount"
CONCURRENCY = "sagemaker:variant:DesiredProvisionedConcurrency"
COPIES = "sagemaker:inference-component:DesiredCopyCount"
NAME: Json = {"Fn::GetAtt": ["Endpoint", "EndpointName"]}
SERVERLESS: Json = {"MemorySizeInMB": 2048, "MaxConcurrency": 20, "ProvisionedConcurrency": 5}
QUEUE: Json = {"OutputConfig": {"S3OutputPath": "s3://bucket/out", "KmsKeyId": "alias/data"}}


def variant_of(name: Any, variant: str = "blue") -> Json:
    return {"Fn::Join": ["/", ["endpoint", name, "variant", variant]]}


def endpoint(asynchronous: bool = False, named: str | None = None, **variant: Any) -> Json:
    """An endpoint with its configuration of one variant, `blue`."""
    found = {"Config": config(**variant)["Resource"]}
    if asynchronous:
        found["Config"]["Properties"]["AsyncInferenceConfig"] = QUEUE
    # What a target scales, an update must keep (SM255).
    properties: Json = {
        "EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]},
        "RetainAllVariantProperties": True,
    }
    if variant.get("InstanceType"):
        # Any but that of `config` has volumes.
        found["Config"]["Properties"]["KmsKeyId"] = KEY
    found["Endpoint"] = {
        "Type": "AWS::SageMaker::Endpoint",
        "Properties": {**properties, **({"EndpointName": named} if named else {})},
    }
    return found


def serverless(**members: Any) -> Json:
    capacity = {name: value for name, value in {**SERVERLESS, **members}.items() if value is not None}
    return endpoint(InstanceType=None, InitialInstanceCount=None, ServerlessConfig=capacity)


def target(id: str = "Target", **changes: Any) -> Json:
    """A scalable target of the variant; a property that is None is left out."""
    properties = {
        "MinCapacity": 1,
        "MaxCapacity": 4,
        "ResourceId": variant_of(NAME),
        "ScalableDimension": INSTANCES,
        "ServiceNamespace": "sagemaker",
        **changes,
    }
    kept = {name: value for name, value in properties.items() if value is not None}
    return {id: {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": kept}}


def copies(**changes: Any) -> Json:
    """A scalable target of an inference component."""
    component = {
        "InferenceComponentName": "own",
        "EndpointName": "endpoint",
        "VariantName": "blue",
        "Specification": {
            "ModelName": "model",
            "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 1024},
        },
        "RuntimeConfig": {"CopyCount": 1},
    }
    found = target(**{"ResourceId": "inference-component/own", "ScalableDimension": COPIES, **changes})
    found["Target"]["DependsOn"] = "Component"
    return {"Component": {"Type": "AWS::SageMaker::InferenceComponent", "Properties": component}, **found}


RIGHT = {**endpoint(), **target()}

EXAMPLES = {
    "AS101": Examples(
        fails={
            "a resource id without the variant": {
                **endpoint(),
                **target(ResourceId={"Fn::Join": ["/", ["endpoint", NAME]]}),
            },
            "a resource id with the parts swapped": target(ResourceId="variant/blue/endpoint/e"),
        },
        passes={
            "a variant": RIGHT,
            "a parameter that may hold the whole": target(ResourceId={"Ref": "Id"}),
            "an inference component": copies(),
            "another service": target(
                ResourceId="service/c/s", ScalableDimension="ecs:service:DesiredCount", ServiceNamespace="ecs"
            ),
        },
    ),
    "AS102": Examples(
        fails={
            "copies of a variant": {**endpoint(), **target(ScalableDimension=COPIES)},
            "a misspelt dimension": {
                **endpoint(),
                **target(ScalableDimension="sagemaker:variant:DesiredInstanceCounts"),
            },
            "instances of an inference component": copies(ScalableDimension=INSTANCES),
        },
        passes={"instances of a variant": RIGHT, "copies of a component": copies()},
    ),
    "AS103": Examples(
        fails={"another namespace": {**endpoint(), **target(ServiceNamespace="ecs")}},
        passes={"the namespace": RIGHT, "a parameter": {**endpoint(), **target(ServiceNamespace={"Ref": "Space"})}},
    ),
    "AS104": Examples(
        fails={
            "Ref of a component": copies(ResourceId={"Fn::Sub": "inference-component/${Component}"}),
            "Ref of the endpoint": {
                **endpoint(),
                **target(ResourceId={"Fn::Sub": "endpoint/${Endpoint}/variant/blue"}),
            },
        },
        passes={"Fn::GetAtt of its name": RIGHT},
    ),
    "AS105": Examples(
        fails={"a variant that is not there": {**endpoint(), **target(ResourceId=variant_of(NAME, "green"))}},
        passes={
            "a variant of the endpoint": RIGHT,
            "an endpoint that is not in the template": target(ResourceId="endpoint/e/variant/green"),
        },
    ),
    "AS106": Examples(
        fails={"the name as text": {**endpoint(named="chat"), **target(ResourceId="endpoint/chat/variant/blue")}},
        passes={
            "the name by reference": {**endpoint(named="chat"), **target()},
            "an order of its own": {
                **endpoint(named="chat"),
                "Target": {
                    **target(ResourceId="endpoint/chat/variant/blue")["Target"],
                    "DependsOn": ["Endpoint"],
                },
            },
        },
    ),
    "AS107": Examples(
        fails={"no upper bound": {**endpoint(), **target(MaxCapacity=None)}},
        passes={"both bounds": RIGHT},
    ),
    "AS108": Examples(
        fails={"the lower above the upper": {**endpoint(), **target(MinCapacity=5)}},
        passes={
            "as many as at most": {**endpoint(), **target(MinCapacity=4)},
            "a parameter": {**endpoint(), **target(MinCapacity=9, MaxCapacity={"Ref": "Most"})},
        },
    ),
    "AS109": Examples(
        fails={
            "less than none": {**endpoint(), **target(MinCapacity=-1)},
            "at most none": {**endpoint(asynchronous=True), **target(MinCapacity=0, MaxCapacity=0)},
        },
        passes={"from one to one": {**endpoint(), **target(MaxCapacity=1)}},
    ),
    "AS110": Examples(
        fails={
            "a real-time variant": {**endpoint(), **target(MinCapacity=0)},
            "at night": {
                **endpoint(),
                **target(
                    ScheduledActions=[
                        {
                            "ScheduledActionName": "night",
                            "Schedule": "cron(0 22 * * ? *)",
                            "ScalableTargetAction": {"MinCapacity": 0, "MaxCapacity": 0},
                        }
                    ]
                ),
            },
        },
        passes={
            "one": RIGHT,
            "an asynchronous endpoint": {**endpoint(asynchronous=True), **target(MinCapacity=0)},
            "an inference component": copies(MinCapacity=0),
            "an endpoint that is not in the template": target(ResourceId="endpoint/e/variant/blue", MinCapacity=0),
        },
    ),
    "AS111": Examples(
        fails={
            "instances of a serverless variant": {**serverless(), **target()},
            "concurrency of instances": {**endpoint(), **target(ScalableDimension=CONCURRENCY)},
        },
        passes={"concurrency of a serverless variant": {**serverless(), **target(ScalableDimension=CONCURRENCY)}},
    ),
    "AS112": Examples(
        fails={
            "none provisioned": {**serverless(ProvisionedConcurrency=None), **target(ScalableDimension=CONCURRENCY)},
            "more than is served": {**serverless(), **target(ScalableDimension=CONCURRENCY, MaxCapacity=21)},
        },
        passes={"as much as is served": {**serverless(), **target(ScalableDimension=CONCURRENCY, MaxCapacity=20)}},
    ),
    "AS113": Examples(
        fails={"a burstable type": {**endpoint(InstanceType="ml.t2.medium"), **target()}},
        passes={"another type": {**endpoint(InstanceType="ml.m5.large"), **target()}},
    ),
    "AS114": Examples(
        fails={"two targets of one variant": {**RIGHT, **target("Other")}},
        passes={
            "a target for each variant": {
                **RIGHT,
                **target("Other", ResourceId="endpoint/other/variant/blue"),
            }
        },
    ),
}
