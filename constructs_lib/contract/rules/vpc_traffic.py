"""What machines in a VPC reach: one another, file systems, and the services that they need."""

from collections.abc import Iterator

from .._jobs import processings, trainings
from .._network import Ports, exported, groups, leads_out, lets_in
from .._structure import Structure
from . import Fault, Resource, Severity, Template, number, rule
from .vpc_placement import networks

_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"

_ALL: Ports = (0, 65535)
# https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html
_LUSTRE: tuple[Ports, ...] = ((988, 988), (1018, 1023))
_NFS: tuple[Ports, ...] = ((2049, 2049),)


@rule(
    "SM284",
    "a network without a way out has an endpoint for S3",
    source=f"{_GUIDE}/host-vpc.html",
    severity=Severity.WARNING,
)
def no_way_to_s3(template: Template) -> Iterator[Fault]:
    """(TRAPS 18)"""
    for network in networks(template):
        subnets, vpc = _place(network)
        # What another template adds to the network is not seen here.
        if vpc is None or any(one.logical_id in exported(one.template) for one in (*subnets, vpc)):
            continue
        if leads_out(template, subnets):
            continue
        endpoints = [one for one in template.of_type("AWS::EC2::VPCEndpoint") if _may_be_in(one, vpc)]
        if not any(map(_may_be_s3, endpoints)):
            yield network.fault(
                "Subnets",
                f"Subnets should lead to S3, and those of {vpc.logical_id} have neither a route out nor an endpoint "
                "for S3",
                fix="add a gateway endpoint for S3, and interface endpoints for ecr.api, ecr.dkr, logs, monitoring, "
                "sts, kms, sagemaker.api and sagemaker.runtime where the container calls them",
            )


def _place(network: Structure) -> tuple[list[Resource], Resource | None]:
    """The subnets and their VPC; no VPC where one of them is of elsewhere."""
    template, listed = network.template, network.get("Subnets")
    found = [template.target(value, "AWS::EC2::Subnet") for value in listed] if isinstance(listed, list) else []
    subnets = [subnet for subnet in found if subnet is not None]
    vpcs = {template.target(subnet.properties.get("VpcId"), "AWS::EC2::VPC") for subnet in subnets}
    return subnets, vpcs.pop() if len(vpcs) == 1 and len(subnets) == len(found) else None


def _may_be_in(endpoint: Resource, vpc: Resource) -> bool:
    return endpoint.template.target(endpoint.properties.get("VpcId"), "AWS::EC2::VPC") in (vpc, None)


def _may_be_s3(endpoint: Resource) -> bool:
    parts = endpoint.template.parts(endpoint.properties.get("ServiceName"))
    last = parts[-1] if parts else None
    return not isinstance(last, str) or last.endswith((".s3", ".s3express", ".s3-global.accesspoint"))


@rule(
    "ST215",
    "machines of one job reach each other on all TCP ports",
    source=f"{_GUIDE}/train-vpc.html",
    severity=Severity.WARNING,
)
def nodes_apart(template: Template) -> Iterator[Fault]:
    """(TRAPS 20)"""
    jobs = [(job, job.below("ResourceConfig"), "VpcConfig") for job in trainings(template)]
    jobs += [
        (job, job.below("ProcessingResources.ClusterConfig"), "NetworkConfig.VpcConfig")
        for job in processings(template)
    ]
    for job, cluster, path in jobs:
        counts = [number(part.get("InstanceCount")) for part in (cluster, *cluster.items("InstanceGroups"))]
        own = groups(job, f"{path}.SecurityGroupIds")
        if own and sum(count for count in counts if count) > 1 and not lets_in(template, own, own, _ALL):
            yield job.fault(
                f"{path}.SecurityGroupIds",
                "SecurityGroupIds should let the machines of the job reach each other, and no rule of "
                f"{', '.join(group.logical_id for group in own)} lets the group itself in on all TCP ports",
                fix="add an ingress rule with the group as its own source: all TCP, or all traffic for EFA",
            )


@rule(
    "ST216",
    "a file system lets the machines of a job in",
    source=f"{_GUIDE}/train-vpc.html",
    severity=Severity.WARNING,
)
def closed_file_system(template: Template) -> Iterator[Fault]:
    """(TRAPS 20)"""
    for job in trainings(template):
        own = groups(job, "VpcConfig.SecurityGroupIds")
        for channel in job.items("InputDataConfig") if own else ():
            source = channel.below("DataSource.FileSystemDataSource")
            system = template.target(source.raw("FileSystemId"), "AWS::EFS::FileSystem", "AWS::FSx::FileSystem")
            for holder, path, needed in _doors(system) if system else ():
                doors = groups(Structure(holder, "", holder.properties), path)
                closed = [port for port in needed if doors and own and not lets_in(template, doors, own, port)]
                if closed:
                    ports = ", ".join(f"{low}" if low == high else f"{low}-{high}" for low, high in closed)
                    yield source.fault(
                        "FileSystemId",
                        f"FileSystemId should be of a file system that lets the machines of the job in, and no rule of "
                        f"{', '.join(group.logical_id for group in doors or ())} does on {ports}",
                        fix="let the security group of the job in on those ports",
                        value=holder.logical_id,
                    )


def _doors(system: Resource) -> Iterator[tuple[Resource, str, tuple[Ports, ...]]]:
    """What holds the security groups of a file system, where, and the ports that it is reached on."""
    if system.type == "AWS::FSx::FileSystem":
        yield system, "SecurityGroupIds", _LUSTRE
        return
    for mount in system.template.of_type("AWS::EFS::MountTarget"):
        if system.template.target(mount.properties.get("FileSystemId")) is system:
            yield mount, "SecurityGroups", _NFS
