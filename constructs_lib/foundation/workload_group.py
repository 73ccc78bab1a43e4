"""The security group of jobs and endpoints."""

from typing import Any

from aws_cdk import aws_ec2 as ec2
from constructs import Construct


def workload_group(
    scope: Construct, vpc_id: str, *, s3_prefix_list_id: str | None = None, has_way_out: bool = False
) -> ec2.ISecurityGroup:
    """A group whose members reach HTTPS, S3 alone or any address, and that nobody is let into."""
    group = ec2.CfnSecurityGroup(
        scope,
        "WorkloadGroup",
        vpc_id=vpc_id,
        group_description="SageMaker jobs and endpoints",
        security_group_egress=[_https(s3_prefix_list_id, has_way_out=has_way_out)],
    )
    # Without `allow_all_outbound=False` the CDK takes every way out for open and makes no rule for `allow_to`.
    return ec2.SecurityGroup.from_security_group_id(scope, "Workloads", group.attr_group_id, allow_all_outbound=False)


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


def _https(s3_prefix_list_id: str | None, *, has_way_out: bool) -> dict[str, Any]:
    rule: dict[str, Any] = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    if s3_prefix_list_id:
        return {**rule, "destinationPrefixListId": s3_prefix_list_id, "description": "S3"}
    # HTTPS to anywhere: S3 answers through its gateway under public addresses, and no route leads further unless it was
    # asked for. The list of those addresses has another id in each region, which no attribute of the gateway gives:
    # https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/453
    return {**rule, "cidrIp": "0.0.0.0/0", "description": "Any address" if has_way_out else "AWS services"}
