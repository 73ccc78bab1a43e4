"""A notebook instance: a machine with Jupyter, for people."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import jsii
from aws_cdk import Size, SizeRoundingBehavior
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from constructs_lib._internal.api import request_problems
from constructs_lib._internal.checks import is_token, known_at_synth, require
from constructs_lib._internal.execution import log_statement
from constructs_lib._internal.expressions import runtime_problems
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.place import Place, place_of
from constructs_lib._internal.policies import attach_policy
from constructs_lib._internal.rendering import camel_case, given
from constructs_lib._internal.statements import Statement
from constructs_lib._internal.warnings import warn
from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.compute.outdated import warn_if_outdated
from constructs_lib.contract.notebook_platforms import NEWEST_PLATFORM, is_outdated
from constructs_lib.foundation.data_key import DataKey
from constructs_lib.foundation.execution_role import ExecutionRole
from constructs_lib.foundation.network_base import NetworkBase
from constructs_lib.notebooks.notebook_base import LOG_GROUP, ImportedNotebookInstance, NotebookInstanceBase
from constructs_lib.notebooks.notebook_scripts import NotebookScripts

_CODE_COMMIT = re.compile(r"https://git-codecommit\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/v1/repos/([\w.-]+)/?")
_ARGUMENTS = {
    "NotebookInstanceName": "notebook_instance_name",
    "InstanceType": "instance_type",
    "VolumeSizeInGB": "volume in GiB",
    "PlatformIdentifier": "platform",
    "DefaultCodeRepository": "default_code_repository",
    "AdditionalCodeRepositories": "additional_code_repositories",
}


@jsii.implements(ec2.IConnectable)
class NotebookInstance(NotebookInstanceBase):
    """A machine with Jupyter in the network, with no way to the internet but the network's own.

    Its volume is encrypted with a key of yours, nobody is root on it, and it asks for the second version of the
    metadata service. SageMaker keeps all but the volume (`/home/ec2-user/SageMaker`) for no longer than the machine
    runs, and the volume goes with the notebook: what is to outlive it belongs into a bucket or a repository.
    `notebook.apply_removal_policy(RemovalPolicy.RETAIN)` keeps the notebook when its stack goes, and costs as it did.

    It has no name of its own, because much of it is create-only: another network, key, platform or name makes a new
    notebook with an empty volume, and deletes the old one. Other changes stop it, change it and start it again.

    The role may write its lines in the log, what its scripts and repositories need, and what you grant the notebook.

    Attributes:
        role: The role that it runs under.
        network: The network that it is in.
        key: Encrypts its volume.
        connections: Those of the network's workloads, which share one group.
    """

    # Always there, unlike the role of a notebook made elsewhere.
    role: iam.IRole

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance_type: InstanceType,
        network: NetworkBase,
        key: kms.IKey | None = None,
        volume: Size | None = None,
        role: iam.IRole | None = None,
        scripts: NotebookScripts | None = None,
        platform: str | None = None,
        default_code_repository: str | None = None,
        additional_code_repositories: Sequence[str] = (),
        root_access: bool = False,
        notebook_instance_name: str | None = None,
    ) -> None:
        """Make the notebook, and the configuration of its scripts.

        Args:
            scope: The parent construct.
            id: The id in it.
            instance_type: The machine; a change stops it and starts it again, as another one.
            network: Where it is: in the first subnet, with the workloads' group. Another subnet or group replaces it.
            key: Encrypts the volume; None makes a `DataKey` here. Another key replaces the notebook. Whoever deploys
                makes a grant on it (`kms:CreateGrant`). The disks inside some machines, such as ml.g5, have keys of
                their own.
            volume: The size of the volume, in whole GiB from 5 to 16384; None is the service's 5. It grows in place and
                never shrinks: SageMaker refuses a smaller one.
            role: Runs the notebook; it gets what is granted to the notebook. None makes one.
            scripts: What runs when it is made or starts; None runs nothing.
            platform: The operating system and version of Jupyter, as `notebook-al2023-v1`, which is the newest that
                CloudFormation takes and stands for None too. Another one replaces the notebook.
            default_code_repository: The Git repository that it opens in, by its URL or by the name of a code repository
                of SageMaker. One of CodeCommit lets the role pull and push; of any other, credentials are with the
                named repository. It is cloned through the network: a `Network` reaches CodeCommit with
                `more_services=["git-codecommit"]`, and what is elsewhere with `nat_gateways`.
            additional_code_repositories: Up to three more.
            root_access: Whether whoever opens it is root on the machine; scripts are always.
            notebook_instance_name: Letters, digits and dashes, at most 63; None leaves it to CloudFormation. Another
                name replaces the notebook, and with a name of your own whatever else would replace it fails until the
                name changes too.

        Raises:
            ConfigurationError: SageMaker would refuse the notebook; all problems are listed.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html
        """
        super().__init__(scope, id)
        require(
            self,
            argument_problems(NotebookInstance.__init__, locals()),
            _size_problem(volume),
            known_at_synth("root_access", root_access, "it becomes a word of the API"),
        )
        self.network = network
        repositories = tuple(filter(None, (default_code_repository, *additional_code_repositories)))
        request = given(
            NotebookInstanceName=notebook_instance_name,
            InstanceType=instance_type.name,
            SubnetId=network.subnet_ids[0],
            SecurityGroupIds=[network.security_group.security_group_id],
            VolumeSizeInGB=None if volume is None else volume.to_gibibytes(),
            DirectInternetAccess="Disabled",
            RootAccess="Enabled" if root_access else "Disabled",
            PlatformIdentifier=NEWEST_PLATFORM if platform is None else platform,
            DefaultCodeRepository=default_code_repository,
            AdditionalCodeRepositories=list(additional_code_repositories) or None,
            InstanceMetadataServiceConfiguration={"MinimumInstanceMetadataServiceVersion": "2"},
        )
        whole = {"NotebookInstanceName": "unnamed", "RoleArn": "arn:aws:iam::111122223333:role/unmade", **request}
        require(
            self,
            runtime_problems("a notebook", request),
            request_problems("CreateNotebookInstance", whole, _ARGUMENTS),
        )
        self._warn(instance_type, platform, repositories)

        self.key: kms.IKey = key or DataKey(self, "Key", description=f"Volume of notebook {self.node.path}")
        self.role = role or ExecutionRole(self, "Role", description=f"Notebook {self.node.path}")
        policy = attach_policy(self, "Policy", self.role, self._own_statements(repositories, scripts))
        request |= {"RoleArn": self.role.role_arn, "KmsKeyId": self.key.key_arn}
        if scripts is not None:
            config = sagemaker.CfnNotebookInstanceLifecycleConfig(self, "Scripts", **camel_case(scripts.render()))
            request["LifecycleConfigName"] = config.attr_notebook_instance_lifecycle_config_name
        resource = sagemaker.CfnNotebookInstance(self, "Resource", **camel_case(request))
        # Without this its scripts run before the role may write what they say (TRAPS 9).
        resource.add_resource_dependency(policy)
        # In one stack, it would start before the way to S3 is there.
        resource.node.add_dependency(network)
        self.notebook_instance_name = resource.attr_notebook_instance_name
        self.notebook_instance_arn = resource.ref

    @staticmethod
    def from_notebook_instance_name(
        scope: Construct, id: str, notebook_instance_name: str, *, role: iam.IRole | None = None
    ) -> NotebookInstanceBase:
        """A notebook instance of this account and region that is there already.

        Args:
            scope: The parent construct.
            id: The id in it.
            notebook_instance_name: Its name.
            role: The role that it runs under, which then gets what is granted to the notebook; with None a grant to the
                notebook is an error.

        Raises:
            ConfigurationError: The name is none that a notebook instance can have.
        """
        return ImportedNotebookInstance(scope, id, notebook_instance_name, role)

    @property
    def connections(self) -> ec2.Connections:
        """Opens the group of the network's workloads, this notebook among them, to others, or others to it."""
        return self.network.connections

    def _warn(self, instance_type: InstanceType, platform: str | None, repositories: Sequence[str]) -> None:
        warn_if_outdated(self, instance_type)
        if platform is not None and is_outdated(platform):
            warn(
                self,
                f"outdated-platform/{platform}",
                f"AWS has ended the operating system of {platform} or is about to; {NEWEST_PLATFORM} gets patches",
            )
        found = [repository for repository in repositories if repository.startswith("https://")]
        outside = [repository for repository in found if not _has_endpoint(repository, place_of(self).region)]
        if len(outside) < len(found):
            self.network.expect_services(self, ["git-codecommit"])
        if outside:
            self.network.expect_way_out(self, "repository", f"{', '.join(outside)} must be cloned for the notebook")

    def _own_statements(self, repositories: Sequence[str], scripts: NotebookScripts | None) -> list[Statement]:
        """What the notebook itself does with its role, whatever is done in it.

        Neither its network interface nor the grant on its key: SageMaker makes them with the rights of whoever creates
        or starts the notebook, and people who are in it could use those rights.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html (CreateNotebookInstance)
        """
        place = place_of(self)
        found = [_CODE_COMMIT.fullmatch(repository) for repository in repositories]
        cloned = tuple(
            Place(partition=place.partition, region=one[1], account=place.account).arn("codecommit", one[2])
            for one in found
            if one
        )
        # https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-git-repo.html
        git = Statement(actions=("codecommit:GitPull", "codecommit:GitPush"), resources=cloned)
        return [
            log_statement(self, f"{LOG_GROUP}:*"),
            *([git] if cloned else []),
            *(scripts.statements() if scripts is not None else ()),
        ]

    def _starter_statements(self) -> tuple[Statement, ...]:
        arn, key = partial(place_of(self).arn, "ec2"), self.key.key_arn
        subnet, group = self.network.subnet_ids[0], self.network.security_group.security_group_id
        return (
            Statement(
                actions=("iam:PassRole",),
                resources=(self.role.role_arn,),
                conditions={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
            ),
            Statement(
                actions=("ec2:CreateNetworkInterface",),
                resources=(arn(f"subnet/{subnet}"), arn(f"security-group/{group}")),
            ),
            Statement(
                actions=("ec2:CreateNetworkInterface",),
                resources=(arn("network-interface/*"),),
                wildcard_reason="The interface does not exist yet; SageMaker makes it when the notebook starts.",
            ),
            Statement(
                actions=(
                    "ec2:DescribeNetworkInterfaces",
                    "ec2:DescribeSecurityGroups",
                    "ec2:DescribeSubnets",
                    "ec2:DescribeVpcs",
                ),
                resources=("*",),
                wildcard_reason="EC2's Describe actions know no resources; IAM accepts them on * only.",
            ),
            Statement(actions=("kms:DescribeKey",), resources=(key,)),
            Statement(
                actions=("kms:CreateGrant",),
                resources=(key,),
                conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
            ),
        )


def _has_endpoint(repository: str, region: str) -> bool:
    """Whether PrivateLink leads to the repository: to CodeCommit of the same region, as far as that is known."""
    found = _CODE_COMMIT.fullmatch(repository)
    return found is not None and (is_token(region) or found[1] == region)


def _size_problem(volume: Any) -> str | None:
    """A size that is no whole number of GiB; what is no size at all is told elsewhere."""
    if not isinstance(volume, Size) or volume.is_unresolved():
        return None
    gib = volume.to_gibibytes(rounding=SizeRoundingBehavior.NONE)
    return None if gib == int(gib) else f"volume must be whole GiB, such as Size.gibibytes(50), got {gib:g} GiB"
