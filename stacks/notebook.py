"""A notebook for a data scientist: data to look at, and a place for the notebooks of the team."""

from aws_cdk import CfnOutput, Size
from aws_cdk import aws_iam as iam

from constructs_lib import InstanceType, NotebookInstance, NotebookScripts
from stacks._app_stack import AppStack
from stacks.foundation import FoundationStack
from stacks.settings import Settings


class NotebookStack(AppStack):
    """A notebook in the foundation's network, and the role of whoever works in it.

    It reads `data/` of the foundation's bucket, and `notebooks/`, which it may write too. Each time it starts it brings
    along what lies there: its own volume goes with it, the bucket stays.
    """

    summary = "Notebook of a data scientist"

    def _build(self, foundation: FoundationStack, settings: Settings) -> None:
        store = foundation.store
        shared = store.location("notebooks")
        # For the user and not for root, who runs the script.
        bring = f"sudo -u ec2-user aws s3 sync {shared.uri} /home/ec2-user/SageMaker/notebooks"
        notebook = NotebookInstance(
            self,
            "Notebook",
            instance_type=InstanceType(settings.notebook__instance_type),
            network=foundation.network,
            key=foundation.key,
            volume=Size.gibibytes(50),
            scripts=NotebookScripts(on_start=f"#!/bin/bash\n{bring} --region {self.region}\n", reads=[shared]),
        )
        store.grant_read(notebook, "data")
        store.grant_write(notebook, "notebooks")
        role = iam.Role(
            self,
            "DataScientist",
            description="People who work in the notebook of this stack",
            # Whom of the account IAM lets take it on, with a second factor.
            assumed_by=iam.AccountRootPrincipal().with_conditions({"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        )
        notebook.grant_data_scientist(role)
        CfnOutput(
            self,
            "NotebookName",
            value=notebook.notebook_instance_name,
            description="Open it with: aws sagemaker create-presigned-notebook-instance-url --notebook-instance-name …",
        )
        CfnOutput(self, "DataScientistRoleArn", value=role.role_arn, description="The role to open it with")
