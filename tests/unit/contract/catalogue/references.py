"""Templates that refer to what is not there."""

from typing import Any

from . import Examples, Json
from .scaling_targets import endpoint, target
from .shapes import config


def whole(resources: Json, **sections: Any) -> Json:
    return {"Resources": resources, **sections}


def named(value: Any, **attributes: Any) -> Json:
    """An endpoint with a configuration, whose variant is of the model that *value* names."""
    found = endpoint(ModelName=value)
    found["Endpoint"] = {**found["Endpoint"], **attributes}
    return found


PARAMETERS = {"Parameters": {"Model": {"Type": "String"}}}

EXAMPLES = {
    "SM113": Examples(
        fails={
            "a misspelt attribute": {
                **named("model"),
                "Out": {
                    "Type": "AWS::SSM::Parameter",
                    "Properties": {"Value": {"Fn::GetAtt": "Endpoint.EndpointArns"}},
                },
            },
            "in a text": {
                **named("model"),
                "Out": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": {"Fn::Sub": "a/${Endpoint.Name}"}}},
            },
            "of a scalable target": {
                **named("model"),
                **target(),
                "Out": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": {"Fn::GetAtt": "Target.Arn"}}},
            },
        },
        passes={
            "its attributes": {
                **named("model"),
                "Out": {
                    "Type": "AWS::SSM::Parameter",
                    "Properties": {"Value": {"Fn::GetAtt": "Endpoint.EndpointName"}},
                },
            },
            "an attribute of another service": {
                **named("model"),
                "Own": {"Type": "Custom::Own", "Properties": {}},
                "Out": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": {"Fn::GetAtt": ["Own", "Any"]}}},
            },
        },
    ),
    "SM114": Examples(
        fails={
            "a misspelt resource": whole(
                {**config(ModelName={"Fn::GetAtt": ["Modle", "ModelName"]}), "Model": {"Type": "Custom::Own"}}
            ),
            "a parameter that is not declared": whole(config(ModelName={"Ref": "Model"})),
            "in a text": whole(config(ModelName={"Fn::Sub": "own-${Model}"})),
            "in DependsOn": whole(named("model", DependsOn=["Model"])),
        },
        passes={
            "a parameter": whole(config(ModelName={"Ref": "Model"}), **PARAMETERS),
            "a name of the text's own": whole(config(ModelName={"Fn::Sub": ["own-${A}", {"A": "b"}]})),
            "what is written as it is": whole(config(ModelName={"Fn::Sub": "own-${!Model}"})),
            "what AWS gives": whole(config(ModelName={"Fn::Sub": "own-${AWS::StackName}"})),
            "a macro, which may write it": whole(config(ModelName={"Ref": "Model"}), Transform="Own"),
            "a resource of a module": whole(
                {**config(ModelName={"Ref": "Own.Model"}), "Own": {"Type": "Org::Own::Models::MODULE"}}
            ),
        },
    ),
}
