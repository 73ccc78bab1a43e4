"""Resources of SageMaker that are not as their type has them."""

from typing import Any

from . import Examples, Json
from .state_requests import KEY


def resource(type: str, **properties: Any) -> Json:
    return {"Resource": {"Type": f"AWS::SageMaker::{type}", "Properties": properties}}


def model(**container: Any) -> Json:
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/own:1"
    return resource(
        "Model",
        ExecutionRoleArn="arn:aws:iam::123456789012:role/model",
        EnableNetworkIsolation=True,
        VpcConfig={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"]},
        PrimaryContainer={"Image": image, **container},
    )


def several(count: int) -> Json:
    """A model of so many containers."""
    properties = dict(model()["Resource"]["Properties"])
    container = properties.pop("PrimaryContainer")
    return resource("Model", **properties, Containers=[container] * count)


def config(**variant: Any) -> Json:
    """An endpoint configuration of one variant; a member that is None is left out."""
    members = {
        "VariantName": "blue",
        "ModelName": "model",
        "InitialVariantWeight": 1,
        "InitialInstanceCount": 2,
        "InstanceType": "ml.g5.xlarge",
        **variant,
    }
    return resource("EndpointConfig", ProductionVariants=[{k: v for k, v in members.items() if v is not None}])


def archive(**source: Any) -> Json:
    members = {"S3Uri": "s3://bucket/m/", "S3DataType": "S3Prefix", "CompressionType": "None", **source}
    return model(ModelDataSource={"S3DataSource": {k: v for k, v in members.items() if v is not None}})


def endpoint(**properties: Any) -> Json:
    return resource("Endpoint", EndpointConfigName="config", **properties)


def component(**members: Any) -> Json:
    memory = {"ComputeResourceRequirements": {"MinMemoryRequiredInMb": 1024}, "ModelName": "model"}
    values = {"EndpointName": "endpoint", "VariantName": "blue", "Specification": memory, **members}
    return resource("InferenceComponent", **{k: v for k, v in values.items() if v is not None})


def capture(**members: Any) -> Json:
    values = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": "s3://bucket/capture",
        "KmsKeyId": KEY,
        "CaptureOptions": [{"CaptureMode": "Input"}],
        **members,
    }
    found = config()
    given = {name: value for name, value in values.items() if value is not None}
    found["Resource"]["Properties"]["DataCaptureConfig"] = given
    return found


def by_condition(yes: Any, no: Any) -> Json:
    """A whole template in which a condition chooses the instance type."""
    return {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        "Resources": config(InstanceType={"Fn::If": ["IsProd", yes, no]}),
    }


SPECIFICATIONS = [{"InstanceType": "ml.g5.xlarge", "ModelName": "model"}]

EXAMPLES = {
    "SM101": Examples(
        fails={
            "a misspelt property": model(ModelDataUri="s3://bucket/model.tar.gz"),
            "a property of another level": model(Containers=[]),
            "a path of a state, which is no CloudFormation": model(**{"ModelDataUrl.$": "$.url"}),
        },
        passes={
            "the property's name": model(ModelDataUrl="s3://bucket/model.tar.gz"),
            "properties that only CloudFormation has": endpoint(
                RetainAllVariantProperties=True,
                ExcludeRetainedVariantProperties=[{"VariantPropertyType": "DesiredWeight"}],
            ),
            "a macro that puts in the rest": resource(
                "Model",
                **{"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://bucket/model.json"}}},
                EnableNetworkIsolation=True,
            ),
        },
    ),
    "SM102": Examples(
        fails={
            "a location without the kind of its data": archive(S3DataType=None),
            "what only the API asks for": endpoint(
                DeploymentConfig={"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE"}}}
            ),
            "no variants": resource("EndpointConfig"),
            "a property that AWS::NoValue takes out": config(VariantName={"Ref": "AWS::NoValue"}),
        },
        passes={
            "all of a location": archive(),
            "a name that CloudFormation makes up": config(),
        },
    ),
    "SM103": Examples(
        fails={
            "a text where a number is needed": config(InitialInstanceCount="one"),
            "a map where a list is needed": resource("EndpointConfig", ProductionVariants={"VariantName": "blue"}),
            "null": model(ModelDataUrl=None),
        },
        passes={
            "a number as text, which CloudFormation converts": config(InitialInstanceCount="2"),
            "a boolean as text": capture(EnableCapture="true"),
            "an environment with a number, which becomes text": model(Environment={"WORKERS": 4}),
            "a reference": config(InitialInstanceCount={"Ref": "Count"}),
        },
    ),
    "SM104": Examples(
        fails={
            "a misspelt instance type": config(InstanceType="ml.g5.xlarg"),
            "an instance type of EC2": config(InstanceType="g5.xlarge"),
            "a mode in small letters": model(Mode="multimodel"),
            "one branch of a condition": by_condition("ml.g5.xlarg", "ml.g5.xlarge"),
            "in a member that only an update has": endpoint(
                RetainAllVariantProperties=True, ExcludeRetainedVariantProperties=[{"VariantPropertyType": "Weight"}]
            ),
            "in a type that the API calls otherwise": resource(
                "ExperimentTrialComponent", TrialComponentName="t", Status={"PrimaryStatus": "Done"}
            ),
        },
        passes={
            "an instance type": config(InstanceType="ml.g5.2xlarge"),
            "both branches of a condition": by_condition("ml.g5.2xlarge", "ml.g5.xlarge"),
            "a parameter": config(InstanceType={"Ref": "InstanceType"}),
            "in a type that the API calls otherwise": resource(
                "ExperimentTrialComponent", TrialComponentName="t", Status={"PrimaryStatus": "Completed"}
            ),
        },
    ),
    "SM105": Examples(
        fails={
            "no instances": config(InitialInstanceCount=0),
            "as text": config(InitialInstanceCount="0"),
            "more than all": capture(InitialSamplingPercentage=101),
            "a weight below zero": config(InitialVariantWeight=-0.5),
        },
        passes={
            "some instances": config(InitialInstanceCount=2),
            "no capture and all of it": capture(InitialSamplingPercentage=0),
            "a weight of zero": config(InitialVariantWeight=0),
        },
    ),
    "SM106": Examples(
        fails={
            "a name of 64 characters": config(VariantName="v" * 64),
            "no variants": resource("EndpointConfig", ProductionVariants=[]),
            "17 containers": several(17),
        },
        passes={"a name of 63 characters": config(VariantName="v" * 63)},
    ),
    "SM107": Examples(
        fails={
            "a location that is not in S3": archive(S3Uri="bucket/m/"),
            "a name with an underscore": config(VariantName="blue_1"),
        },
        passes={
            "a location in S3": archive(S3Uri="s3://bucket/m/"),
            "a location in a bucket of the template": archive(S3Uri={"Fn::Sub": "s3://${Bucket}/m/"}),
            "a name that is looked up at deployment": config(VariantName="{{resolve:ssm:/name}}"),
        },
    ),
    "SM108": Examples(
        fails={
            "two kinds of specification": component(Specifications=SPECIFICATIONS),
            "none of both": component(Specification=None),
        },
        passes={"one specification": component()},
    ),
    "SM109": Examples(
        fails={"the ARN of the endpoint": endpoint(EndpointArn="arn:aws:sagemaker:eu-west-1:123456789012:endpoint/e")},
        passes={"its configuration": endpoint()},
    ),
    "SM110": Examples(
        fails={
            "further model data, which the type does not have": model(AdditionalModelDataSources=[]),
        },
        passes={"model data": model(ModelDataUrl="s3://bucket/model.tar.gz")},
    ),
    "SM111": Examples(
        fails={
            "a misspelt type": resource("EndpointConfiguration"),
            "an operation that has no type": resource("TrainingJob"),
        },
        passes={"a type": config()},
    ),
    "SM112": Examples(
        fails={
            "a family that nobody has heard of": config(InstanceType="ml.zz9d.large"),
            "a size that nobody has heard of": config(InstanceType="ml.g5.96xlarge"),
        },
        passes={"a family of today": config(InstanceType="ml.g6e.xlarge")},
    ),
}
