"""The topic that alarms tell, and what lets them tell any topic."""

from collections.abc import Sequence
from typing import Any, cast
from weakref import WeakSet

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from constructs_lib._internal.checks import address, is_token, late_list_problem, removal_problem, require, unique
from constructs_lib._internal.kinds import argument_problems
from constructs_lib.foundation.data_key import DataKey, alarms_of, let_alarms_use


class AlarmTopic(sns.Topic):
    """A topic that CloudWatch alarms of this account tell: encrypted with your key, reached over TLS only.

    Its policy takes the place of the one that SNS gives to every topic, and names nobody but those alarms. People and
    apps of the account publish or subscribe when their own policy lets them, as to any topic.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        key: kms.IKey | None = None,
        emails: Sequence[str] = (),
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Make the topic.

        Args:
            scope: The parent construct.
            id: The id in it.
            key: Encrypts the messages, and is told to let alarms in; None makes a `DataKey` beside the topic, under its
                id with `Key` behind it. The policy of an imported key stays as it is, which is a warning: without
                CloudWatch in it nobody hears of any alarm. AWS's own key of SNS lets no alarm in.
            emails: Who gets a mail of each alarm, once they have confirmed the mail that SNS asks them with.
            removal_policy: What becomes of the key that is made here when the stack goes.

        Raises:
            ConfigurationError: An address is none, or is there twice; all are listed.
        """
        listed = emails if isinstance(emails, list | tuple) else ()
        texts = {number: email for number, email in enumerate(listed) if isinstance(email, str)}
        require(
            (scope, id),
            _id_problem(scope, id, key),
            argument_problems(AlarmTopic.__init__, locals()),
            (address(f"emails[{number}]", email) for number, email in texts.items()),
            unique("emails", texts.values()),
            late_list_problem("emails", [*texts.values()], "each has a subscription of its own"),
            removal_problem(removal_policy),
        )
        if key is None:
            key = DataKey(scope, f"{id}Key", description="Messages of alarms", removal_policy=removal_policy)
        super().__init__(scope, id, master_key=key, enforce_ssl=True)
        let_alarms_tell(self)
        for email in emails:
            self.add_subscription(subscriptions.EmailSubscription(email))


def _id_problem(scope: Construct, id: Any, key: Any) -> str | None:
    """The topic's id, or its key's; what is no id at all the CDK says."""
    if not isinstance(id, str) or is_token(id) or not id:
        return None
    wanted = (id, f"{id}Key") if key is None else (id,)
    taken = [each for each in wanted if scope.node.try_find_child(each) is not None]
    if not taken:
        return None
    return f"id must be another than {id!r}, because {scope.node.path} has a child {taken[0]!r} already"


# The topics that alarms may tell already.
_TOLD: "WeakSet[sns.ITopic]" = WeakSet()


def let_alarms_tell(topic: sns.ITopic) -> None:
    """Let CloudWatch alarms of the topic's account publish to it, and use its key (TRAPS 14).

    The policy of an imported topic is its owner's, and an imported topic tells nothing of its key.
    """
    if topic in _TOLD:
        return
    _TOLD.add(topic)
    stack = Stack.of(topic)
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={
                "ArnLike": {"aws:SourceArn": alarms_of(stack)},
                "StringEquals": {"aws:SourceAccount": stack.account},
            },
        )
    )
    key = topic.master_key
    if key is not None:
        let_alarms_use(key, scope=cast(Construct, topic))
