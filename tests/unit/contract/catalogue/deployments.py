"""Updates whose sizes, waits or alarms do not fit."""

from typing import Any

from . import Examples, Json
from .components import COMPUTE
from .endpoint_configs import variant, variants
from .endpoints import config, endpoint
from .models import called
from .serverless import serverless
from .shapes import component
from .state_requests import train


def percent(value: Any) -> Json:
    return {"Type": "CAPACITY_PERCENT", "Value": value}


def blue_green(kind: str = "ALL_AT_ONCE", wait: Any = 600, **members: Any) -> Json:
    sizes = {name: members.pop(name) for name in ("CanarySize", "LinearStepSize") if name in members}
    routing = {"Type": kind, "WaitIntervalInSeconds": wait, **sizes}
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing, **members}}


def rolling(batch: Any = 20, wait: int = 60, **members: Any) -> Json:
    return {"RollingUpdatePolicy": {"MaximumBatchSize": percent(batch), "WaitIntervalInSeconds": wait, **members}}


def updated(policy: Json, **properties: Any) -> Json:
    return {**endpoint(DeploymentConfig=policy, **properties), **config()}


def updated_component(batch: int) -> Json:
    return component(
        Specification={"ModelName": "model", "ComputeResourceRequirements": COMPUTE},
        DeploymentConfig=rolling(batch),
    )


def alarm(endpoint_name: Any, **properties: Any) -> Json:
    dimensions = [{"Name": "EndpointName", "Value": endpoint_name}, {"Name": "VariantName", "Value": "blue"}]
    values = {
        "Namespace": "AWS/SageMaker",
        "MetricName": "Invocation5XXErrors",
        "Dimensions": dimensions,
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        **properties,
    }
    return {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": values}}


def rolled_back(name: Any, **properties: Any) -> Json:
    policy = {**blue_green(), "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": name}]}}
    return updated(policy, **properties)


UPDATE = "arn:aws:states:::sagemaker:updateEndpoint"

EXAMPLES = {
    "SM261": Examples(
        fails={"both": updated({**blue_green(), **rolling()})},
        passes={"blue/green": updated(blue_green()), "rolling": updated(rolling())},
    ),
    "SM262": Examples(
        fails={
            "more than half": updated(blue_green("CANARY", CanarySize=percent(51))),
            "in a state machine": train(
                {
                    "EndpointName": "e",
                    "EndpointConfigName": "c",
                    "DeploymentConfig": blue_green("CANARY", CanarySize=percent(51)),
                },
                UPDATE,
            ),
        },
        passes={
            "half": updated(blue_green("CANARY", CanarySize=percent(50))),
            "the least": updated(blue_green("CANARY", CanarySize=percent(1))),
            "a parameter": updated(blue_green("CANARY", CanarySize=percent({"Ref": "Size"}))),
            "a number of machines": updated(blue_green("CANARY", CanarySize={"Type": "INSTANCE_COUNT", "Value": 60})),
        },
    ),
    "SM263": Examples(
        fails={
            "below 10": updated(blue_green("LINEAR", LinearStepSize=percent(9))),
            "above 50": updated(blue_green("LINEAR", LinearStepSize=percent(51))),
        },
        passes={
            "10": updated(blue_green("LINEAR", LinearStepSize=percent(10))),
            "50": updated(blue_green("LINEAR", LinearStepSize=percent(50))),
        },
    ),
    "SM264": Examples(
        fails={
            "below 5": updated(rolling(4)),
            "above 50": updated(rolling(51)),
            "more than all taken back": updated(rolling(RollbackMaximumBatchSize=percent(101))),
            "of a component": updated_component(51),
        },
        passes={
            "5": updated(rolling(5)),
            "50": updated(rolling(50)),
            "all taken back": updated(rolling(RollbackMaximumBatchSize=percent(100))),
            "of a component": updated_component(50),
        },
    ),
    "SM265": Examples(
        fails={
            "no size for a canary": updated(blue_green("CANARY")),
            "no size for steps": updated(blue_green("LINEAR")),
            "a canary all at once": updated(blue_green("ALL_AT_ONCE", CanarySize=percent(10))),
        },
        passes={
            "a canary": updated(blue_green("CANARY", CanarySize=percent(10))),
            "all at once": updated(blue_green("ALL_AT_ONCE")),
            "a type that is a parameter": updated(
                {
                    "BlueGreenUpdatePolicy": {
                        "TrafficRoutingConfiguration": {
                            "Type": {"Ref": "Type"},
                            "WaitIntervalInSeconds": 600,
                            "CanarySize": percent(10),
                        }
                    }
                }
            ),
        },
    ),
    "SM266": Examples(
        fails={
            "as long as the waits": updated(
                blue_green(wait=600, TerminationWaitInSeconds=300, MaximumExecutionTimeoutInSeconds=900)
            ),
            "each step waits": updated(
                blue_green("LINEAR", 600, LinearStepSize=percent(40), MaximumExecutionTimeoutInSeconds=1800)
            ),
            "each batch waits": updated(rolling(50, 600, MaximumExecutionTimeoutInSeconds=1200)),
        },
        passes={
            "longer than the waits": updated(
                blue_green(wait=600, TerminationWaitInSeconds=300, MaximumExecutionTimeoutInSeconds=901)
            ),
            "longer than all steps": updated(
                blue_green("LINEAR", 600, LinearStepSize=percent(40), MaximumExecutionTimeoutInSeconds=1801)
            ),
            "a last wait that is a parameter": updated(
                blue_green(TerminationWaitInSeconds={"Ref": "Wait"}, MaximumExecutionTimeoutInSeconds=601)
            ),
            "a wait that is a parameter": updated(
                blue_green(wait={"Ref": "Wait"}, MaximumExecutionTimeoutInSeconds=600)
            ),
        },
    ),
    "SM267": Examples(
        fails={
            "two variants": {
                **endpoint(DeploymentConfig=rolling()),
                **called("Config", variants(variant(), variant(VariantName="green"))),
            },
            "a serverless variant": {
                **endpoint(DeploymentConfig=rolling()),
                **called("Config", variants(serverless())),
            },
        },
        passes={
            "one variant": updated(rolling()),
            "two variants at once": {
                **endpoint(DeploymentConfig=blue_green()),
                **called("Config", variants(variant(), variant(VariantName="green"))),
            },
        },
    ),
    "SM270": Examples(
        fails={
            "a canary": {
                **endpoint(DeploymentConfig=blue_green("CANARY", CanarySize=percent(10))),
                **called("Config", variants(serverless())),
            },
            "steps": {
                **endpoint(DeploymentConfig=blue_green("LINEAR", LinearStepSize=percent(10))),
                **called("Config", variants(serverless())),
            },
        },
        passes={
            "at once": {**endpoint(DeploymentConfig=blue_green()), **called("Config", variants(serverless()))},
            "a canary on machines": updated(blue_green("CANARY", CanarySize=percent(10))),
        },
    ),
    "SM268": Examples(
        fails={
            "its attribute": {**rolled_back({"Fn::GetAtt": ["Alarm", "Arn"]}, EndpointName="chat"), **alarm("chat")},
            "a text": rolled_back("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a"),
        },
        passes={
            "a reference": {**rolled_back({"Ref": "Alarm"}, EndpointName="chat"), **alarm("chat")},
            "a name from elsewhere": rolled_back("errors"),
        },
    ),
    "SM269": Examples(
        fails={
            "another endpoint": {**rolled_back({"Ref": "Alarm"}, EndpointName="chat"), **alarm("talk")},
            "another endpoint of the template": {
                **rolled_back({"Ref": "Alarm"}),
                **called("Other", endpoint()),
                **alarm({"Fn::GetAtt": ["Other", "EndpointName"]}),
            },
            "another endpoint in an expression": {
                **rolled_back({"Ref": "Alarm"}, EndpointName="chat"),
                "Alarm": {
                    "Type": "AWS::CloudWatch::Alarm",
                    "Properties": {
                        "EvaluationPeriods": 1,
                        "Threshold": 1,
                        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                        "Metrics": [
                            {
                                "Id": "errors",
                                "MetricStat": {
                                    "Metric": {
                                        "Namespace": "AWS/SageMaker",
                                        "MetricName": "Invocation5XXErrors",
                                        "Dimensions": [
                                            {"Name": "EndpointName", "Value": "talk"},
                                            {"Name": "VariantName", "Value": "blue"},
                                        ],
                                    },
                                    "Period": 60,
                                    "Stat": "Sum",
                                },
                            }
                        ],
                    },
                },
            },
        },
        passes={
            "the endpoint": {**rolled_back({"Ref": "Alarm"}, EndpointName="chat"), **alarm("chat")},
            "an alarm of other things": {
                **rolled_back({"Ref": "Alarm"}, EndpointName="chat"),
                **alarm("x", Dimensions=[{"Name": "QueueName", "Value": "q"}], Namespace="Own", MetricName="Waiting"),
            },
            "a name that is a parameter": {
                **rolled_back({"Ref": "Alarm"}, EndpointName={"Ref": "Name"}),
                **alarm({"Ref": "Name"}),
            },
        },
    ),
}
