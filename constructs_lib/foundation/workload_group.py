"""The security group of jobs and endpoints."""

from typing import Any

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib._internal.acknowledged import acknowledge

# What the nodes of one job say to each other: TCP on any port, IPsec where that is encrypted, and the protocol of the
# Elastic Fabric Adapter, which has no number that a rule could name. EC2 asks for all traffic, both ways, from and to
# the group itself, and an adapter does not work with less (TRAPS 20). Nobody outside of the group is let in or reached.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html#efa-start-security
# https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html and train-encrypt.html
_ALL_TRAFFIC = "-1"
_AMONG_NODES = "Nodes of one job talk to each other"


def workload_group(scope: Construct, vpc_id: str, *, s3_prefix_list_id: str | None = None) -> ec2.ISecurityGroup:
    """A group whose members reach each other, as the nodes of one job do, and HTTPS: S3 alone, or any address."""
    group = ec2.CfnSecurityGroup(
        scope,
        "WorkloadGroup",
        vpc_id=vpc_id,
        group_description="SageMaker jobs and endpoints",
        security_group_egress=[_https(s3_prefix_list_id)],
    )
    group_id = group.attr_group_id
    # Rules of their own, because a group cannot name itself while it is being made.
    inward = ec2.CfnSecurityGroupIngress(
        scope,
        "FromEachOther",
        group_id=group_id,
        source_security_group_id=group_id,
        ip_protocol=_ALL_TRAFFIC,
        description=_AMONG_NODES,
    )
    acknowledge(
        inward,
        "EC2RestrictedCommonPorts",
        "It lets in members of the group itself, as a fabric adapter needs; the rule does not look at who is let in.",
    )
    ec2.CfnSecurityGroupEgress(
        scope,
        "ToEachOther",
        group_id=group_id,
        destination_security_group_id=group_id,
        ip_protocol=_ALL_TRAFFIC,
        description=_AMONG_NODES,
    )
    # Without `allow_all_outbound=False` the CDK takes every way out for open and makes no rule for `allow_to`.
    return ec2.SecurityGroup.from_security_group_id(scope, "Workloads", group_id, allow_all_outbound=False)


def let_out_to(scope: Construct, group: ec2.ISecurityGroup, endpoint_group_id: str) -> None:
    """HTTPS from *group* to the endpoints' group; a rule of its own, because each of the two groups names the other."""
    ec2.CfnSecurityGroupEgress(
        scope,
        "ToServices",
        group_id=group.security_group_id,
        destination_security_group_id=endpoint_group_id,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        description="AWS services",
    )


def _https(s3_prefix_list_id: str | None) -> dict[str, Any]:
    rule: dict[str, Any] = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    if s3_prefix_list_id:
        return {**rule, "destinationPrefixListId": s3_prefix_list_id, "description": "S3"}
    # HTTPS to anywhere: S3 answers through its gateway under public addresses, and no route leads further. The list of
    # those addresses has another id in each region, which no attribute of the gateway gives:
    # https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/453
    return {**rule, "cidrIp": "0.0.0.0/0", "description": "AWS services"}
