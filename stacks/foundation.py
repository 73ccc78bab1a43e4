"""The ground of the app: network, key, bucket, topic. It is deployed first and changes least."""

from aws_cdk import CfnOutput, Environment, RemovalPolicy, Stack
from constructs import Construct

from constructs_lib import AlarmTopic, ArtifactStore, DataKey, Network
from stacks.settings import Settings


class FoundationStack(Stack):
    """Network, key, bucket and topic, in a stack of their own: what lies in them outlives jobs and endpoints.

    Attributes:
        network: Isolated subnets for jobs and endpoints.
        key: Encrypts the bucket, volumes, logs and messages.
        store: Data, models.
        alarms: Is told of what goes wrong in any stack.
        removal_policy: What becomes of data and logs when a stack goes.
    """

    def __init__(self, scope: Construct, id: str, *, settings: Settings, env: Environment | None = None) -> None:
        super().__init__(scope, id, env=env, description="Network, key, bucket and topic of deep-learning workloads")
        self.removal_policy = RemovalPolicy.RETAIN if settings.retain_data else RemovalPolicy.DESTROY
        self.key = DataKey(self, "Key", removal_policy=self.removal_policy)
        self.network = Network(
            self,
            "Network",
            cidr=settings.network__cidr,
            zones=settings.network__zones,
            more_services=["elasticfilesystem"] if "distributed-training" in settings.stacks else [],
            key=self.key,
            removal_policy=self.removal_policy,
        )
        self.store = ArtifactStore(self, "Store", key=self.key, removal_policy=self.removal_policy)
        self.alarms = AlarmTopic(self, "Alarms", key=self.key, emails=settings.alarms__emails)
        CfnOutput(self, "BucketName", value=self.store.bucket.bucket_name, description="Takes the data and the models")
        CfnOutput(self, "AlarmTopicArn", value=self.alarms.topic_arn, description="Tells of what goes wrong")
