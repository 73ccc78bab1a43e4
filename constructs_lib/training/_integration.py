"""Which integration of Step Functions a request goes through."""

from collections.abc import Mapping
from typing import Any

from constructs_lib.contract.optimized_integration import refused_members


def without_defaults(operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """*request* without members that are False and that the optimized integration is not known to take.

    Every such member of the API is False where it is left out.
    """
    refused = set(refused_members(operation, request))
    return {name: value for name, value in request.items() if not (name in refused and value is False)}
