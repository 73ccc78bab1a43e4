"""What an update of `AWS::SageMaker::FeatureGroup` asks the API for, whose update names things otherwise."""

from typing import Any

from ..api import Request

# Everything else is create-only, as the type's schema says.
_CHANGES = frozenset({"FeatureDefinitions", "OnlineStoreConfig", "ThroughputConfig"})
_TTL = "TtlDuration"


def update_requests(old: Request, new: Request) -> list[Request] | None:
    """The requests of `UpdateFeatureGroup`, which takes one change at a time; None where the group is replaced.

    Raises:
        ValueError: A feature is taken out or changed, which no update can do.
    """
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    if changed - _CHANGES or _without_ttl(old) != _without_ttl(new):
        return None
    requests: list[Request] = []
    if "FeatureDefinitions" in changed:
        requests.append({"FeatureAdditions": _added(old["FeatureDefinitions"], new["FeatureDefinitions"])})
    if "OnlineStoreConfig" in changed:
        requests.append({"OnlineStoreConfig": {_TTL: new["OnlineStoreConfig"].get(_TTL, {})}})
    if "ThroughputConfig" in changed and "ThroughputConfig" in new:
        requests.append({"ThroughputConfig": new["ThroughputConfig"]})
    return requests


def _without_ttl(properties: Request) -> dict[str, Any]:
    return {name: value for name, value in properties.get("OnlineStoreConfig", {}).items() if name != _TTL}


def _added(old: list[Request], new: list[Request]) -> list[Request]:
    gone = [each["FeatureName"] for each in old if each not in new]
    if gone:
        raise ValueError(f"UpdateFeatureGroup cannot take out or change features: {', '.join(gone)}")
    return [each for each in new if each not in old]
