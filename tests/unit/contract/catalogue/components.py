"""Inference components that ask for the wrong things, or go to the wrong place."""

from typing import Any

from . import Examples, Json
from .endpoint_configs import for_components, variant, variants
from .models import ROLE, called
from .shapes import component, endpoint
from .state_requests import train

COMPUTE = {"MinMemoryRequiredInMb": 1024}
ADAPTER = {"BaseInferenceComponentName": "base", "Container": {"ArtifactUrl": "s3://bucket/adapter.tar.gz"}}
SPECIFICATIONS = [
    {"InstanceType": kind, "ModelName": "model", "ComputeResourceRequirements": COMPUTE}
    for kind in ("ml.g5.xlarge", "ml.g6.xlarge")
]


def running(**specification: Any) -> Json:
    return component(Specification={k: v for k, v in specification.items() if v is not None})


def placed(config: Json, **members: Any) -> Json:
    """A component on an endpoint of the template."""
    return {
        **called("Component", component(EndpointName={"Fn::GetAtt": ["Endpoint", "EndpointName"]}, **members)),
        **called(
            "Endpoint",
            {
                "Resource": {
                    **endpoint()["Resource"],
                    "Properties": {"EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]}},
                }
            },
        ),
        **called("Config", config),
    }


EXAMPLES = {
    "SM271": Examples(
        fails={"machines for an adapter": running(**ADAPTER, ComputeResourceRequirements=COMPUTE)},
        passes={"an adapter": running(**ADAPTER)},
    ),
    "SM272": Examples(
        fails={
            "none": running(ModelName="model"),
            "none for one type": component(
                Specification=None,
                Specifications=[SPECIFICATIONS[0], {"InstanceType": "ml.g6.xlarge", "ModelName": "model"}],
            ),
        },
        passes={
            "given": component(),
            "left as it is by an update": train(
                {"InferenceComponentName": "c", "Specification": {"ModelName": "model"}},
                "arn:aws:states:::aws-sdk:sagemaker:updateInferenceComponent",
            ),
        },
    ),
    "SM273": Examples(
        fails={"no artifact": running(BaseInferenceComponentName="base")},
        passes={
            "an artifact": running(**ADAPTER),
            "a container that is a function": running(
                BaseInferenceComponentName="base", Container={"Fn::FindInMap": ["A", "B", "C"]}
            ),
        },
    ),
    "SM274": Examples(
        fails={"none of them": running(ComputeResourceRequirements=COMPUTE)},
        passes={
            "a model": component(),
            "an update of what it takes": train(
                {"InferenceComponentName": "c", "Specification": {"ComputeResourceRequirements": COMPUTE}},
                "arn:aws:states:::aws-sdk:sagemaker:updateInferenceComponent",
            ),
            "an image": running(ComputeResourceRequirements=COMPUTE, Container={"Image": "image"}),
        },
    ),
    "SM275": Examples(
        fails={"a variant with a model": placed(variants(variant()))},
        passes={"a variant without": placed(for_components())},
    ),
    "SM276": Examples(
        fails={"a misspelt variant": placed(for_components(), VariantName="bleu")},
        passes={
            "a variant that is there": placed(for_components()),
            "a component whose variant is a parameter": placed(for_components(), VariantName={"Ref": "Variant"}),
            "a variant that is a parameter": placed(
                variants(variant(ModelName=None, VariantName={"Ref": "Variant"}), ExecutionRoleArn=ROLE)
            ),
        },
    ),
    "SM277": Examples(
        fails={
            "above the most": running(
                ModelName="model",
                ComputeResourceRequirements={"MinMemoryRequiredInMb": 2048, "MaxMemoryRequiredInMb": 1024},
            )
        },
        passes={
            "as much": running(
                ModelName="model",
                ComputeResourceRequirements={"MinMemoryRequiredInMb": 1024, "MaxMemoryRequiredInMb": 1024},
            )
        },
    ),
    "SM278": Examples(
        fails={"a type twice": component(Specification=None, Specifications=[SPECIFICATIONS[0], SPECIFICATIONS[0]])},
        passes={"two types": component(Specification=None, Specifications=SPECIFICATIONS)},
    ),
}
