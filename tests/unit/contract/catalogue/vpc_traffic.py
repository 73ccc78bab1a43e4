"""Machines in a VPC that reach nothing of what they need."""

from typing import Any

from . import Examples, Json
from .change_safety import ONE, TWO, network
from .models import called, changed
from .shapes import model
from .state_requests import cluster, hidden, job, runs
from .training_requests import FILES, channel


def made(id: str, type: str, **properties: Any) -> Json:
    return {id: {"Type": f"AWS::EC2::{type}", "Properties": properties}}


VPC = {"Ref": "Vpc"}
TABLE = {"Ref": "Table"}
# A VPC of two subnets that lead nowhere.
CLOSED: Json = {
    **called("Model", changed(model(), VpcConfig=network(ONE, TWO))),
    **made("Vpc", "VPC", CidrBlock="10.0.0.0/16"),
    **made("One", "Subnet", VpcId=VPC, AvailabilityZone="a"),
    **made("Two", "Subnet", VpcId=VPC, AvailabilityZone="b"),
    **made("Table", "RouteTable", VpcId=VPC),
    **made("Link", "SubnetRouteTableAssociation", SubnetId=ONE, RouteTableId=TABLE),
}
NAT = made("Out", "Route", RouteTableId=TABLE, DestinationCidrBlock="0.0.0.0/0", NatGatewayId="nat-1")


def service(name: Any) -> Json:
    return made("Endpoint", "VPCEndpoint", VpcId=VPC, ServiceName=name, RouteTableIds=[TABLE])


def in_region(name: str) -> Json:
    return {"Fn::Join": ["", ["com.amazonaws.", {"Ref": "AWS::Region"}, f".{name}"]]}


def group_of(id: str, **properties: Any) -> Json:
    return made(id, "SecurityGroup", GroupDescription="own", **properties)


def ingress(to: str = "Group", by: str = "Group", protocol: str = "tcp", low: Any = 0, high: Any = 65535) -> Json:
    source = {"Fn::GetAtt": [by, "GroupId"]}
    rule = {"IpProtocol": protocol, "FromPort": low, "ToPort": high, "SourceSecurityGroupId": source}
    return made(f"Rule{low}", "SecurityGroupIngress", GroupId={"Fn::GetAtt": [to, "GroupId"]}, **rule)


PLACE = {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroupIds": [{"Fn::GetAtt": ["Group", "GroupId"]}]}


def nodes(count: int = 2, **properties: Any) -> Json:
    """A job of several machines in a security group of the template."""
    request = hidden(job(ResourceConfig=cluster(InstanceCount=count), VpcConfig=PLACE))
    return {**runs(request), **group_of("Group", **properties)}


def mounted(kind: str, id: Any = None, **properties: Any) -> Json:
    """A job that mounts a file system; the doors of both are groups of the template."""
    source = {**FILES["FileSystemDataSource"], "FileSystemType": kind, "FileSystemId": id or {"Ref": "Files"}}
    request = job(InputDataConfig=[channel(source={"FileSystemDataSource": source})], VpcConfig=PLACE)
    doors = [{"Fn::GetAtt": ["Door", "GroupId"]}]
    if kind == "EFS":
        mount = {"FileSystemId": {"Ref": "Files"}, "SubnetId": "subnet-1", "SecurityGroups": doors}
        system: Json = {
            "Files": {"Type": "AWS::EFS::FileSystem", "Properties": {}},
            "Mount": {"Type": "AWS::EFS::MountTarget", "Properties": mount},
        }
    else:
        system = {"Files": {"Type": "AWS::FSx::FileSystem", "Properties": {"SecurityGroupIds": doors}}}
    return {**runs(request), **group_of("Group"), **group_of("Door", **properties), **system}


FROM_JOB = {"to": "Door", "by": "Group"}

EXAMPLES = {
    "SM284": Examples(
        fails={
            "no way at all": CLOSED,
            "endpoints of others": {**CLOSED, **service(in_region("ecr.api"))},
        },
        passes={
            "an endpoint": {**CLOSED, **service(in_region("s3"))},
            "a route out": {**CLOSED, **NAT},
            "an endpoint that is a parameter": {**CLOSED, **service({"Ref": "Service"})},
            "subnets of elsewhere": called("Model", model()),
            "a VPC that another template adds to": {
                "Resources": CLOSED,
                "Outputs": {"Vpc": {"Value": VPC, "Export": {"Name": "vpc"}}},
            },
        },
    ),
    "ST215": Examples(
        fails={
            "no rule": nodes(),
            "one port": {**nodes(), **ingress(low=22, high=22)},
            "another group": {**nodes(), **ingress(by="Other"), **group_of("Other")},
        },
        passes={
            "all TCP": {**nodes(), **ingress()},
            "all traffic": {**nodes(), **ingress(protocol="-1")},
            "addresses": nodes(
                SecurityGroupIngress=[{"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "CidrIp": "10.0.0.0/16"}]
            ),
            "one machine": nodes(count=1),
            "a rule for a group that is a parameter": {
                **nodes(),
                **made("Rule", "SecurityGroupIngress", GroupId={"Ref": "Any"}, IpProtocol="-1"),
            },
            "a group that another template adds to": {
                "Resources": nodes(),
                "Outputs": {"Group": {"Value": {"Fn::GetAtt": ["Group", "GroupId"]}, "Export": {"Name": "group"}}},
            },
            "a group of elsewhere": runs(
                hidden(job(ResourceConfig=cluster(InstanceCount=2), VpcConfig={**PLACE, "SecurityGroupIds": ["sg-1"]}))
            ),
        },
    ),
    "ST216": Examples(
        fails={
            "no rule": mounted("EFS"),
            "half of the ports of Lustre": {**mounted("FSxLustre"), **ingress(low=988, high=988, **FROM_JOB)},
            "another port": {**mounted("EFS"), **ingress(low=988, high=988, **FROM_JOB)},
        },
        passes={
            "NFS": {**mounted("EFS"), **ingress(low=2049, high=2049, **FROM_JOB)},
            "the ports of Lustre": {
                **mounted("FSxLustre"),
                **ingress(low=988, high=988, **FROM_JOB),
                **ingress(low=1018, high=1023, **FROM_JOB),
            },
            "a file system of elsewhere": mounted("EFS", id="fs-0123456789abcdef0"),
        },
    ),
}
