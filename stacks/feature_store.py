"""What is known of each visitor: the latest of it while a page is served, all of it for training."""

from aws_cdk import CfnOutput

from constructs_lib import Feature, FeatureGroup, OfflineStore, OnlineStore, TimeToLive
from stacks._app_stack import AppStack
from stacks._callers import task_role
from stacks.foundation import FoundationStack
from stacks.settings import Settings


class FeatureStoreStack(AppStack):
    """A feature group whose files lie below `features/visitors` in the bucket, and a role that puts and gets records.

    Whoever has not been seen for a month is forgotten online. A training job reads the files as the channel
    `Channel.from_s3("train", visitors.offline_location)`.
    """

    summary = "Features of visitors, for serving and for training"

    def _build(self, foundation: FoundationStack, settings: Settings) -> None:
        visitors = FeatureGroup(
            self,
            "Visitors",
            record_identifier="visitor_id",
            event_time="seen_at",
            features=[
                Feature.string("visitor_id"),
                Feature.string("favourite_class"),
                Feature.integral("clicks_last_hour"),
                Feature.fractional("mean_dwell_seconds"),
                Feature.fractional("seen_at"),
            ],
            online=OnlineStore(ttl=TimeToLive.days(30)),
            offline=OfflineStore(foundation.store.location("features/visitors")),
            removal_policy=foundation.removal_policy,
        )
        caller = task_role(self, "Tasks of ECS that put and get the records of this stack")
        visitors.grant_put_record(caller)
        visitors.grant_get_record(caller)
        CfnOutput(self, "FeatureGroupName", value=visitors.feature_group_name)
        CfnOutput(self, "CallerRoleArn", value=caller.role_arn, description="The task role of an app that uses it")
