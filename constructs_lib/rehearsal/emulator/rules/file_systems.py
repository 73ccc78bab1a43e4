"""File systems that a job mounts: they exist, are reached from the job's subnets, and let its role in."""

from collections.abc import Iterable

from .. import fsx, neighbours, permissions
from ..api import Request, refused

# https://docs.aws.amazon.com/efs/latest/ug/network-access.html
_EFS_PORTS = (2049,)
# https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html
_LUSTRE_PORTS = (988, 1018, 1023)


def require_mountable(operation: str, given_in: str, source: Request, vpc: Request, role: str) -> None:
    """Refuse a `FileSystemDataSource` that a job with this network and role could not mount."""
    if not vpc:
        raise refused(f"{operation}: {given_in} is a file system, so the job needs a VpcConfig.")
    if source["FileSystemType"] == "EFS":
        _require_efs(operation, given_in, source, vpc, role)
    else:
        _require_lustre(operation, given_in, source, vpc)


def _require_efs(operation: str, given_in: str, source: Request, vpc: Request, role: str) -> None:
    name = source["FileSystemId"]
    system = neighbours.efs_file_system(name)
    if system is None:
        raise refused(f"{operation}: {given_in}: EFS file system {name} does not exist.")
    targets = neighbours.efs_mount_targets(name)
    zones = {neighbours.subnet_zone(subnet) for subnet in vpc["Subnets"]}
    networks = {neighbours.subnet_vpc(subnet) for subnet in vpc["Subnets"]}
    # A client mounts through the target of its own zone; without one there, the name of the file system is not found.
    near = [target for target in targets if target["AvailabilityZoneName"] in zones and target["VpcId"] in networks]
    if not near:
        found = ", ".join(target["SubnetId"] for target in targets) or "none at all"
        raise refused(
            f"{operation}: {given_in}: EFS file system {name} has no mount target in the zones of the job's subnets "
            f"({', '.join(vpc['Subnets'])}); its mount targets are in {found}."
        )
    groups = {group for target in near for group in target["SecurityGroups"]}
    _require_open(operation, given_in, name, vpc, groups, _EFS_PORTS)
    _require_let_in(operation, given_in, system, source, role)


def _require_let_in(operation: str, given_in: str, system: Request, source: Request, role: str) -> None:
    # Without a policy of its own a file system lets every client in that reaches it, whatever the role may do.
    # https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
    policy, arn = system.get("FileSystemPolicy"), system["FileSystemArn"]
    if not policy:
        return
    actions = ["ClientMount"] + (["ClientWrite"] if source["FileSystemAccessMode"] == "rw" else [])
    for action in (f"elasticfilesystem:{action}" for action in actions):
        if not permissions.allows(role, action, arn, policy=policy, elasticfilesystem_AccessedViaMountTarget="true"):
            raise refused(
                f'{operation}: {given_in}: role {role} is not allowed "{action}" on {arn}, which has a policy.'
            )


def _require_lustre(operation: str, given_in: str, source: Request, vpc: Request) -> None:
    name = source["FileSystemId"]
    system = fsx.find(name)
    if system is None or system["FileSystemType"] != "LUSTRE":
        problem = "does not exist" if system is None else f"is of type {system['FileSystemType']}"
        raise refused(f"{operation}: {given_in}: FSx for Lustre file system {name} {problem}.")
    networks = {neighbours.subnet_vpc(subnet) for subnet in vpc["Subnets"]}
    if system["VpcId"] not in networks:
        places = ", ".join(sorted(map(str, networks)))
        raise refused(
            f"{operation}: {given_in}: file system {name} is in {system['VpcId']}, the job's subnets are in {places}."
        )
    mounted = f"/{system['LustreConfiguration']['MountName']}"
    path = source["DirectoryPath"]
    if path != mounted and not path.startswith(f"{mounted}/"):
        raise refused(
            f"{operation}: {given_in}: DirectoryPath must begin with the mount name of {name}, {mounted}, got {path}."
        )
    _require_open(operation, given_in, name, vpc, system["SecurityGroupIds"], _LUSTRE_PORTS)


def _require_open(
    operation: str, given_in: str, name: str, vpc: Request, groups: Iterable[str], ports: Iterable[int]
) -> None:
    """Refuse a file system that the job's security groups do not reach on one of *ports*."""
    ours, theirs = vpc["SecurityGroupIds"], sorted(groups)
    for port in ports:
        if not neighbours.lets_out(ours, theirs, port):
            raise refused(
                f"{operation}: {given_in}: security groups {', '.join(ours)} let no TCP {port} out to {name}."
            )
        if not neighbours.lets_in(theirs, ours, port):
            raise refused(
                f"{operation}: {given_in}: security groups {', '.join(theirs)} of {name} let no TCP {port} "
                f"in from {', '.join(ours)}."
            )
