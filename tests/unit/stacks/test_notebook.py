"""What matters in the template of the stack with a notebook; the snapshot shows the whole of it."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.templates import of_type, only
from tests.unit.endpoints.serving import statements

NAME = "DeepLearning-Notebook"


@pytest.fixture
def template(templates: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    return templates[NAME]


class TestNotebook:
    def test_stands_in_the_network_of_the_foundation_under_its_key(self, template: dict[str, Any]) -> None:
        notebook = only(template, "AWS::SageMaker::NotebookInstance")
        imports = {name: notebook[name] for name in ("SubnetId", "KmsKeyId")} | {"Group": notebook["SecurityGroupIds"]}
        assert all("DeepLearning-Foundation:" in str(value) for value in imports.values())
        assert (notebook["DirectInternetAccess"], notebook["RootAccess"]) == ("Disabled", "Disabled")
        assert notebook["InstanceType"] == "ml.t3.medium"

    def test_reads_data_and_shares_notebooks_and_nothing_else(self, template: dict[str, Any]) -> None:
        objects = [each for each in statements(template) if "Object" in str(each["Action"])]
        assert [(each["Action"], each["Resource"]["Fn::Join"][1][1]) for each in objects] == [
            ("s3:GetObject", "/notebooks/*"),
            ("s3:GetObject", "/data/*"),
            (["s3:AbortMultipartUpload", "s3:PutObject"], "/notebooks/*"),
        ]

    def test_brings_the_shared_notebooks_along_when_it_starts(self, template: dict[str, Any]) -> None:
        (hook,) = only(template, "AWS::SageMaker::NotebookInstanceLifecycleConfig")["OnStart"]
        parts = hook["Content"]["Fn::Base64"]["Fn::Join"][1]
        assert parts[0] == "#!/bin/bash\nsudo -u ec2-user aws s3 sync s3://"
        assert parts[2:] == [
            "/notebooks/ /home/ec2-user/SageMaker/notebooks --region ",
            {"Ref": "AWS::Region"},
            "\n",
        ]

    def test_people_with_a_second_factor_use_this_notebook_and_no_other(self, template: dict[str, Any]) -> None:
        (notebook,) = of_type(template, "AWS::SageMaker::NotebookInstance")
        scientist = template["Outputs"]["DataScientistRoleArn"]["Value"]["Fn::GetAtt"][0]
        (trust,) = of_type(template, "AWS::IAM::Role")[scientist]["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Condition"] == {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
        (policy,) = (
            each
            for each in of_type(template, "AWS::IAM::ManagedPolicy").values()
            if each["Roles"] == [{"Ref": scientist}]
        )
        granted = policy["PolicyDocument"]["Statement"]
        of_notebooks = {
            action: each["Resource"]
            for each in granted
            for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
            if action.startswith("sagemaker:")
        }
        assert of_notebooks == {
            "sagemaker:CreatePresignedNotebookInstanceUrl": {"Ref": notebook},
            "sagemaker:DescribeNotebookInstance": {"Ref": notebook},
            "sagemaker:ListNotebookInstances": "*",
            "sagemaker:StartNotebookInstance": {"Ref": notebook},
            "sagemaker:StopNotebookInstance": {"Ref": notebook},
        }
        assert template["Outputs"]["NotebookName"]["Value"] == {"Fn::GetAtt": [notebook, "NotebookInstanceName"]}
