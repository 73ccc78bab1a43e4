"""A group of features in SageMaker Feature Store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from constructs_lib._internal.api import request_problems
from constructs_lib._internal.checks import is_token, nearest, require, unique
from constructs_lib._internal.expressions import runtime_problems
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.names import unique_name
from constructs_lib._internal.place import place_of
from constructs_lib._internal.policies import attach_policy
from constructs_lib._internal.rendering import camel_case, given, render_tags
from constructs_lib.features.feature import Feature, FeatureType
from constructs_lib.features.feature_group_base import FeatureGroupBase, ImportedFeatureGroup, arn_of
from constructs_lib.features.offline_store import OfflineStore
from constructs_lib.features.online_store import OnlineStore, StorageType
from constructs_lib.features.throughput import Throughput
from constructs_lib.foundation.execution_role import ExecutionRole
from constructs_lib.foundation.s3_location import S3Location

_ARGUMENTS = {
    "FeatureGroupName": "feature_group_name",
    "RecordIdentifierFeatureName": "record_identifier",
    "EventTimeFeatureName": "event_time",
    "FeatureDefinitions": "features",
    "FeatureDefinitions[].FeatureName": "features[].name",
    "OnlineStoreConfig": "online",
    "OnlineStoreConfig.SecurityConfig": "key",
    "OnlineStoreConfig.TtlDuration.Unit": "online.ttl.unit",
    "OnlineStoreConfig.TtlDuration.Value": "online.ttl.value",
    "OfflineStoreConfig": "offline",
    "OfflineStoreConfig.S3StorageConfig": "offline.location",
    "OfflineStoreConfig.DataCatalogConfig.Catalog": "offline.catalog.catalog",
    "OfflineStoreConfig.DataCatalogConfig.Database": "offline.catalog.database",
    "OfflineStoreConfig.DataCatalogConfig.TableName": "offline.catalog.table_name",
    "ThroughputConfig.ProvisionedReadCapacityUnits": "throughput.read_capacity_units",
    "ThroughputConfig.ProvisionedWriteCapacityUnits": "throughput.write_capacity_units",
    "RoleArn": "role",
    "Description": "description",
    "Tags": "tags",
}
# https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-quotas.html#feature-store-data-types
_TIMES = (FeatureType.FRACTIONAL, FeatureType.STRING)


class FeatureGroup(FeatureGroupBase):
    """Records of features: the latest of each identifier online, all of them offline, both under a key of yours.

    Only features that are added, the time to live and the throughput change in a group that is there. Any other change
    would replace it, and with it go the records of the online store; CloudFormation refuses that, because the new group
    could not have the name of the old one. So nothing is lost by accident: to begin anew, give another id or name.

    Tags are among what replaces a group (TRAPS 2), so no `Tags.of(…)` reaches it; `tags` are all that it has. Those of
    an app do reach the stack itself, and CloudFormation hands a stack's tags on; what a change of them does to a group
    is not documented (untested), and `exclude_resource_types=["aws:cdk:stack"]` keeps them away.

    Attributes:
        role: What writes the offline store; None without one.
        key_arn: The key of the online store; None without one.
        offline_location: Where every record is kept, for the channel of a job; None without an offline store.
        request: The request of `CreateFeatureGroup`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        record_identifier: str,
        event_time: str,
        features: Sequence[Feature],
        online: OnlineStore | None = None,
        offline: OfflineStore | None = None,
        key: kms.IKey | None = None,
        throughput: Throughput | None = None,
        role: iam.IRole | None = None,
        feature_group_name: str | None = None,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Make the group.

        Args:
            scope: The parent construct.
            id: The id in it.
            record_identifier: The feature that tells one record from another.
            event_time: The feature that holds when something happened: a fractional one, in seconds since 1970, or a
                string in ISO 8601, in UTC. The record of the latest time is the one that is online.
            features: All of them, these two among them, at most 2500. One that is added leaves the group as it is, and
                none can be taken out.
            online: The store that answers at once; None makes none.
            offline: The store that keeps every record; None makes none. There must be one of the two.
            key: A symmetric key that encrypts the online store, and the offline store where its bucket has none of its
                own. None takes that of the bucket.
            throughput: How reads and writes are paid for; None is on demand, and leaves it to `UpdateFeatureGroup`.
            role: Writes the offline store; it gets what that takes. None makes one.
            feature_group_name: At most 64 letters, digits, dashes and underscores. None makes one from the path.
            description: At most 128 characters.
            tags: The group's own, which never change: `SM282` of the contract warns of them.
            removal_policy: What becomes of the group when the stack goes. It is kept by default: what is online would
                be lost with it.

        Raises:
            ConfigurationError: Feature Store would refuse the group, or a store would have no key of yours; all
                problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateFeatureGroup.html and
        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-featuregroup.html
        """
        require((scope, id), argument_problems(FeatureGroup.__init__, locals()))
        super().__init__(scope, id)
        name = unique_name(self) if feature_group_name is None else feature_group_name
        key_arn = key.key_arn if key is not None else offline.location.key_arn if offline is not None else None
        of_objects = offline.location.key_arn or key_arn if offline is not None else None
        request: dict[str, Any] = {
            "FeatureGroupName": name,
            "RecordIdentifierFeatureName": record_identifier,
            "EventTimeFeatureName": event_time,
            "FeatureDefinitions": [feature.render() for feature in features],
            **given(
                OnlineStoreConfig=online.render(key_arn) if online is not None else None,
                OfflineStoreConfig=offline.render(of_objects) if offline is not None else None,
                ThroughputConfig=throughput.render() if throughput is not None else None,
                Description=description,
                Tags=render_tags(tags),
            ),
        }
        require(
            self,
            _store_problems(online, offline, key_arn or of_objects),
            _idle_problems(online, offline, key, role),
            _feature_problems(features, record_identifier, event_time),
            _throughput_problem(online, throughput),
            runtime_problems("a feature group", request),
            request_problems("CreateFeatureGroup", request, _ARGUMENTS),
        )
        self.feature_group_arn = arn_of(self, name)
        self.key_arn = self._online_key_arn = key_arn if online is not None else None
        self.role: iam.IRole | None = None
        policy = None
        if offline is not None:
            self.offline_location = replace(offline.location, key_arn=of_objects)
            self.role = role or ExecutionRole(self, "Role", description=f"Feature group {self.node.path}")
            request["RoleArn"] = self.role.role_arn
            rights = offline.statements(place_of(self), of_objects)
            policy = attach_policy(self, "Policy", self.role, rights)
        self.request = request
        self._has_online_store = online is not None
        resource = sagemaker.CfnFeatureGroup(self, "Resource", **camel_case(request))
        if policy is not None:
            # Without this the group is made before its role may write, and fails (TRAPS 9).
            resource.add_resource_dependency(policy)
        if tags:
            resource.add_property_override("Tags", request["Tags"])
        else:
            resource.add_property_deletion_override("Tags")
        resource.apply_removal_policy(removal_policy)
        # As an attribute, so that what uses it waits for the group.
        self.feature_group_name = resource.ref

    @staticmethod
    def from_feature_group_name(
        scope: Construct,
        id: str,
        feature_group_name: str,
        *,
        key: kms.IKey | None = None,
        offline_location: S3Location | None = None,
    ) -> FeatureGroupBase:
        """A feature group of this account and region that is there already.

        Args:
            scope: The parent construct.
            id: The id in it.
            feature_group_name: Its name.
            key: The key of its online store, which callers then get to use; None where it has none of yours.
            offline_location: Where its offline store is; None where it has none, or nothing reads it.

        Raises:
            ConfigurationError: The name is none that a group can have.
        """
        return ImportedFeatureGroup(
            scope, id, feature_group_name=feature_group_name, key=key, offline_location=offline_location
        )

    def grant_get_record(self, grantee: iam.IGrantable) -> iam.Grant:
        problem = "the group has no online store, and an offline one answers no GetRecord; give it online=OnlineStore()"
        require(self, None if self._has_online_store else problem)
        return super().grant_get_record(grantee)


def _store_problems(
    online: OnlineStore | None, offline: OfflineStore | None, key_arn: str | None
) -> Iterable[str | None]:
    if online is None and offline is None:
        yield "online or offline must be given, got neither; write online=OnlineStore() or offline=OfflineStore(…)"
    elif key_arn is None:
        where = "the bucket of offline has none" if offline is not None else "an online store has none of its own"
        yield f"key must be given, because {where} and each store is encrypted with a key of yours, got none"


def _idle_problems(
    online: OnlineStore | None, offline: OfflineStore | None, key: kms.IKey | None, role: iam.IRole | None
) -> Iterable[str | None]:
    """What would be given for nothing."""
    if role is not None and offline is None:
        yield "role must be left out without offline, because all it does is write that store"
    if key is not None and online is None and offline is not None and offline.location.key_arn is not None:
        yield "key must be left out without online, because the bucket of offline has a key"


def _feature_problems(features: Sequence[Feature], record_identifier: str, event_time: str) -> Iterable[str | None]:
    types = {feature.name: feature.type for feature in features}
    yield unique("names of features", [feature.name for feature in features])
    if any(map(is_token, types)):
        return
    for argument, name in (("record_identifier", record_identifier), ("event_time", event_time)):
        if name not in types and not is_token(name):
            yield f"{argument} must be the name of one of features, got {name!r}{nearest(name, types)}"
    if types.get(event_time, _TIMES[0]) not in _TIMES:
        yield (
            f"event_time must be a fractional feature or a string, got {event_time!r}, which is "
            f"{types[event_time].value.lower()}; write Feature.fractional({event_time!r})"
        )


def _throughput_problem(online: OnlineStore | None, throughput: Throughput | None) -> str | None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-throughput-mode.html"""
    in_memory = online is not None and online.storage is StorageType.IN_MEMORY
    if not in_memory or throughput is None or throughput.fits_memory:
        return None
    return "throughput must be Throughput.on_demand() for a store in memory, got Throughput.provisioned(…)"
