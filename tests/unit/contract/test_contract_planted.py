"""One fault at a time, planted into templates of other construct libraries: each is found, and by the rule meant."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.contract._check import check

FOLDER = Path(__file__).parent / "foreign"
GONE = object()

Json = dict[str, Any]
Mutation = Callable[[Json], None]

SAGEMAKER, SCALING = "AWS::SageMaker::", "AWS::ApplicationAutoScaling::"
CONFIG, MODEL, TARGET, POLICY = (
    f"{SAGEMAKER}EndpointConfig",
    f"{SAGEMAKER}Model",
    f"{SCALING}ScalableTarget",
    f"{SCALING}ScalingPolicy",
)
ALARM, MACHINE = "AWS::CloudWatch::Alarm", "AWS::StepFunctions::StateMachine"
TRACKING, STEPS = "TargetTrackingScalingPolicyConfiguration", "StepScalingPolicyConfiguration"


def put(type: str, path: str, value: Any, *, having: str = "") -> Mutation:
    """Write *value* at a dotted path of the first resource of *type* that has *having*; GONE takes it out."""

    def plant(template: Json) -> None:
        found = (
            resource.setdefault("Properties", {})
            for resource in template["Resources"].values()
            if resource["Type"] == type and (not having or having in resource.get("Properties", {}))
        )
        inner: Any = next(found)
        *way, last = (int(part) if part.isdecimal() else part for part in path.split("."))
        for part in way:
            inner = inner.setdefault(part, {}) if isinstance(inner, dict) else inner[part]
        if value is GONE:
            del inner[last]
        else:
            inner[last] = value

    return plant


def write(old: str, new: str) -> Mutation:
    """Replace a text in the definition of the state machine."""

    def plant(template: Json) -> None:
        (machine,) = (found for found in template["Resources"].values() if found["Type"] == MACHINE)
        parts = machine["Properties"]["DefinitionString"]["Fn::Join"][1]
        changed = [part.replace(old, new) if isinstance(part, str) else part for part in parts]
        assert changed != parts, old
        machine["Properties"]["DefinitionString"]["Fn::Join"][1] = changed

    return plant


def everywhere(old: str, new: str) -> Mutation:
    """Replace a text in all of the template."""

    def plant(template: Json) -> None:
        changed = json.loads(json.dumps(template).replace(old, new))
        assert changed != template, old
        template.update(changed)

    return plant


def variant(member: str, value: Any) -> Mutation:
    return put(CONFIG, f"ProductionVariants.0.{member}", value)


def predefined(type: str) -> Mutation:
    return put(POLICY, f"{TRACKING}.PredefinedMetricSpecification.PredefinedMetricType", type)


def customized(member: str, value: Any) -> Mutation:
    return put(POLICY, f"{TRACKING}.CustomizedMetricSpecification.{member}", value, having=TRACKING)


def step(member: str, value: Any) -> Mutation:
    return put(POLICY, f"{STEPS}.{member}", value, having=STEPS)


def twice(type: str) -> Mutation:
    def plant(template: Json) -> None:
        first = next(found for found in template["Resources"].values() if found["Type"] == type)
        template["Resources"]["Again"] = json.loads(json.dumps(first))

    return plant


def one_by_one(*mutations: Mutation) -> Mutation:
    def plant(template: Json) -> None:
        for mutation in mutations:
            mutation(template)

    return plant


def rename(old: str, new: str) -> Mutation:
    def plant(template: Json) -> None:
        found = next(item for item in template["Resources"].values() if item["Type"] == old)
        found["Type"] = new

    return plant


TRAINING = "createTrainingJob"
ONE_STEP = {
    "AdjustmentType": "ChangeInCapacity",
    "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
}
OF_VARIANT = [
    {"Name": "EndpointName", "Value": {"Fn::GetAtt": ["Endpoint", "EndpointName"]}},
    {"Name": "VariantName", "Value": "blue"},
]
NIGHT = {"ScheduledActionName": "n", "Schedule": "cron(0 22 * * ? *)", "ScalableTargetAction": {"MaxCapacity": 2}}


def night(**changes: Any) -> Mutation:
    return put(TARGET, "ScheduledActions", [{**NIGHT, **changes}])


TRAIN = '"StoppingCondition":{"MaxRuntimeInSeconds":3600}'

# What a template must be beforehand, so that one fault is one finding.
BEFORE: dict[str, Mutation] = {
    # A policy of concurrency does not go with instances, and those are to be kept by an update.
    "instances of a serverless variant": one_by_one(
        rename(POLICY, "Own::Other::Type"), put(f"{SAGEMAKER}Endpoint", "RetainAllVariantProperties", True)
    )
}

# Template, what is planted, how, and the rule that finds it.
FAULTS: tuple[tuple[str, str, Mutation, str], ...] = (
    # Shapes.
    ("alpha_endpoint", "a misspelt property", put(MODEL, "EnableNetworkIsolations", True), "SM101"),
    ("l1_serverless", "a misspelt member", variant("ServerlessConfig.MaxConcurency", 5), "SM101"),
    ("alpha_endpoint", "no endpoint configuration", put(f"{SAGEMAKER}Endpoint", "EndpointConfigName", GONE), "SM102"),
    ("l1_asynchronous", "no output", put(CONFIG, "AsyncInferenceConfig.OutputConfig", GONE), "SM102"),
    ("alpha_endpoint", "a list for a text", put(MODEL, "PrimaryContainer.ModelDataUrl", ["s3://b/m"]), "SM103"),
    ("alpha_endpoint", "a misspelt instance type", variant("InstanceType", "ml.m5.larg"), "SM104"),
    ("l1_studio", "a misspelt mode", put(f"{SAGEMAKER}Domain", "AuthMode", "Iam"), "SM104"),
    ("alpha_endpoint", "a negative weight", variant("InitialVariantWeight", -1), "SM105"),
    ("l1_serverless", "too much concurrency", variant("ServerlessConfig.MaxConcurrency", 500), "SM105"),
    ("alpha_endpoint", "a long hostname", put(MODEL, "PrimaryContainer.ContainerHostname", "h" * 64), "SM106"),
    ("solutions_lambda", "an image with a space", put(MODEL, "PrimaryContainer.Image", "own image"), "SM107"),
    ("alpha_endpoint", "an attribute that is set", put(f"{SAGEMAKER}Endpoint", "EndpointArn", "arn"), "SM109"),
    ("solutions_lambda", "a misspelt type", rename(MODEL, f"{SAGEMAKER}Models"), "SM111"),
    # Requests of state machines.
    ("tasks_training", "a misspelt member", write('"StoppingCondition"', '"StopCondition"'), "ST101"),
    ("tasks_training", "no kind of data", write(',"S3DataType":"S3Prefix"', ""), "ST102"),
    ("tasks_training", "a number as text", write('"InstanceCount":1', '"InstanceCount":"1"'), "ST103"),
    ("tasks_training", "a misspelt instance type", write("ml.m5.xlarge", "ml.m5.xlarg"), "ST104"),
    ("tasks_deployment", "a misspelt mode", write("SingleModel", "Single"), "ST104"),
    ("tasks_training", "no time", write('"MaxRuntimeInSeconds":3600', '"MaxRuntimeInSeconds":0'), "ST105"),
    ("tasks_transform", "a channel without a location", write('"S3Uri":"s3://data/in",', ""), "ST102"),
    ("tasks_transform", "an output that is not in S3", write("s3://data/out", "data/out"), "ST107"),
    (
        "tasks_training",
        "a misspelt operation",
        write(f"sagemaker:{TRAINING}.sync", "aws-sdk:sagemaker:createTrainJob"),
        "ST109",
    ),
    ("tasks_deployment", "a wait for an endpoint", write(':createEndpoint"', ':createEndpoint.sync"'), "ST110"),
    # Scalable targets.
    ("alpha_endpoint", "a resource id of no form", put(TARGET, "ResourceId", "variant/blue"), "AS101"),
    ("alpha_endpoint", "the dimension of copies", put(TARGET, "ScalableDimension", "sagemaker:variant:Count"), "AS102"),
    ("alpha_endpoint", "another namespace", put(TARGET, "ServiceNamespace", "ecs"), "AS103"),
    (
        "alpha_endpoint",
        "the ARN of the endpoint",
        put(TARGET, "ResourceId", {"Fn::Sub": "endpoint/${Endpoint8024A810}/variant/blue"}),
        "AS104",
    ),
    ("l1_asynchronous", "another variant", variant("VariantName", "green"), "AS105"),
    ("l1_components", "no order", lambda template: template["Resources"]["Target"].pop("DependsOn"), "AS106"),
    ("alpha_endpoint", "no upper bound", put(TARGET, "MaxCapacity", GONE), "AS107"),
    ("alpha_endpoint", "crossed bounds", put(TARGET, "MinCapacity", 9), "AS108"),
    ("l1_asynchronous", "a negative bound", put(TARGET, "MinCapacity", -1), "AS109"),
    ("alpha_endpoint", "no instance", put(TARGET, "MinCapacity", 0), "AS110"),
    (
        "l1_serverless",
        "instances of a serverless variant",
        put(TARGET, "ScalableDimension", "sagemaker:variant:DesiredInstanceCount"),
        "AS111",
    ),
    ("l1_serverless", "more than is served", put(TARGET, "MaxCapacity", 21), "AS112"),
    ("alpha_endpoint", "burstable machines", variant("InstanceType", "ml.t2.large"), "AS113"),
    ("alpha_endpoint", "two targets", twice(TARGET), "AS114"),
    # Policies.
    ("alpha_endpoint", "predictive scaling", put(POLICY, "PolicyType", "PredictiveScaling"), "AS201"),
    ("alpha_endpoint", "steps beside a target", put(POLICY, STEPS, ONE_STEP), "AS202"),
    ("alpha_endpoint", "no metric", put(POLICY, f"{TRACKING}.PredefinedMetricSpecification", GONE), "AS204"),
    ("alpha_endpoint", "a metric of copies", predefined("SageMakerInferenceComponentInvocationsPerCopy"), "AS205"),
    ("l1_components", "a metric of variants", predefined("SageMakerVariantInvocationsPerInstance"), "AS205"),
    (
        "l1_asynchronous",
        "invocations of a queue",
        one_by_one(customized("MetricName", "InvocationsPerInstance"), customized("Dimensions", OF_VARIANT)),
        "AS206",
    ),
    ("l1_asynchronous", "no dimension", customized("Dimensions", []), "AS207"),
    ("alpha_endpoint", "no load at all", put(POLICY, f"{TRACKING}.TargetValue", 0), "AS208"),
    ("l1_serverless", "percents of a fraction", put(POLICY, f"{TRACKING}.TargetValue", 70), "AS209"),
    ("alpha_endpoint", "a negative cooldown", put(POLICY, f"{TRACKING}.ScaleInCooldown", -5), "AS210"),
    ("alpha_endpoint", "two policies of one name", twice(POLICY), "AS211"),
    (
        "l1_asynchronous",
        "no alarm that wakes",
        everywhere("HasBacklogWithoutCapacity", "ApproximateBacklogSize"),
        "AS212",
    ),
    ("l1_asynchronous", "no way to change", step("AdjustmentType", "Exact"), "AS301"),
    ("l1_asynchronous", "no step", step("StepAdjustments", []), "AS302"),
    ("l1_asynchronous", "a negative capacity", step("StepAdjustments.0.ScalingAdjustment", -1), "AS306"),
    ("l1_asynchronous", "a magnitude", step("MinAdjustmentMagnitude", 1), "AS307"),
    ("alpha_endpoint", "five fields", night(Schedule="cron(0 22 * * ?)"), "AS401"),
    ("alpha_endpoint", "no such city", night(Timezone="Europe/Berlyn"), "AS402"),
    ("alpha_endpoint", "nothing to set", night(ScalableTargetAction={}), "AS403"),
    # Alarms.
    ("alpha_endpoint", "a dimension too few", put(ALARM, "Dimensions", []), "AL101"),
    ("alpha_endpoint", "a misspelt metric", put(ALARM, "MetricName", "Latency"), "AL101"),
    (
        "alpha_endpoint",
        "the ARN as a dimension",
        put(ALARM, "Dimensions.0.Value", {"Ref": "Endpoint8024A810"}),
        "AL102",
    ),
    ("alpha_endpoint", "an odd period", put(ALARM, "Period", 90), "AL105"),
    ("alpha_endpoint", "a long window", put(ALARM, "EvaluationPeriods", 289), "AL107"),
    ("alpha_endpoint", "more points than periods", put(ALARM, "DatapointsToAlarm", 4), "AL108"),
    ("alpha_endpoint", "two statistics", put(ALARM, "ExtendedStatistic", "p99"), "AL109"),
    ("alpha_endpoint", "the wrong unit", put(ALARM, "Unit", "Seconds"), "AL111"),
    ("alpha_endpoint", "a misspelt operator", put(ALARM, "ComparisonOperator", "GreaterThan"), "AL116"),
    ("alpha_endpoint", "an action by name", put(ALARM, "AlarmActions", ["pager"]), "AL117"),
    # Security.
    ("alpha_endpoint", "no isolation", put(MODEL, "EnableNetworkIsolation", False), "SE202"),
    ("alpha_in_vpc", "no VPC", put(MODEL, "VpcConfig", GONE), "SE203"),
    ("solutions_lambda", "a public registry", put(MODEL, "PrimaryContainer.Image", "docker.io/own/own:1"), "SE204"),
    ("alpha_endpoint", "a login", variant("EnableSSMAccess", True), "SE210"),
    ("l1_studio", "apps on the internet", put(f"{SAGEMAKER}Domain", "AppNetworkAccessType", GONE), "SE311"),
    (
        "l1_studio",
        "an old platform",
        put(f"{SAGEMAKER}NotebookInstance", "PlatformIdentifier", "notebook-al2-v1"),
        "SE304",
    ),
    (
        "tasks_training",
        "traffic in the clear",
        write('"InstanceCount":1', '"InstanceCount":2'),
        "SE101",
    ),
    ("tasks_training", "a password", write(TRAIN, f'{TRAIN},"Environment":{{"DB_PASSWORD":"abc"}}'), "SE401"),
    ("solutions_lambda", "an access key", put(MODEL, "PrimaryContainer.Environment.A", "AKIA" + "A" * 16), "SE402"),
    ("tasks_training", "plain HTTP", rename("AWS::S3::BucketPolicy", "Own::Other::Type"), "SE503"),
    (
        "tasks_training",
        "a bucket for all",
        put("AWS::S3::Bucket", "PublicAccessBlockConfiguration.BlockPublicAcls", False),
        "SE501",
    ),
)


@pytest.mark.parametrize(("name", "about", "plant", "rule"), FAULTS, ids=[f"{row[3]}-{row[1]}" for row in FAULTS])
def test_finds_what_is_planted(name: str, about: str, plant: Mutation, rule: str) -> None:
    template = json.loads((FOLDER / f"{name}.json").read_text())
    BEFORE.get(about, lambda _: None)(template)
    before = {finding.rule for finding in check({name: template}).findings}
    plant(template)
    after = {finding.rule for finding in check({name: template}).findings}

    assert after - before == {rule}
