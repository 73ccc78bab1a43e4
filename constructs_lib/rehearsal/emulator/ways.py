"""The ways of a workload in a VPC to the services of AWS: an endpoint, whose policy bounds what passes, or a route out.

What goes this way is what a job or a model in a VPC downloads and uploads, and what is written to CloudWatch for it:
SageMaker does both from the workload's machines, "through the specified VPC".
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html (EnableNetworkIsolation)
https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html#host-vpc-s3 (also train-vpc, process-vpc and batch-vpc)
https://repost.aws/knowledge-center/sagemaker-access-network-isolation

Everything else that is asked for in the name of the role does not: SageMaker "automatically pulls" an image of ECR
(https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html#train-vpc-configure), makes the network interfaces,
lends the keys of volumes and tells topics itself, and S3 itself asks KMS. What the code in a container calls is not
known here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from ministack.core import iam_evaluator as evaluator

from . import neighbours
from .api import Request

# What stands before the colon of an action, and the end of the name that the endpoints of the service have.
_SERVICES = {"s3": "s3", "logs": "logs", "cloudwatch": "monitoring"}
_HTTPS = 443

_lock = Lock()
_made: dict[str, str] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """How one of the subnets reaches a service.

    Attributes:
        vpc: The VPC that it leaves.
        endpoint: The record of the endpoint; None for a route out, and where there is no way.
        problem: Why there is no way; empty where there is one.
    """

    vpc: str
    endpoint: Mapping[str, Any] | None = None
    problem: str = ""

    @property
    def name(self) -> str:
        """As a reader knows it."""
        return _name(self.endpoint) if self.endpoint else "a route out"

    def keys(self) -> dict[str, str]:
        """The condition keys that a request has by the way it takes.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        """
        if self.endpoint is None:
            return {}
        return {"aws:SourceVpc": self.vpc, "aws:SourceVpce": str(self.endpoint["VpcEndpointId"])}

    def refusal(self, question: Any) -> str:
        """Why the policy of the endpoint does not let *question* through; empty where it does.

        Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
        """
        policy = self.endpoint.get("PolicyDocument") if self.endpoint else None
        if not policy:
            return ""
        # A principal of an account is no service of AWS.
        asked = replace(question, service_context={**question.service_context, "aws:principalisawsservice": "false"})
        document = _for_anybody(policy) if _is_gateway(self.endpoint or {}) else policy
        found = evaluator.evaluate_resource_policy(document, asked)
        if found.decision == "Allow":
            return ""
        if found.decision == "Deny":
            return f"the policy of {self.name} denies it" + (f" ({found.matched_sid})" if found.matched_sid else "")
        return f"no statement of the policy of {self.name} lets it through"


def made(endpoint: str, stack: str, logical_id: str) -> None:
    """Note the resource of a template that an endpoint is."""
    with _lock:
        _made[endpoint] = f"{logical_id} of stack {stack}"


def ways(vpc: Request, action: str) -> list[Way]:
    """How each subnet of a `VpcConfig` reaches the service of *action*; none where it does not go through the VPC."""
    service = _SERVICES.get(action.partition(":")[0])
    if not vpc or service is None:
        return []
    return [_way(subnet, vpc["SecurityGroupIds"], service) for subnet in vpc["Subnets"]]


def _way(subnet: str, groups: list[str], service: str) -> Way:
    vpc = str(neighbours.subnet_vpc(subnet))
    table = neighbours.route_table(subnet)
    unfit = []
    for endpoint in neighbours.vpc_endpoints(vpc):
        if not str(endpoint["ServiceName"]).removesuffix("-fips").endswith(f".{service}"):
            continue
        problem = next(_problems(endpoint, subnet, table, groups, vpc), None)
        if problem is None:
            return Way(vpc=vpc, endpoint=endpoint)
        unfit.append(f"{_name(endpoint)} {problem}")
    if not _leads_out(table):
        lacking = "; ".join(unfit) or f"{vpc} has no endpoint of {service}"
        where = f"times out: no route to {service} from {subnet}"
        return Way(vpc=vpc, problem=f"{where}: {lacking}, and no route of the subnet leads out of it")
    if not neighbours.lets_out_anywhere(groups, _HTTPS):
        shut = f"security groups {', '.join(groups)} let no TCP {_HTTPS} out"
        return Way(vpc=vpc, problem=f"times out: no way to {service} from {subnet}: {shut}")
    return Way(vpc=vpc)


def _problems(
    endpoint: Mapping[str, Any], subnet: str, table: Mapping[str, Any], groups: list[str], vpc: str
) -> Iterator[str]:
    """Why a subnet does not reach an endpoint."""
    if _is_gateway(endpoint):
        # https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html#gateway-endpoint-routing
        if table.get("RouteTableId") not in endpoint["RouteTableIds"]:
            yield f"is not in {table.get('RouteTableId')}, the route table of {subnet}"
        if not neighbours.lets_out_anywhere(groups, _HTTPS):
            yield f"is not let out to by security groups {', '.join(groups)} on TCP {_HTTPS}"
        return
    # https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html
    if not endpoint.get("PrivateDnsEnabled") or not neighbours.has_private_names(vpc):
        yield "does not answer under the name of the service, because private DNS is off"
    theirs = list(endpoint.get("SecurityGroupIds") or neighbours.default_groups(vpc))
    if not neighbours.lets_out(groups, theirs, _HTTPS):
        yield f"is not let out to by security groups {', '.join(groups)} on TCP {_HTTPS}"
    if not neighbours.lets_in(theirs, groups, _HTTPS):
        yield f"does not let security groups {', '.join(groups)} in on TCP {_HTTPS}"


def _leads_out(table: Mapping[str, Any]) -> bool:
    """Whether a route of the table leads out of the VPC for machines that have no public address, as all here."""
    for route in table.get("Routes", []):
        if route.get("DestinationCidrBlock") != "0.0.0.0/0":
            continue
        gateway = str(route.get("GatewayId", ""))
        through = {
            name for name in route if name.endswith("Id") and name not in ("GatewayId", "DestinationPrefixListId")
        }
        if through or "CoreNetworkArn" in route or gateway.startswith("vgw-"):
            return True
    return False


def _is_gateway(endpoint: Mapping[str, Any]) -> bool:
    return bool(endpoint.get("VpcEndpointType", "Gateway") == "Gateway")


def _for_anybody(policy: Any) -> dict[str, Any]:
    """The statements of a gateway's policy that hold: those whose principal is `*`.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#gateway-endpoint-principals
    """
    document = neighbours.document(policy)
    held = [
        each for each in document.get("Statement", []) if each.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
    ]
    return {**document, "Statement": held}


def _name(endpoint: Mapping[str, Any]) -> str:
    own = str(endpoint["VpcEndpointId"])
    known = _made.get(own)
    return f"VPC endpoint {own} ({known}, {endpoint['ServiceName']})" if known else f"VPC endpoint {own}"
