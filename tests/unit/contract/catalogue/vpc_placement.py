"""Models and jobs in too little of a network."""

from . import Examples
from .change_safety import ONE, SUBNETS, TWO, network, subnet
from .models import called, changed
from .shapes import model
from .state_requests import job, train

EXAMPLES = {
    "SM285": Examples(
        fails={
            "one subnet": changed(model(), VpcConfig=network("subnet-1")),
            "one subnet for a job": train(job(VpcConfig=network("subnet-1"))),
        },
        passes={
            "two subnets": changed(model(), VpcConfig=network("subnet-1", "subnet-2")),
            "a parameter that is a list": changed(
                model(), VpcConfig={"Subnets": {"Ref": "Subnets"}, "SecurityGroupIds": ["sg-1"]}
            ),
            "a list in one entry": changed(
                model(), VpcConfig=network({"Fn::Split": [",", {"Fn::ImportValue": "Subnets"}]})
            ),
            "a list in a text": changed(
                model(),
                VpcConfig={
                    "Subnets": {"Fn::Split": [",", {"Fn::ImportValue": "Subnets"}]},
                    "SecurityGroupIds": ["sg-1"],
                },
            ),
        },
    ),
    "SM286": Examples(
        fails={
            "one zone": {
                **called("Model", changed(model(), VpcConfig=network(ONE, TWO))),
                "One": subnet(AvailabilityZone="a"),
                "Two": subnet(AvailabilityZone="a"),
            }
        },
        passes={
            "two zones": {**called("Model", changed(model(), VpcConfig=network(ONE, TWO))), **SUBNETS},
            "zones that are not told": {
                **called("Model", changed(model(), VpcConfig=network(ONE, TWO))),
                "One": subnet(),
                "Two": subnet(),
            },
        },
    ),
}
