"""Deployment guardrails: the ranges and combinations of a deployment configuration (TRAPS 6).

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
"""

from typing import Any

from .. import rollback
from ..api import Request, refused
from ..behaviour import before
from ..sagemaker import SageMaker

_SIZES = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize"}
# Least and most of a share of the capacity in percent.
_SHARES = {"CanarySize": (1, 50), "LinearStepSize": (10, 50), "MaximumBatchSize": (5, 50)}


@before("CreateEndpoint")
def _created(sagemaker: SageMaker, request: Request) -> None:
    _require("CreateEndpoint", sagemaker, request)


@before("UpdateEndpoint")
def _updated(sagemaker: SageMaker, request: Request) -> None:
    _require("UpdateEndpoint", sagemaker, request)
    if "DeploymentConfig" not in request:
        return
    endpoint = sagemaker.find("UpdateEndpoint", "Endpoint", request["EndpointName"])
    config = sagemaker.find("UpdateEndpoint", "EndpointConfig", request["EndpointConfigName"])
    old, new = (_names(values) for values in (endpoint.values, config.values))
    if old != new:
        raise refused(
            f'UpdateEndpoint: a deployment policy keeps the variants of endpoint "{endpoint.arn}": it has '
            f"{', '.join(old)}, and {config.name} has {', '.join(new)}."
        )


def _require(operation: str, sagemaker: SageMaker, request: Request) -> None:
    deployment = request.get("DeploymentConfig")
    if deployment is None:
        return
    rollback.require_alarms(operation, deployment)
    given = [policy for policy in ("BlueGreenUpdatePolicy", "RollingUpdatePolicy") if policy in deployment]
    if len(given) > 1:
        raise refused(f"{operation}: DeploymentConfig must have one of {' and '.join(given)}, got both.")
    variants = sagemaker.find(operation, "EndpointConfig", request["EndpointConfigName"]).values["ProductionVariants"]
    if any("ServerlessConfig" in variant for variant in variants):
        raise refused(f"{operation}: DeploymentConfig is not supported for serverless variants.")
    if "RollingUpdatePolicy" in given:
        if len(variants) > 1:
            raise refused(f"{operation}: RollingUpdatePolicy is for one variant, got {len(variants)}.")
        rolling = deployment["RollingUpdatePolicy"]
        _share(operation, "MaximumBatchSize", rolling["MaximumBatchSize"])
        _time(operation, rolling, rolling["WaitIntervalInSeconds"])
    if "BlueGreenUpdatePolicy" in given:
        blue_green = deployment["BlueGreenUpdatePolicy"]
        routing = blue_green["TrafficRoutingConfiguration"]
        _routing(operation, routing)
        waits = routing["WaitIntervalInSeconds"] + blue_green.get("TerminationWaitInSeconds", 0)
        _time(operation, blue_green, waits)


def _routing(operation: str, routing: dict[str, Any]) -> None:
    kind = routing["Type"]
    wanted = _SIZES.get(kind)
    for member in _SIZES.values():
        if (member in routing) != (member == wanted):
            needs = f"needs {wanted} and nothing else" if wanted else "has no size"
            raise refused(f"{operation}: traffic routing of type {kind} {needs}; {member} is wrong here.")
    if wanted:
        _share(operation, wanted, routing[wanted])


def _share(operation: str, member: str, size: dict[str, Any]) -> None:
    least, most = _SHARES[member]
    if size["Type"] == "CAPACITY_PERCENT" and not least <= size["Value"] <= most:
        raise refused(f"{operation}: {member} must be between {least} and {most} percent, got {size['Value']}.")


def _time(operation: str, policy: dict[str, Any], waits: int) -> None:
    longest = policy.get("MaximumExecutionTimeoutInSeconds")
    if longest is not None and longest <= waits:
        raise refused(
            f"{operation}: MaximumExecutionTimeoutInSeconds {longest} must be more than the {waits} s that are waited."
        )


def _names(values: Request) -> list[str]:
    return sorted(variant["VariantName"] for variant in values["ProductionVariants"])
