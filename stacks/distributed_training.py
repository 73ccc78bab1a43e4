"""A script of your own on two GPU machines, with spot prices, checkpoints and file systems."""

from pathlib import Path

from aws_cdk import Acknowledgment, Duration, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_fsx as fsx

from constructs_lib import (
    Channel,
    Cluster,
    ContainerImage,
    Device,
    Distribution,
    ImagePurpose,
    InstanceType,
    ManagedSpot,
    SourceCode,
    TrainingJob,
    TrainingWorkflow,
)
from stacks._app_stack import AppStack
from stacks._operations import watch
from stacks.foundation import FoundationStack
from stacks.settings import Settings

_SCRIPTS = Path(__file__).parent / "scripts"


class DistributedTrainingStack(AppStack):
    """Two nodes that share the work through torchrun; data from S3, EFS and FSx for Lustre."""

    summary = "Distributed training with file systems and spot machines"

    def _build(self, foundation: FoundationStack, settings: Settings) -> None:
        store = foundation.store
        shared, scratch = self._file_systems(foundation)
        job = TrainingJob(
            self,
            "Pretrain",
            image=ContainerImage.from_framework(
                "pytorch", version="2.5.1", purpose=ImagePurpose.TRAINING, device=Device.GPU
            ),
            source=SourceCode.from_asset(str(_SCRIPTS / "pretrain"), entry_point="train.py"),
            distribution=Distribution.torch(),
            cluster=Cluster(
                instance_type=InstanceType(settings.distributed_training__instance_type), count=2, volume_gib=100
            ),
            channels=[
                Channel.from_s3("train", store.location("data/train")),
                Channel.from_efs("labels", shared, "/labels"),
                Channel.from_fsx_lustre("corpus", scratch, f"/{scratch.mount_name}/corpus"),
            ],
            hyperparameters={"epochs": 2, "learning_rate": 0.001},
            metrics={"validation:loss": r"val_loss=([0-9.]+)"},
            spot=ManagedSpot(max_wait_seconds=24 * 3600),
            max_runtime=Duration.hours(12),
            checkpoints=store.location("checkpoints"),
            output=store.location("models"),
            key=foundation.key,
            network=foundation.network,
        )
        workflow = TrainingWorkflow(
            self, "Workflow", steps=[job], key=foundation.key, removal_policy=foundation.removal_policy
        )
        watch(self, foundation=foundation, settings=settings, workflows=[workflow])

    def _file_systems(self, foundation: FoundationStack) -> tuple[efs.FileSystem, fsx.LustreFileSystem]:
        vpc = foundation.network.vpc
        shared = efs.FileSystem(
            self,
            "Shared",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            encrypted=True,
            kms_key=foundation.key,
            enable_automatic_backups=True,
            # Anyone who may mount it is a client of this account with a right of its own, and speaks TLS.
            allow_anonymous_access=False,
            removal_policy=foundation.removal_policy,
        )
        Validations.of(shared).acknowledge(
            *(
                Acknowledgment(
                    id=f"{pack}::{pack}-EFSInBackupPlan",
                    reason="Its automatic backups are on; the rule looks for a plan in the same stack.",
                )
                for pack in ("HIPAA.Security", "NIST.800.53.R4", "NIST.800.53.R5")
            )
        )
        scratch = fsx.LustreFileSystem(
            self,
            "Scratch",
            vpc=vpc,
            vpc_subnet=vpc.isolated_subnets[0],
            security_group=ec2.SecurityGroup(self, "ScratchGroup", vpc=vpc, allow_all_outbound=False),
            storage_capacity_gib=1200,
            kms_key=foundation.key,
            lustre_configuration=fsx.LustreConfiguration(
                deployment_type=fsx.LustreDeploymentType.PERSISTENT_2, per_unit_storage_throughput=125
            ),
            removal_policy=foundation.removal_policy,
        )
        return shared, scratch
