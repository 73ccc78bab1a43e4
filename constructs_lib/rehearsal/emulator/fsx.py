"""Amazon FSx, as far as stacks and jobs need it: file systems that can be made, described, changed and deleted."""

import time
import uuid
from collections.abc import Callable
from threading import RLock
from typing import Any

from . import neighbours
from .api import Api, ApiError, Request

_KINDS = {
    "LUSTRE": "LustreConfiguration",
    "ONTAP": "OntapConfiguration",
    "OPENZFS": "OpenZFSConfiguration",
    "WINDOWS": "WindowsConfiguration",
}

# File systems by account, region and id.
_systems: dict[tuple[str, str, str], dict[str, Any]] = {}


def find(name: str) -> dict[str, Any] | None:
    """The file system with this id, in the account and region of the current request."""
    return _systems.get((*neighbours.scope(), name))


class Fsx:
    """FSx of all accounts and regions."""

    def __init__(self, model_data: str | None = None) -> None:
        self.api = Api("fsx", model_data)
        self._lock = RLock()
        self._operations: dict[str, Callable[[Request], dict[str, Any]]] = {
            "CreateFileSystem": self._create,
            "DescribeFileSystems": self._describe,
            "UpdateFileSystem": self._update,
            "DeleteFileSystem": self._delete,
            "TagResource": self._tag,
            "UntagResource": self._untag,
            "ListTagsForResource": lambda request: {"Tags": self._tagged(request)["Tags"]},
        }

    def call(self, operation: str, request: Request) -> dict[str, Any]:
        """Answer one request.

        Raises:
            ApiError: FSx would refuse it.
        """
        self.api.check(operation, request)
        if operation not in self._operations:
            raise ApiError("UnknownOperationException", f"{operation} is not part of the embedded AWS yet", 501)
        with self._lock:
            return self.api.answer(operation, self._operations[operation](request))

    def _create(self, request: Request) -> dict[str, Any]:
        vpcs = {subnet: neighbours.subnet_vpc(subnet) for subnet in request["SubnetIds"]}
        groups = request.get("SecurityGroupIds", [])
        missing = [name for name, vpc in vpcs.items() if vpc is None]
        missing += [group for group in groups if neighbours.security_group_vpc(group) is None]
        if missing:
            raise ApiError("InvalidNetworkSettings", f"CreateFileSystem: {', '.join(missing)} does not exist")
        kind, region = request["FileSystemType"], neighbours.scope()[1]
        configuration = dict(request.get(_KINDS[kind], {}))
        self._check_storage(kind, configuration, request)
        if kind == "LUSTRE":
            configuration |= {"MountName": _mount_name(configuration)}
            configuration.setdefault("DeploymentType", "SCRATCH_1")
        name = f"fs-{uuid.uuid4().hex[:17]}"
        system = {
            **{member: value for member, value in request.items() if member != "ClientRequestToken"},
            _KINDS[kind]: configuration,
            "FileSystemId": name,
            "ResourceARN": neighbours.partition_arn("fsx", f"file-system/{name}"),
            "OwnerId": neighbours.scope()[0],
            "CreationTime": time.time(),
            "Lifecycle": "AVAILABLE",
            "VpcId": vpcs[request["SubnetIds"][0]],
            "DNSName": f"{name}.fsx.{region}.amazonaws.com",
            "SecurityGroupIds": groups,
            "StorageType": request.get("StorageType", "SSD"),
            "Tags": list(request.get("Tags", [])),
        }
        _systems[*neighbours.scope(), name] = system
        return {"FileSystem": system}

    def _check_storage(self, kind: str, configuration: Request, request: Request) -> None:
        if (
            kind == "LUSTRE"
            and "StorageCapacity" not in request
            and request.get("StorageType") != "INTELLIGENT_TIERING"
        ):
            raise ApiError("BadRequest", "CreateFileSystem: StorageCapacity must be given for a Lustre file system")
        capacity = request.get("StorageCapacity", 1200)
        allowed = capacity == 1200 or capacity % 2400 == 0
        # SCRATCH_1 and PERSISTENT_1 on hard disks have steps of their own.
        plain = configuration.get("DeploymentType") in ("SCRATCH_2", "PERSISTENT_1", "PERSISTENT_2")
        if kind == "LUSTRE" and plain and request.get("StorageType", "SSD") == "SSD" and not allowed:
            raise ApiError(
                "BadRequest", f"CreateFileSystem: StorageCapacity must be 1200 or a multiple of 2400, got {capacity}"
            )

    def _describe(self, request: Request) -> dict[str, Any]:
        here = neighbours.scope()
        wanted = request.get("FileSystemIds")
        found = [system for (*place, _), system in _systems.items() if tuple(place) == here]
        for name in wanted or ():
            self._get(name)
        return {"FileSystems": [system for system in found if not wanted or system["FileSystemId"] in wanted]}

    def _update(self, request: Request) -> dict[str, Any]:
        system = self._get(request["FileSystemId"])
        for member, value in request.items():
            if member in _KINDS.values():
                system[member] = {**system.get(member, {}), **value}
            elif member not in ("ClientRequestToken", "FileSystemId"):
                system[member] = value
        return {"FileSystem": system}

    def _delete(self, request: Request) -> dict[str, Any]:
        system = self._get(request["FileSystemId"])
        del _systems[*neighbours.scope(), system["FileSystemId"]]
        return {"FileSystemId": system["FileSystemId"], "Lifecycle": "DELETING"}

    def _tag(self, request: Request) -> dict[str, Any]:
        system = self._tagged(request)
        new = {tag["Key"]: tag["Value"] for tag in request["Tags"]}
        kept = [tag for tag in system["Tags"] if tag["Key"] not in new]
        system["Tags"] = kept + [{"Key": key, "Value": value} for key, value in new.items()]
        return {}

    def _untag(self, request: Request) -> dict[str, Any]:
        system = self._tagged(request)
        system["Tags"] = [tag for tag in system["Tags"] if tag["Key"] not in request["TagKeys"]]
        return {}

    def _tagged(self, request: Request) -> dict[str, Any]:
        return self._get(request["ResourceARN"].rpartition("/")[2])

    def _get(self, name: str) -> dict[str, Any]:
        system = find(name)
        if system is None:
            raise ApiError("FileSystemNotFound", f"File system '{name}' does not exist.")
        return system


def _mount_name(configuration: Request) -> str:
    # The first generation of scratch file systems is mounted as fsx, all others under a name that FSx makes up.
    scratch = configuration.get("DeploymentType", "SCRATCH_1") == "SCRATCH_1"
    return "fsx" if scratch else uuid.uuid4().hex[:8]
