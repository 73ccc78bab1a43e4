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


def machines(value: int) -> Json:
    return {"Type": "INSTANCE_COUNT", "Value": value}


def updated_fleet(policy: Json, *counts: Any, **properties: Any) -> Json:
    """An endpoint with a variant for each of *counts*."""
    own = [variant(VariantName=f"v{number}", InitialInstanceCount=count) for number, count in enumerate(counts)]
    return {**endpoint(DeploymentConfig=policy, **properties), **called("Config", variants(*own))}


def linear(value: int, wait: int = 600, **members: Any) -> Json:
    return blue_green("LINEAR", wait, LinearStepSize=machines(value), **members)


def in_batches(value: int, wait: int = 60, **members: Any) -> Json:
    members = {"MaximumBatchSize": machines(value), "WaitIntervalInSeconds": wait, **members}
    return {"RollingUpdatePolicy": members}


def updated_component(batch: Any, copies: Any = 1, **members: Any) -> Json:
    size = percent(batch) if isinstance(batch, int) else batch
    policy = {"MaximumBatchSize": size, "WaitIntervalInSeconds": 60, **members}
    return component(
        Specification={"ModelName": "model", "ComputeResourceRequirements": COMPUTE},
        RuntimeConfig={"CopyCount": copies},
        DeploymentConfig={"RollingUpdatePolicy": policy},
    )


ONE_COPY = {"Type": "COPY_COUNT", "Value": 1}


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
            "more than half of the machines of one variant": updated_fleet(
                blue_green("CANARY", CanarySize=machines(2)), 3, 9
            ),
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
            "machines of a configuration elsewhere": endpoint(
                "config", DeploymentConfig=blue_green("CANARY", CanarySize=machines(60))
            ),
            "half of the machines": updated_fleet(blue_green("CANARY", CanarySize=machines(1)), 2, 200),
        },
    ),
    "SM263": Examples(
        fails={
            "below 10": updated(blue_green("LINEAR", LinearStepSize=percent(9))),
            "above 50": updated(blue_green("LINEAR", LinearStepSize=percent(51))),
            "one of 20 machines": updated_fleet(linear(1), 20),
            "one of 11 machines of one variant": updated_fleet(linear(1), 2, "11"),
            "two of three machines": updated_fleet(linear(2), 3),
        },
        passes={
            "10": updated(blue_green("LINEAR", LinearStepSize=percent(10))),
            "50": updated(blue_green("LINEAR", LinearStepSize=percent(50))),
            "one of ten machines": updated_fleet(linear(1), 10),
            "half of the machines": updated_fleet(linear(5), 10),
            "machines of which one number is a parameter": updated_fleet(linear(1), 20, {"Ref": "Count"}),
            "machines that an update keeps as they run": updated_fleet(linear(1), 20, RetainAllVariantProperties=True),
        },
    ),
    "SM264": Examples(
        fails={
            "below 5": updated(rolling(4)),
            "above 50": updated(rolling(51)),
            "more than all taken back": updated(rolling(RollbackMaximumBatchSize=percent(101))),
            "of a component": updated_component(51),
            "one of 21 machines": updated_fleet(in_batches(1), 21),
            "two of three machines": updated_fleet(in_batches(2), 3),
            "one of 30 copies": updated_component(ONE_COPY, 30),
            "more machines than there are taken back": updated_fleet(
                in_batches(1, RollbackMaximumBatchSize=machines(3)), 2
            ),
        },
        passes={
            "5": updated(rolling(5)),
            "50": updated(rolling(50)),
            "all taken back": updated(rolling(RollbackMaximumBatchSize=percent(100))),
            "of a component": updated_component(50),
            "one of 20 machines": updated_fleet(in_batches(1), 20),
            "half of the machines": updated_fleet(in_batches(2, RollbackMaximumBatchSize=machines(1)), 4),
            "one of 20 copies": updated_component(ONE_COPY, 20),
            "a component without copies": updated_component(ONE_COPY, 0),
            "machines of a configuration elsewhere": endpoint("config", DeploymentConfig=in_batches(1)),
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
            "each step of machines waits": updated_fleet(linear(1, 600, MaximumExecutionTimeoutInSeconds=2400), 2, 4),
            "each batch of machines waits": updated_fleet(in_batches(1, 300, MaximumExecutionTimeoutInSeconds=1200), 4),
            "each batch of copies waits": updated_component(ONE_COPY, 10, MaximumExecutionTimeoutInSeconds=600),
        },
        passes={
            "longer than the waits": updated(
                blue_green(wait=600, TerminationWaitInSeconds=300, MaximumExecutionTimeoutInSeconds=901)
            ),
            "longer than all steps": updated(
                blue_green("LINEAR", 600, LinearStepSize=percent(40), MaximumExecutionTimeoutInSeconds=1801)
            ),
            "longer than all steps of machines": updated_fleet(
                linear(1, 600, MaximumExecutionTimeoutInSeconds=2401), 2, 4
            ),
            "a number of machines that is a parameter": updated_fleet(
                linear(1, 600, MaximumExecutionTimeoutInSeconds=601), {"Ref": "Count"}
            ),
            "longer than all batches of copies": updated_component(ONE_COPY, 9, MaximumExecutionTimeoutInSeconds=600),
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
