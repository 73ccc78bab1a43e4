"""`AWS::FSx::FileSystem`, whose properties are the members of CreateFileSystem."""

from dataclasses import dataclass
from typing import Any

from ministack.services.cloudformation import provisioners

from ..api import ApiError, Request
from ..fsx import Fsx
from ._properties import as_request

Made = tuple[str, dict[str, Any]]

# Any other property, and any other member of a configuration, changes in place as far as UpdateFileSystem takes it.
_CREATE_ONLY = frozenset(
    ["BackupId", "FileSystemType", "KmsKeyId", "NetworkType", "SecurityGroupIds", "StorageType", "SubnetIds"]
)


def handlers(fsx: Fsx) -> dict[str, dict[str, Any]]:
    """The handler of file systems."""
    kind = _FileSystem(fsx)
    handler = {"create": kind.create, "update": kind.update, "update_with_logical_id": True, "delete": kind.delete}
    return {"AWS::FSx::FileSystem": handler}


@dataclass(frozen=True)
class _FileSystem:
    fsx: Fsx

    def create(self, logical_id: str, properties: Request, stack: str) -> Made:
        return _made(self._call("CreateFileSystem", properties, logical_id)["FileSystem"])

    def update(self, physical_id: str, old: Request, new: Request, stack: str, logical_id: str) -> Made:
        request = {name: value for name, value in new.items() if old.get(name) != value and name != "Tags"}
        if self._replaces(old, new, request):
            made: Made = provisioners._seeded_create(self.create, logical_id, new, stack)
            return made
        for name, value in request.items():
            if isinstance(value, dict):
                before = old.get(name, {})
                request[name] = {member: entry for member, entry in value.items() if before.get(member) != entry}
        if request:
            self._call("UpdateFileSystem", {"FileSystemId": physical_id, **request}, logical_id)
        system = self._call("DescribeFileSystems", {"FileSystemIds": [physical_id]}, logical_id)["FileSystems"][0]
        self._retag(system["ResourceARN"], old, new, logical_id)
        return _made(system)

    def delete(self, physical_id: str, properties: Request) -> None:
        try:
            self.fsx.call("DeleteFileSystem", {"FileSystemId": physical_id})
        except ApiError as error:
            if error.code != "FileSystemNotFound":
                raise

    def _replaces(self, old: Request, new: Request, changed: Request) -> bool:
        if any(old.get(name) != new.get(name) for name in _CREATE_ONLY):
            return True
        members = self.fsx.api.members("UpdateFileSystem")
        for name, value in changed.items():
            if name not in members:
                return True
            if isinstance(value, dict):
                before, shape = old.get(name, {}), members[name]
                differ = {member for member in value.keys() | before.keys() if value.get(member) != before.get(member)}
                if differ - set(shape.members):
                    return True
        return False

    def _retag(self, arn: str, old: Request, new: Request, logical_id: str) -> None:
        wanted = {tag["Key"]: tag["Value"] for tag in new.get("Tags", [])}
        gone = [tag["Key"] for tag in old.get("Tags", []) if tag["Key"] not in wanted]
        if gone:
            self._call("UntagResource", {"ResourceARN": arn, "TagKeys": gone}, logical_id)
        if wanted:
            tags = [{"Key": key, "Value": value} for key, value in wanted.items()]
            self._call("TagResource", {"ResourceARN": arn, "Tags": tags}, logical_id)

    def _call(self, operation: str, properties: Request, logical_id: str) -> dict[str, Any]:
        request = as_request(self.fsx.api.operation(operation).input_shape, properties)
        try:
            return self.fsx.call(operation, request)
        except ApiError as error:
            raise ValueError(
                f"{operation} of {logical_id} was refused: {error.message.removeprefix(f'{operation}: ')} "
                f"(Service: AmazonFSx, Status Code: {error.status}, Error Code: {error.code})"
            ) from error


def _made(system: dict[str, Any]) -> Made:
    lustre = system.get("LustreConfiguration", {})
    attributes = {name: system[name] for name in ("DNSName", "ResourceARN")}
    return system["FileSystemId"], {
        **attributes,
        "Id": system["FileSystemId"],
        **({"LustreMountName": lustre["MountName"]} if lustre else {}),
    }
