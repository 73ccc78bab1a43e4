"""The endpoints through which an isolated network reaches AWS services, and what may pass them."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Aws, CfnMapping, Stack, Token
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib._internal.checks import is_token, matches, nearest, unique
from constructs_lib._internal.kinds import kind_problems
from constructs_lib.containers import catalogue
from constructs_lib.foundation.endpoint_policies import account_policy, ecr_policy, s3_policy

# What a job or an endpoint calls when there is no way out: images, logs, metrics, keys, tokens, SageMaker itself.
# https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html and train-vpc.html
INTERFACE_SERVICES = (
    "ecr.api",
    "ecr.dkr",
    "kms",
    "logs",
    "monitoring",
    "sagemaker.api",
    "sagemaker.runtime",
    "sts",
)
# Ids of the network's own parts that the name of a service could make too.
_OWN_IDS = ("Resource", "S3", "Vpc", "Workloads")
_MAPPING = "AwsImageRegistries"


def chosen_services(more: Sequence[str], without: Sequence[str]) -> list[str]:
    """The services that get an interface endpoint."""
    return [service for service in dict.fromkeys((*INTERFACE_SERVICES, *more)) if service not in without]


def service_problems(more: Sequence[str], without: Sequence[str]) -> list[str | None]:
    """What is wrong with the arguments that choose services."""
    given = {"more_services": more, "without_services": without}
    texts = [problem for name, value in given.items() for problem in kind_problems(name, value, Sequence[str])]
    if texts:
        return list(texts)
    unknown = [service for service in without if service not in INTERFACE_SERVICES]
    shape = "the end of an endpoint's name, such as 'elasticfilesystem', without 'com.amazonaws.' and the region"
    return [
        *(matches("more_services", service, r"(?!com\.amazonaws)[a-z0-9][a-z0-9.-]*", shape=shape) for service in more),
        unique("more_services", more),
        "more_services must not name s3, whose gateway is there already, got 's3'" if "s3" in more else None,
        *_clashes(list(dict.fromkeys((*INTERFACE_SERVICES, *more)))),
        *(
            f"without_services must be one of {', '.join(map(repr, INTERFACE_SERVICES))}, "
            f"got {service!r}{nearest(str(service), INTERFACE_SERVICES)}"
            for service in unknown
        ),
    ]


def account_problems(accounts: Sequence[str]) -> list[str | None]:
    """What is wrong with the accounts that are trusted besides the own one."""
    wrong = kind_problems("trusted_accounts", accounts, Sequence[str])
    if wrong:
        return list(wrong)
    return [matches("trusted_accounts", account, r"\d{12}", shape="twelve digits") for account in accounts]


def _clashes(services: Sequence[Any]) -> list[str]:
    """Services whose endpoints would have the id of something else, such as `ecr.-api` and `ecr-api`."""
    known: dict[str, Any] = {}
    problems = []
    for service in services:
        other = known.setdefault(_id_of(str(service)), service)
        if other != service:
            problems.append(f"more_services must not name both {other!r} and {service!r}, whose ids are the same")
        elif _id_of(str(service)) in _OWN_IDS and service != "s3":
            problems.append(f"more_services must not name {service!r}, whose id a part of the network has")
    return problems


def _id_of(service: str) -> str:
    return "".join(part.capitalize() for part in service.split("."))


def make_gateway(scope: Construct, *, vpc_id: str, route_table_ids: Sequence[str], accounts: Sequence[str]) -> None:
    """The gateway to S3."""
    ec2.CfnVPCEndpoint(
        scope,
        "S3",
        vpc_id=vpc_id,
        vpc_endpoint_type="Gateway",
        service_name=f"com.amazonaws.{Aws.REGION}.s3",
        route_table_ids=list(route_table_ids),
        policy_document=s3_policy(accounts, partition=Aws.PARTITION, region=Stack.of(scope).region),
    )


def make_interfaces(
    scope: Construct,
    *,
    services: Sequence[str],
    vpc_id: str,
    subnet_ids: Sequence[str],
    security_group_id: str,
    accounts: Sequence[str],
) -> None:
    """The endpoints of *services*, in each subnet."""
    for service in services:
        ecr = service in ("ecr.api", "ecr.dkr")
        ec2.CfnVPCEndpoint(
            scope,
            _id_of(service),
            vpc_id=vpc_id,
            vpc_endpoint_type="Interface",
            # The CDK knows the names that differ in China and the isolated partitions, when the region is pinned.
            service_name=ec2.InterfaceVpcEndpointAwsService(service).name,
            private_dns_enabled=True,
            subnet_ids=list(subnet_ids),
            security_group_ids=[security_group_id],
            policy_document=ecr_policy(accounts, _registries(scope)) if ecr else account_policy(accounts),
        )


def _registries(scope: Construct) -> Any:
    """The accounts of AWS's images in the region of the stack, or None where AWS publishes none."""
    stack = Stack.of(scope)
    by_region = catalogue.registries()
    if not is_token(stack.region):
        return by_region.get(stack.region)
    # A stack for any region: CloudFormation looks them up when it deploys.
    mapping = stack.node.try_find_child(_MAPPING)
    if not isinstance(mapping, CfnMapping):
        regions = {region: {"accounts": accounts} for region, accounts in by_region.items()}
        mapping = CfnMapping(stack, _MAPPING, mapping=regions)
    return Token.as_list(mapping.find_in_map(Aws.REGION, "accounts"))
