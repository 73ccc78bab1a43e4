"""Compare the synthesis of endpoints: this library, typed L1 constructs, and aws-sagemaker-alpha.

Run `python benchmarks/synth.py [ENDPOINTS] [ROUNDS]`. Each way writes a role, a model, a configuration, an endpoint, a
scalable target and a policy for each endpoint, 40 endpoints a stack, in a process of its own; the ways take turns, so
that a change of the machine's speed meets all. What is printed are medians, with one endpoint and with many, and the
cost of each endpoint more. It measures and asserts nothing.

The peer is not among the requirements of this repository. Put it into a folder and name that in PEERS:

    pip install --no-deps --target DIR aws-cdk.aws-sagemaker-alpha==2.275.0a0
    PEERS=DIR python benchmarks/synth.py
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PER_STACK = 40


def ours(stack: Any, number: int) -> None:
    """The constructs of this library; their policies are part of them."""
    import constructs_lib as sm

    image = sm.ContainerImage.from_uri("123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1")
    model = sm.Model(stack, f"Model{number}", container=sm.Container(image=image))
    variant = sm.ProductionVariant("main", model=model, instance_type=sm.InstanceType("ml.m5.xlarge"))
    endpoint = sm.RealTimeEndpoint(stack, f"Endpoint{number}", variants=[variant])
    endpoint.auto_scale("main", min_capacity=1, max_capacity=4).scale_on_invocations(per_minute=600)


def typed_l1(stack: Any, number: int) -> None:
    """What one would write by hand."""
    from aws_cdk import aws_applicationautoscaling as autoscaling
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_sagemaker as sagemaker

    role = iam.CfnRole(
        stack,
        f"Role{number}",
        assume_role_policy_document={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Service": "sagemaker.amazonaws.com"},
                }
            ],
        },
    )
    logs = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}
    iam.CfnPolicy(
        stack,
        f"Policy{number}",
        policy_name=f"Policy{number}",
        policy_document={"Version": "2012-10-17", "Statement": [logs]},
        roles=[role.ref],
    )
    model = sagemaker.CfnModel(
        stack,
        f"Model{number}",
        execution_role_arn=role.attr_arn,
        primary_container=sagemaker.CfnModel.ContainerDefinitionProperty(
            image="123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1"
        ),
    )
    config = sagemaker.CfnEndpointConfig(
        stack,
        f"Config{number}",
        production_variants=[
            sagemaker.CfnEndpointConfig.ProductionVariantProperty(
                variant_name="main",
                model_name=model.attr_model_name,
                instance_type="ml.m5.xlarge",
                initial_instance_count=1,
                initial_variant_weight=1,
            )
        ],
    )
    endpoint = sagemaker.CfnEndpoint(stack, f"Endpoint{number}", endpoint_config_name=config.attr_endpoint_config_name)
    target = autoscaling.CfnScalableTarget(
        stack,
        f"Target{number}",
        min_capacity=1,
        max_capacity=4,
        service_namespace="sagemaker",
        scalable_dimension="sagemaker:variant:DesiredInstanceCount",
        resource_id=f"endpoint/{endpoint.attr_endpoint_name}/variant/main",
    )
    tracking = autoscaling.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty(
        target_value=600,
        predefined_metric_specification=autoscaling.CfnScalingPolicy.PredefinedMetricSpecificationProperty(
            predefined_metric_type="SageMakerVariantInvocationsPerInstance"
        ),
    )
    autoscaling.CfnScalingPolicy(
        stack,
        f"ScalingPolicy{number}",
        policy_name="Invocations",
        policy_type="TargetTrackingScaling",
        scaling_target_id=target.ref,
        target_tracking_scaling_policy_configuration=tracking,
    )


def alpha(stack: Any, number: int) -> None:
    """The alpha module of the CDK."""
    import aws_cdk

    # The module is a part of the package aws_cdk, which lies elsewhere.
    aws_cdk.__path__.append(str(Path(os.environ["PEERS"]) / "aws_cdk"))
    import aws_cdk.aws_sagemaker_alpha as alpha_module
    from aws_cdk import aws_ecr as ecr

    repository = ecr.Repository.from_repository_name(stack, f"Repository{number}", "a")
    container = alpha_module.ContainerDefinition(image=alpha_module.ContainerImage.from_ecr_repository(repository, "1"))
    model = alpha_module.Model(stack, f"Model{number}", containers=[container])
    variant = alpha_module.InstanceProductionVariantProps(
        variant_name="main", model=model, instance_type=alpha_module.InstanceType.of("ml.m5.xlarge")
    )
    config = alpha_module.EndpointConfig(stack, f"Config{number}", instance_production_variants=[variant])
    endpoint = alpha_module.Endpoint(stack, f"Endpoint{number}", endpoint_config=config)
    scaling = endpoint.find_instance_production_variant("main").auto_scale_instance_count(
        min_capacity=1, max_capacity=4
    )
    scaling.scale_on_invocations("Invocations", max_requests_per_second=10)


WAYS: dict[str, Callable[[Any, int], None]] = {"typed L1": typed_l1, "this library": ours, "aws-sagemaker-alpha": alpha}


def synthesize(way: str, endpoints: int) -> None:
    """One app, in a folder that goes again."""
    from aws_cdk import App, Stack

    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder)
        for first in range(0, endpoints, PER_STACK):
            stack = Stack(app, f"Stack{first}")
            for number in range(first, min(first + PER_STACK, endpoints)):
                WAYS[way](stack, number)
        app.synth()


def _seconds(way: str, endpoints: int) -> float:
    environment = {**os.environ, "CDK_VALIDATION": "false"}
    start = time.perf_counter()
    subprocess.run([sys.executable, __file__, "--one", way, str(endpoints)], env=environment, check=True)
    return time.perf_counter() - start


def main(endpoints: int, rounds: int) -> None:
    """Print a table: one line a way."""
    ways = [way for way in WAYS if way != "aws-sagemaker-alpha" or "PEERS" in os.environ]
    taken: dict[tuple[str, int], list[float]] = {(way, count): [] for way in ways for count in (1, endpoints)}
    for _ in range(rounds):
        for way, count in taken:
            taken[way, count].append(_seconds(way, count))
    medians = {key: statistics.median(seconds) for key, seconds in taken.items()}
    slopes = {way: (medians[way, endpoints] - medians[way, 1]) / (endpoints - 1) for way in ways}
    print(
        f"| way | 1 endpoint, s | {endpoints} endpoints, s | each more, ms | against typed L1 |\n|---|---|---|---|---|"
    )
    for way in ways:
        ratio = slopes[way] / slopes["typed L1"]
        one, many = medians[way, 1], medians[way, endpoints]
        print(f"| {way} | {one:.2f} | {many:.2f} | {slopes[way] * 1000:.1f} | {ratio:.2f} |")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        synthesize(sys.argv[2], int(sys.argv[3]))
    else:
        given = [int(argument) for argument in sys.argv[1:]]
        main(*[*given, *(200, 3)[len(given) :]])
