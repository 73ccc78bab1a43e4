"""Bad input by the dozen to feature groups and what goes into them: it is taken or refused in words."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

import constructs_lib as lib
from constructs_lib import ConfigurationError
from tests.bad_input import BAD, refuse_each
from tests.unit.features.groups import FEATURES, at, caller_in, group_in, key_in, role_in

# What makes the thing, right arguments, and the argument of a group that takes it.
Value = tuple[Callable[..., Any], dict[str, Any], str]

NAMES = {"database": "db", "table_name": "t", "catalog": "c"}


class Ground:
    """A stack of many groups."""

    def __init__(self) -> None:
        from aws_cdk import App, Stack

        self.stack: Any = Stack(App(context={"@aws-cdk/core:stackResourceLimit": 100_000}), "Stack")
        self._numbers = count()

    @property
    def id(self) -> str:
        """Another one each time."""
        return f"C{next(self._numbers)}"

    def group(self, **changes: Any) -> Any:
        right = {"role": role_in(self.stack)} if changes.get("offline", ...) is not None else {}
        return group_in(self.stack, self.id, **right | changes)


@pytest.fixture(scope="module")
def ground() -> Ground:
    return Ground()


def values() -> Iterator[Value]:
    yield lib.Feature, {"name": "a", "type": lib.FeatureType.STRING}, "features"
    for make in (lib.Feature.string, lib.Feature.integral, lib.Feature.fractional):
        yield make, {"name": "a"}, "features"
    online = {"storage": lib.StorageType.STANDARD, "ttl": None}
    yield lib.OnlineStore, online, "online"
    yield lib.TimeToLive, {"value": 1, "unit": "Days"}, "ttl"
    for make in (lib.TimeToLive.seconds, lib.TimeToLive.minutes, lib.TimeToLive.hours, lib.TimeToLive.weeks):
        yield make, {"value": 1}, "ttl"
    offline = {"location": at("x"), "table_format": lib.TableFormat.GLUE, "catalog": lib.DataCatalog.automatic()}
    yield lib.OfflineStore, offline, "offline"
    for named in (lib.DataCatalog.table, lib.DataCatalog.existing_table):
        yield named, NAMES, "catalog"
    yield lib.Throughput.provisioned, {"write_capacity_units": 1, "read_capacity_units": None}, "throughput"


def use(ground: Ground, argument: str, value: Any) -> Any:
    changes: dict[str, Any] = {argument: value}
    if argument == "features":
        changes = {"features": [*FEATURES, value]}
    elif argument == "ttl":
        changes = {"online": lib.OnlineStore(ttl=value)}
    elif argument == "catalog":
        changes = {"offline": lib.OfflineStore(at("x"), catalog=value)}
    return ground.group(**changes)


def test_fails_on_bad_input_to_a_value_or_renders_it(ground: Ground) -> None:
    for make, right, argument in values():
        use(ground, argument, make(**right))
        for name in right:
            refused = 0
            for bad in BAD:
                try:
                    use(ground, argument, make(**right | {name: bad}))
                except ConfigurationError:
                    refused += 1
            assert refused >= 8, f"{name} of {make} takes nearly anything"


def test_fails_on_bad_input_to_a_group_or_takes_it(ground: Ground) -> None:
    from aws_cdk import Duration, RemovalPolicy

    right = {
        "record_identifier": "user_id",
        "event_time": "seen_at",
        "features": FEATURES,
        "online": lib.OnlineStore(),
        "offline": lib.OfflineStore(at("x")),
        "key": key_in(ground.stack),
        "throughput": lib.Throughput.on_demand(),
        "role": role_in(ground.stack),
        "feature_group_name": "clicks",
        "description": "Clicks",
        "tags": {"a": "b"},
        "removal_policy": RemovalPolicy.RETAIN,
    }
    refuse_each(lambda **each: lib.FeatureGroup(ground.stack, ground.id, **each), right)
    imported = {"feature_group_name": "clicks", "key": None, "offline_location": None}
    refuse_each(lambda **each: lib.FeatureGroup.from_feature_group_name(ground.stack, ground.id, **each), imported)
    group = ground.group()
    caller = caller_in(ground.stack)
    for grant in (group.grant_put_record, group.grant_get_record, group.grant_delete_record, group.grant_describe):
        refuse_each(grant, {"grantee": caller})
    seen = {"operation": lib.FeatureStoreOperation.GET_RECORD, "namespace": "N", "statistic": "Sum"}
    seen |= {"period": Duration.minutes(1), "label": "x", "color": "#1f77b4"}
    refuse_each(group.metric, {"name": "Latency", **seen})


def test_what_was_taken_is_synthesized(ground: Ground) -> None:
    ground.stack.node.root.synth()
