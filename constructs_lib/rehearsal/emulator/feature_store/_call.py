"""One call of the Feature Store runtime: its operation, its members, who asks and of which group."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from .. import callers, neighbours
from ..api import Api, ApiError, Request, refused
from ..records import Record
from ..sagemaker import SageMaker

_NAME = "{FeatureGroupName}"


@dataclass(frozen=True, slots=True)
class Call:
    """A call, checked as the model says.

    Attributes:
        operation: Such as `PutRecord`.
        request: Its members.
        headers: Those of the request, which say who asks.
    """

    sagemaker: SageMaker
    operation: str
    request: Request
    headers: Mapping[str, str]

    def group(self, name: str) -> Record:
        """The group of this name or ARN, which the caller may do this with.

        Raises:
            ApiError: There is none, or the caller may not.
        """
        found = self.sagemaker.records.get("FeatureGroup", name)
        arn = found.arn if found is not None else self.sagemaker.arn("FeatureGroup", name.rpartition("/")[2])
        callers.require_allowed(self.headers, f"sagemaker:{self.operation}", arn)
        if found is None or found.status != "Created":
            raise ApiError("ResourceNotFound", f"FeatureGroup with name {name} cannot be found.", 404)
        key = found.values.get("OnlineStoreConfig", {}).get("SecurityConfig", {}).get("KmsKeyId")
        if key:
            # https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-security.html
            through = f"sagemaker.{neighbours.scope()[1]}.amazonaws.com"
            callers.require_allowed(self.headers, "kms:Decrypt", neighbours.key_arn(key) or key, kms_ViaService=through)
        return found


def read(api: Api, method: str, path: str, body: bytes, query: Mapping[str, Any]) -> tuple[str, Request]:
    """The operation that method and path stand for, and its members, checked as the model says.

    Raises:
        ApiError: The runtime has no such path, or the request is not as the model says.
    """
    for operation in api.model.operation_names:
        http = api.operation(operation).http
        found = re.fullmatch(re.escape(http["requestUri"]).replace(re.escape(_NAME), "(.+)"), path)
        if found and http["method"] == method:
            request = {**_from_body(body), **_from_query(api, operation, query)}
            if found.groups():
                request["FeatureGroupName"] = unquote(found[1])
            api.check(operation, request)
            return operation, request
    raise ApiError("UnknownOperationException", f"the runtime of Feature Store has no {method} {path}", 404)


def _from_body(body: bytes) -> Request:
    try:
        members: Request = json.loads(body or b"{}")
    except json.JSONDecodeError as error:
        raise refused("the request is not JSON") from error
    return members


def _from_query(api: Api, operation: str, query: Mapping[str, Any]) -> Request:
    members: Request = {}
    for name, shape in api.members(operation).items():
        given = query.get(shape.serialization.get("name", name))
        if shape.serialization.get("location") == "querystring" and given is not None:
            values = given if isinstance(given, list) else [given]
            members[name] = values if shape.type_name == "list" else values[0]
    return members
