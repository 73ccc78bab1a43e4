"""Templates that hurt at the second deployment."""

from . import Examples, Json
from .endpoints import config, endpoint
from .models import called, changed, joined
from .shapes import model, resource


def subnet(**properties: object) -> Json:
    return {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", **properties}}


def network(*subnets: object) -> Json:
    return {"Subnets": list(subnets), "SecurityGroupIds": ["sg-1"]}


ONE, TWO = {"Ref": "One"}, {"Ref": "Two"}
SUBNETS = {"One": subnet(AvailabilityZone="a"), "Two": subnet(AvailabilityZone="b")}
GROUP = resource(
    "FeatureGroup",
    FeatureGroupName="group",
    RecordIdentifierFeatureName="id",
    EventTimeFeatureName="time",
    FeatureDefinitions=[
        {"FeatureName": "id", "FeatureType": "String"},
        {"FeatureName": "time", "FeatureType": "String"},
    ],
)

EXAMPLES = {
    "SM281": Examples(
        fails={
            "a model": changed(model(), ModelName="own"),
            "a configuration": config(EndpointConfigName="own"),
            "a name with that of the stack": changed(model(), ModelName=joined({"Ref": "AWS::StackName"}, "-own")),
        },
        passes={
            "names that CloudFormation gives": {**called("Model", model()), **config()},
            "a name that may change": changed(model(), ModelName=joined("own-", {"Ref": "Version"})),
            "an endpoint, which is updated": {**endpoint(EndpointName="own"), **config()},
        },
    ),
    "SM282": Examples(
        fails={"a feature group": changed(GROUP, Tags=[{"Key": "team", "Value": "own"}])},
        passes={
            "a feature group without": GROUP,
            "a model, whose tags change": changed(model(), Tags=[{"Key": "team", "Value": "own"}]),
        },
    ),
    "SM283": Examples(
        fails={
            "subnets of the stack": {
                **called("Model", changed(model(), VpcConfig=network(ONE, TWO))),
                **endpoint(),
                **config(),
                **SUBNETS,
            }
        },
        passes={
            "subnets of another": {
                **called("Model", changed(model(), VpcConfig=network("subnet-1", "subnet-2"))),
                **endpoint(),
                **config(),
                **SUBNETS,
            },
            "no endpoint": {**called("Model", changed(model(), VpcConfig=network(ONE, TWO))), **SUBNETS},
        },
    ),
}
