"""Notebook instances and their scripts, each equal member by member to one written by hand from the API reference.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html and
API_CreateNotebookInstanceLifecycleConfig.html; the CloudFormation types have the same names. All stand in one stack.
"""

from typing import Any

import pytest

from constructs_lib import InstanceType, NotebookScripts
from tests.unit.endpoints.serving import KEY_ARN, ROLE_ARN, Case, readable, side_by_side, without_none
from tests.unit.notebooks.notebooks import notebook
from tests.written_by_hand import same_request

COMMIT = "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/team"
# `#!/bin/sh` and a line end, in base64.
SHELL, ENCODED = "#!/bin/sh\n", "IyEvYmluL3NoCg=="


def small_as(**changes: Any) -> dict[str, Any]:
    """The smallest notebook as the API has it, with members changed."""
    members = {
        "InstanceType": "ml.t3.medium",
        "SubnetId": "subnet-a",
        "SecurityGroupIds": ["sg-1"],
        "RoleArn": ROLE_ARN,
        "KmsKeyId": KEY_ARN,
        "DirectInternetAccess": "Disabled",
        "RootAccess": "Disabled",
        "PlatformIdentifier": "notebook-al2023-v1",
        "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "2"},
    }
    return without_none(members | changes)


def everything(stack: Any, id: str) -> Any:
    from aws_cdk import Size

    return notebook(
        stack,
        id,
        instance_type=InstanceType("ml.g5.xlarge"),
        volume=Size.gibibytes(16384),
        scripts=NotebookScripts(on_start=SHELL),
        platform="notebook-al2-v3",
        default_code_repository=COMMIT,
        additional_code_repositories=["tools", "https://github.com/aws/amazon-sagemaker-examples"],
        root_access=True,
        notebook_instance_name="Team-1",
    )


def of_size(gib: int) -> Any:
    def build(stack: Any, id: str) -> Any:
        from aws_cdk import Size

        return notebook(stack, id, volume=Size.gibibytes(gib))

    return build


CASES: list[Case] = [
    ("smallest", notebook, small_as()),
    ("least volume", of_size(5), small_as(VolumeSizeInGB=5)),
    (
        "everything",
        everything,
        small_as(
            InstanceType="ml.g5.xlarge",
            VolumeSizeInGB=16384,
            LifecycleConfigName="<Case2Scripts.NotebookInstanceLifecycleConfigName>",
            PlatformIdentifier="notebook-al2-v3",
            DefaultCodeRepository=COMMIT,
            AdditionalCodeRepositories=["tools", "https://github.com/aws/amazon-sagemaker-examples"],
            RootAccess="Enabled",
            NotebookInstanceName="Team-1",
        ),
    ),
]


@pytest.fixture(scope="module")
def rendered() -> dict[str, Any]:
    return side_by_side(CASES)


@pytest.mark.parametrize(("name", "by_hand"), [(name, by_hand) for name, _, by_hand in CASES])
def test_a_notebook_is_the_one_written_by_hand(rendered: dict[str, Any], name: str, by_hand: dict[str, Any]) -> None:
    same_request("CreateNotebookInstance", readable(rendered[name]), by_hand)


@pytest.mark.parametrize(
    ("scripts", "by_hand"),
    [
        (NotebookScripts(on_create=SHELL), {"OnCreate": [{"Content": ENCODED}]}),
        (NotebookScripts(on_start=SHELL), {"OnStart": [{"Content": ENCODED}]}),
        (
            NotebookScripts(on_create=SHELL, on_start="#!/bin/sh\necho Grüezi\n"),
            {
                "OnCreate": [{"Content": ENCODED}],
                "OnStart": [{"Content": "IyEvYmluL3NoCmVjaG8gR3LDvGV6aQo="}],
            },
        ),
    ],
)
def test_scripts_are_those_written_by_hand(scripts: NotebookScripts, by_hand: dict[str, Any]) -> None:
    same_request("CreateNotebookInstanceLifecycleConfig", scripts.render(), by_hand)
