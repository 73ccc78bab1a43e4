"""The range of addresses that a network is cut from."""

import ipaddress
from typing import Any

from constructs_lib._internal.checks import is_token


def cidr_problem(field: str, cidr: Any) -> str | None:
    """What is wrong with the addresses of a network: a /16 to /24 that is known at synth."""
    if is_token(cidr):
        return f"{field} must be known at synth, because it is cut into subnets; got {cidr!r}"
    if not isinstance(cidr, str):
        return f"{field} must be text such as '10.0.0.0/16', got {cidr!r}"
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError as error:
        return f"{field} must be a range such as '10.0.0.0/16', got {cidr!r} ({error})"
    if 16 <= network.prefixlen <= 24:
        return None
    return f"{field} must be between /16 and /24, got {cidr!r}"
