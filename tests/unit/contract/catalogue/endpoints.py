"""Endpoints, configurations and models that name each other in ways that do not work."""

from typing import Any

from . import Examples, Json
from .endpoint_configs import for_components, variant, variants
from .models import called, joined
from .shapes import component, model, resource
from .state_requests import train

CONFIG_NAME = {"Fn::GetAtt": ["Config", "EndpointConfigName"]}


def endpoint(name: Any = CONFIG_NAME, **properties: Any) -> Json:
    return called("Endpoint", resource("Endpoint", EndpointConfigName=name, **properties))


def config(**properties: Any) -> Json:
    return called("Config", variants(variant(), **properties))


def target(resource_id: Any, dimension: str = "sagemaker:variant:DesiredInstanceCount") -> Json:
    return {
        "Target": {
            "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
            "Properties": {
                "MinCapacity": 1,
                "MaxCapacity": 4,
                "ResourceId": resource_id,
                "ScalableDimension": dimension,
                "ServiceNamespace": "sagemaker",
            },
        }
    }


def waiting(example: Json) -> Json:
    """The target with the endpoint before it, which its text alone does not ask for."""
    return {"Target": {**example["Target"], "DependsOn": "Endpoint"}}


def by_text(**attributes: Any) -> Json:
    """A component that names an endpoint of its template by its text."""
    (content,) = component(EndpointName="chat").values()
    return {"Component": {**content, **attributes}, **endpoint("config", EndpointName="chat")}


OWN = joined("endpoint/", {"Fn::GetAtt": ["Endpoint", "EndpointName"]}, "/variant/blue")
EXCLUDED = [{"VariantPropertyType": "DesiredWeight"}]

EXAMPLES = {
    "SM251": Examples(
        fails={
            "Ref of a configuration": {**endpoint({"Ref": "Config"}), **config()},
            "Ref of a model": {
                **called("Config", variants(variant(ModelName={"Ref": "Model"}))),
                **called("Model", model()),
            },
            "the ARN of a configuration": {**endpoint({"Fn::GetAtt": "Config.EndpointConfigArn"}), **config()},
        },
        passes={
            "the name of a configuration": {**endpoint(), **config()},
            "Ref of a parameter": endpoint({"Ref": "Config"}),
            "a name that is joined": {**endpoint(joined({"Ref": "Config"}, "-own")), **config()},
            "a name of its own": endpoint("config"),
        },
    ),
    "SM252": Examples(
        fails={
            "a model for a configuration": {
                **endpoint({"Fn::GetAtt": ["Model", "ModelName"]}),
                **called("Model", model()),
            },
            "a configuration for an endpoint": {
                **called("Component", component(EndpointName=CONFIG_NAME)),
                **called("Config", for_components()),
            },
        },
        passes={"a configuration": {**endpoint(), **config()}},
    ),
    "SM253": Examples(
        fails={"an endpoint by its text": by_text()},
        passes={
            "with a dependency": by_text(DependsOn="Endpoint"),
            "a configuration elsewhere": {**endpoint("other"), **config()},
            "a reference": {**endpoint(), **config()},
        },
    ),
    "SM254": Examples(
        fails={
            "another case": {
                **called("One", endpoint(EndpointName="Chat")),
                **called("Two", endpoint(EndpointName="chat")),
                **config(),
            }
        },
        passes={
            "another name": {
                **called("One", endpoint(EndpointName="chat")),
                **called("Two", endpoint(EndpointName="chat2")),
                **config(),
            },
            "names that CloudFormation gives": {**called("One", endpoint()), **called("Two", endpoint()), **config()},
        },
    ),
    "SM255": Examples(
        fails={
            "not given": {**endpoint(), **config(), **target(OWN)},
            "false": {**endpoint(RetainAllVariantProperties=False), **config(), **target(OWN)},
            "a target that names it": {
                **endpoint(EndpointName="chat"),
                **config(),
                **waiting(target("endpoint/chat/variant/blue")),
            },
        },
        passes={
            "true": {**endpoint(RetainAllVariantProperties=True), **config(), **target(OWN)},
            "a target of another": {
                **endpoint(EndpointName="chat"),
                **config(),
                **target("endpoint/chat2/variant/blue"),
            },
            "copies of a component": {
                **endpoint(),
                **config(),
                **target("inference-component/c", "sagemaker:inference-component:DesiredCopyCount"),
            },
            "a target of another in the template": {
                **endpoint(RetainAllVariantProperties=True),
                **config(),
                **called("Other", endpoint()),
                **target(OWN),
            },
            "a parameter": {**endpoint(RetainAllVariantProperties={"Ref": "Retain"}), **config(), **target(OWN)},
        },
    ),
    "SM256": Examples(
        fails={
            "nothing kept": {**endpoint(ExcludeRetainedVariantProperties=EXCLUDED), **config()},
            "nothing kept by a state machine": train(
                {"EndpointName": "e", "EndpointConfigName": "c", "ExcludeRetainedVariantProperties": EXCLUDED},
                "arn:aws:states:::sagemaker:updateEndpoint",
            ),
        },
        passes={
            "the rest kept": {
                **endpoint(ExcludeRetainedVariantProperties=EXCLUDED, RetainAllVariantProperties=True),
                **config(),
            },
            "a parameter": {
                **endpoint(ExcludeRetainedVariantProperties=EXCLUDED, RetainAllVariantProperties={"Ref": "Retain"}),
                **config(),
            },
        },
    ),
}
