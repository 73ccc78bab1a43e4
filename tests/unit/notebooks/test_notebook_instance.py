"""A notebook instance: what stands in its template, what is refused and warned of, and what an imported one can do."""

import re
from typing import Any

import pytest

from constructs_lib import (
    ArtifactStore,
    InstanceType,
    Network,
    NotebookInstance,
    NotebookInstanceStatus,
    NotebookScripts,
    TrainingWorkflow,
    execution_input,
)
from constructs_lib.contract._cloudformation import resource_types
from constructs_lib.contract._model import raw_model
from constructs_lib.contract.notebook_platforms import NEWEST_PLATFORM, is_outdated
from tests.templates import granted, of_type, only, template_of
from tests.unit.endpoints.serving import (
    KEY_ARN,
    LATE,
    at,
    readable,
    refusal,
    resource,
    statements,
    thing,
    topic_in,
    warnings_of,
)
from tests.unit.foundation.test_network_access import warnings_of as warnings_of_the_whole
from tests.unit.notebooks.notebooks import SMALL, network_in, notebook
from tests.unit.training.test_workflow import job

TYPE = "AWS::SageMaker::NotebookInstance"
CODE_COMMIT = "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/tools"
SCRIPTS = NotebookScripts(on_start="#!/bin/sh\n")


def of_mine(stack: Any, **changes: Any) -> NotebookInstance:
    """A notebook with a role of its own."""
    return notebook(stack, **({"role": None} | changes))


class TestResources:
    def test_makes_a_key_and_a_role_where_none_is_given(self, stack: Any) -> None:
        made = of_mine(stack, key=None)
        template = template_of(stack)
        properties = readable(only(template, TYPE))
        assert (properties["KmsKeyId"], properties["RoleArn"]) == ("<NotebookKey.Arn>", "<NotebookRole.Arn>")
        assert only(template, "AWS::KMS::Key")["EnableKeyRotation"] is True
        (kept,) = (each for each in template["Resources"].values() if each["Type"] == "AWS::KMS::Key")
        assert kept["DeletionPolicy"] == "Retain"
        assert made.node.default_child is made.node.find_child("Resource")

    def test_has_no_name_of_its_own(self, stack: Any) -> None:
        made = of_mine(stack, scripts=SCRIPTS)
        template = template_of(stack)
        assert "NotebookInstanceName" not in only(template, TYPE)
        config = only(template, "AWS::SageMaker::NotebookInstanceLifecycleConfig")
        assert "NotebookInstanceLifecycleConfigName" not in config
        found = readable(stack.resolve([made.notebook_instance_name, made.notebook_instance_arn]))
        assert found == ["<Notebook.NotebookInstanceName>", "<Notebook>"]

    def test_trap_9_waits_for_the_policy_of_its_role(self, stack: Any) -> None:
        made = of_mine(stack)
        policy = stack.get_logical_id(made.node.find_child("Policy"))
        assert policy in resource(template_of(stack), made)["DependsOn"]

    def test_waits_for_a_network_of_the_same_stack(self, stack: Any) -> None:
        network = Network(stack, "Ground")
        made = of_mine(stack, network=network)
        template = template_of(stack)
        assert len(of_type(template, "AWS::EC2::VPCEndpoint")) > 5
        assert set(of_type(template, "AWS::EC2::VPCEndpoint")) <= set(resource(template, made)["DependsOn"])

    def test_is_kept_when_asked(self, stack: Any) -> None:
        from aws_cdk import RemovalPolicy

        made = of_mine(stack)
        made.apply_removal_policy(RemovalPolicy.RETAIN)
        kept = resource(template_of(stack), made)
        assert (kept["DeletionPolicy"], kept["UpdateReplacePolicy"]) == ("Retain", "Retain")

    def test_two_stand_in_one_stack(self, stack: Any) -> None:
        for id in ("One", "Two"):
            notebook(stack, id, key=None, role=None, scripts=SCRIPTS)
        assert len(of_type(template_of(stack), TYPE)) == 2

    def test_opens_the_group_of_the_workloads(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        made = of_mine(stack)
        database = ec2.SecurityGroup(stack, "Database", vpc=network_in(stack).vpc)
        database.connections.allow_from(made, ec2.Port.tcp(5432))
        rules = readable(list(of_type(template_of(stack), "AWS::EC2::SecurityGroupIngress").values()))
        assert [rule["SourceSecurityGroupId"] for rule in rules] == ["sg-1"]


class TestRole:
    def test_writes_logs_and_nothing_else(self, stack: Any) -> None:
        of_mine(stack)
        (only_one,) = statements(template_of(stack))
        assert only_one["Action"] == [
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
        ]
        assert readable(only_one["Resource"]).endswith(":log-group:/aws/sagemaker/NotebookInstances:*")

    def test_pulls_and_pushes_repositories_of_codecommit(self, stack: Any) -> None:
        url = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos"
        more = [f"{url}/tools", "by-name", "https://git-codecommit.example.com/v1/repos/stranger"]
        of_mine(stack, default_code_repository=f"{url}/team", additional_code_repositories=more)
        git = next(each for each in statements(template_of(stack)) if "codecommit:GitPull" in each["Action"])
        assert git["Action"] == ["codecommit:GitPull", "codecommit:GitPush"]
        assert [readable(each).partition(":codecommit:")[2] for each in git["Resource"]] == [
            "eu-west-1:<AWS::AccountId>:team",
            "eu-west-1:<AWS::AccountId>:tools",
        ]

    def test_trap_9_reads_what_its_scripts_read_before_they_run(self, stack: Any) -> None:
        reads = [at("tools", KEY_ARN), thing("setup.tar.gz")]
        made = of_mine(stack, scripts=NotebookScripts(on_create="#!/bin/sh\n", reads=reads))
        template = template_of(stack)
        (policy,) = resource(template, made)["DependsOn"]
        found = template["Resources"][policy]["Properties"]["PolicyDocument"]["Statement"][1:]
        assert [(each["Action"], each["Resource"]) for each in found] == [
            ("s3:GetObject", "arn:aws:s3:::bucket/tools/*"),
            ("s3:ListBucket", "arn:aws:s3:::bucket"),
            ("kms:Decrypt", KEY_ARN),
            ("s3:GetObject", "arn:aws:s3:::bucket/setup.tar.gz"),
        ]

    def test_gets_what_is_granted_to_the_notebook(self, stack: Any) -> None:
        made = of_mine(stack)
        store = ArtifactStore(stack, "Store")
        workflow = TrainingWorkflow(stack, "Workflow", steps=[job(stack, store)])
        store.grant_read(made, "data")
        workflow.grant_data_scientist(made)
        template = template_of(stack)
        actions = {
            action for each in granted(template) for action in [each["Action"]] if isinstance(each["Action"], str)
        }
        assert {"states:StartExecution", "s3:GetObject"} <= actions
        (policy,) = (each for name, each in of_type(template, "AWS::IAM::ManagedPolicy").items() if "Grants" in name)
        assert readable(policy["Roles"]) == ["<NotebookRole>"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("changes", "problem"),
        [
            ({"instance_type": "ml.t3.medium"}, "instance_type must be such as InstanceType("),
            ({"instance_type": InstanceType("ml.t3.huge")}, "instance_type must be one of the "),
            ({"network": None}, "network must be such as Network("),
            ({"network": "subnet-a"}, "network must be such as Network("),
            ({"key": KEY_ARN}, "key must be such as kms.Key.from_key_arn("),
            ({"volume": 50}, "volume must be such as Size.gibibytes(50), got 50"),
            ({"role": "arn:aws:iam::111122223333:role/x"}, "role must be such as ExecutionRole("),
            ({"scripts": "#!/bin/sh"}, "scripts must be such as NotebookScripts("),
            ({"platform": "al2023"}, "platform must match the pattern "),
            ({"default_code_repository": "git@github.com:x/y.git"}, "default_code_repository must match the pattern "),
            ({"additional_code_repositories": "tools"}, "additional_code_repositories must be a list of text"),
            (
                {"additional_code_repositories": ["a", "b", "c", "d"]},
                "additional_code_repositories must be at most 3 items, got 4",
            ),
            ({"additional_code_repositories": ["a_b"]}, "additional_code_repositories[0] must match the pattern "),
            ({"root_access": "Disabled"}, "root_access must be True or False, got 'Disabled'"),
            ({"notebook_instance_name": "a_b"}, "notebook_instance_name must match the pattern "),
            ({"notebook_instance_name": "a" * 64}, "notebook_instance_name must be at most 63 characters, got 64"),
        ],
    )
    def test_fails(self, stack: Any, changes: dict[str, Any], problem: str) -> None:
        assert refusal(lambda: of_mine(stack, **changes)).startswith(problem)

    @pytest.mark.parametrize(("gib", "bound"), [(4, "at least 5"), (16385, "at most 16384")])
    def test_fails_on_a_volume_beyond_the_range(self, stack: Any, gib: int, bound: str) -> None:
        from aws_cdk import Size

        problem = refusal(lambda: of_mine(stack, volume=Size.gibibytes(gib)))
        assert problem.startswith(f"volume in GiB must be {bound}, got {gib} ")

    def test_fails_on_a_volume_of_parts(self, stack: Any) -> None:
        from aws_cdk import Size

        problem = refusal(lambda: of_mine(stack, volume=Size.mebibytes(5632)))
        assert problem == "volume must be whole GiB, such as Size.gibibytes(50), got 5.5 GiB"

    def test_fails_on_root_that_only_the_deployment_knows(self, stack: Any) -> None:
        from aws_cdk import Token

        late = Token.as_any({"Ref": "Root"})
        problem = refusal(lambda: of_mine(stack, root_access=late))
        assert problem.startswith("root_access must be known when the app is synthesized")

    def test_fails_on_what_only_a_running_workflow_knows(self, stack: Any) -> None:
        problem = refusal(lambda: of_mine(stack, notebook_instance_name=execution_input("name")))
        assert "is known only while a workflow runs, and a notebook is made before" in problem

    def test_fails_with_everything_at_once(self, stack: Any) -> None:
        from aws_cdk import Size

        changes = {"volume": Size.gibibytes(1), "platform": "al2023", "notebook_instance_name": "-"}
        problems = refusal(lambda: of_mine(stack, **changes)).splitlines()
        assert [problem.split(" must")[0] for problem in problems] == [
            "notebook_instance_name",
            "volume in GiB",
            "platform",
        ]

    def test_takes_what_only_the_deployment_knows(self, stack: Any) -> None:
        from aws_cdk import CfnParameter, Size

        text = CfnParameter(stack, "Text").value_as_string
        number = CfnParameter(stack, "Number", type="Number").value_as_number
        of_mine(
            stack,
            instance_type=InstanceType(text),
            volume=Size.gibibytes(number),
            platform=text,
            default_code_repository=text,
            additional_code_repositories=[text],
            notebook_instance_name=text,
        )
        properties = only(template_of(stack), TYPE)
        assert properties["VolumeSizeInGB"] == {"Ref": "Number"}
        assert properties["InstanceType"] == properties["NotebookInstanceName"] == {"Ref": "Text"}
        assert LATE < -1e280


class TestWarnings:
    def test_is_silent_about_what_is_right(self, stack: Any) -> None:
        assert warnings_of(of_mine(stack, default_code_repository="https://github.com/x/y")) == []

    def test_trap_40_of_machines_that_end(self, stack: Any) -> None:
        (text,) = warnings_of(of_mine(stack, instance_type=InstanceType("ml.m4.xlarge")))
        assert "outdated-instance-type/ml.m4.xlarge" in text

    @pytest.mark.parametrize("platform", ["notebook-al1-v1", "notebook-al2-v3"])
    def test_of_a_platform_that_ends(self, stack: Any, platform: str) -> None:
        (text,) = warnings_of(of_mine(stack, platform=platform))
        assert f"AWS has ended the operating system of {platform} or is about to; notebook-al2023-v1 gets" in text
        assert f"outdated-platform/{platform}" in text

    @pytest.mark.parametrize(
        "elsewhere",
        [["https://github.com/x/y"], ["https://github.com/x/y", CODE_COMMIT.replace("us-east-1", "eu-west-1")]],
    )
    def test_of_repositories_that_nothing_leads_to(self, elsewhere: list[str]) -> None:
        from aws_cdk import App, Environment, Stack

        pinned = Stack(App(), "Pinned", env=Environment(account="123456789012", region="us-east-1"))
        network = Network(pinned, "Ground", more_services=["git-codecommit"])
        repositories = [*elsewhere, CODE_COMMIT, "named"][:3]
        made = of_mine(pinned, network=network, additional_code_repositories=repositories)
        assert warnings_of_the_whole(made) == [
            f"{', '.join(elsewhere)} must be cloned for the notebook, and Pinned/Ground has no route out; give it one, "
            "such as nat_gateways=1 [ack: Annotation::sagemaker-constructs:no-way-out/repository]"
        ]

    def test_of_code_commit_without_an_endpoint(self, stack: Any) -> None:
        network = Network(stack, "Ground")
        assert warnings_of_the_whole(of_mine(stack, network=network, default_code_repository=CODE_COMMIT)) == []
        (text,) = warnings_of(network)
        assert "Stack/Notebook will hang, because they clone a repository of CodeCommit, and Stack/Ground has" in text
        assert "endpoint of git-codecommit; pass more_services=['git-codecommit']" in text

    @pytest.mark.parametrize("ways", [{"nat_gateways": 1}, {"more_services": ["git-codecommit"]}])
    def test_is_silent_about_repositories_that_are_reached(self, stack: Any, ways: dict[str, Any]) -> None:
        elsewhere = ["https://github.com/x/y"] if "nat_gateways" in ways else []
        network = Network(stack, "Ground", **ways)
        made = of_mine(stack, network=network, additional_code_repositories=[CODE_COMMIT, *elsewhere])
        assert warnings_of_the_whole(made) == warnings_of(network) == []


class TestPlatform:
    def test_is_the_newest_that_the_api_and_cloudformation_take(self) -> None:
        """Where this fails there is a newer one: to take it replaces notebooks, which the changelog has to say."""
        api = raw_model("sagemaker")["shapes"]["PlatformIdentifier"]["pattern"]
        type_ = resource_types()[TYPE]["properties"]["PlatformIdentifier"]["pattern"]
        both = [name for name in re.findall(r"[\w-]+", type_) if name in re.findall(r"[\w-]+", api)]
        assert both[-1] == NEWEST_PLATFORM
        assert [name for name in both if not is_outdated(name)] == [NEWEST_PLATFORM]


class TestEvents:
    def rule(self, stack: Any) -> Any:
        return readable(only(template_of(stack), "AWS::Events::Rule"))

    def test_tells_of_some_states_of_this_notebook(self, stack: Any) -> None:
        from aws_cdk import aws_events_targets as targets

        states = [NotebookInstanceStatus.FAILED, NotebookInstanceStatus.STOPPED]
        target = targets.SnsTopic(topic_in(stack, "failures"))
        of_mine(stack).on_state_change("Down", target=target, states=states)
        rule = self.rule(stack)
        assert rule["EventPattern"] == {
            "source": ["aws.sagemaker"],
            "detail-type": ["SageMaker Notebook Instance State Change"],
            "account": ["<AWS::AccountId>"],
            "detail": {
                "NotebookInstanceName": ["<Notebook.NotebookInstanceName>"],
                "NotebookInstanceStatus": ["Failed", "Stopped"],
            },
        }
        assert [target["Arn"] for target in rule["Targets"]] == ["arn:aws:sns:us-east-1:123456789012:failures"]

    def test_tells_of_each_change_when_no_state_is_named(self, stack: Any) -> None:
        of_mine(stack).on_state_change("All")
        assert list(self.rule(stack)["EventPattern"]["detail"]) == ["NotebookInstanceName"]

    @pytest.mark.parametrize(("argument", "wrong"), [("target", "topic"), ("states", ["Stopping!"])])
    def test_fails_on_wrong_kinds(self, stack: Any, argument: str, wrong: Any) -> None:
        made = of_mine(stack)
        assert refusal(lambda: made.on_state_change("E", **{argument: wrong})).startswith(argument)

    @pytest.mark.parametrize("id", ["Resource", "Policy", "Role"])
    def test_fails_on_an_id_that_is_taken(self, stack: Any, id: str) -> None:
        made = of_mine(stack)
        assert refusal(lambda: made.on_state_change(id)).startswith(f"id must be another than '{id}'")


class TestImports:
    def test_trap_28_capitals_stand_in_the_name_and_not_in_the_arn(self, stack: Any) -> None:
        found = NotebookInstance.from_notebook_instance_name(stack, "Imported", "Team-1")
        assert found.notebook_instance_name == "Team-1"
        arn = readable(stack.resolve(found.notebook_instance_arn))
        assert arn.endswith(":sagemaker:<AWS::Region>:<AWS::AccountId>:notebook-instance/team-1")

    def test_stands_for_its_role_where_that_is_known(self, stack: Any) -> None:
        from aws_cdk import aws_iam as iam

        role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
        store = ArtifactStore(stack, "Store")
        store.grant_read(NotebookInstance.from_notebook_instance_name(stack, "One", "one", role=role), "data")
        assert "/data/*" in str(granted(template_of(stack)))

    def test_fails_to_stand_for_a_role_that_is_not_known(self, stack: Any) -> None:
        unknown = NotebookInstance.from_notebook_instance_name(stack, "Imported", "one")
        problem = refusal(lambda: ArtifactStore(stack, "Store").grant_read(unknown, "data"))
        assert problem.startswith("role must be given to from_notebook_instance_name")

    @pytest.mark.parametrize("wrong", ["a_b", "", "a" * 64, None, 5, "{% $states.input.x %}"])
    def test_fails_on_what_is_no_name(self, stack: Any, wrong: Any) -> None:
        problem = refusal(lambda: NotebookInstance.from_notebook_instance_name(stack, "A", wrong))
        assert problem.startswith(("notebook_instance_name must ", "'{% $states.input.x %}' is known only"))

    def test_fails_on_a_role_that_is_none(self, stack: Any) -> None:
        problem = refusal(
            lambda: NotebookInstance.from_notebook_instance_name(stack, "A", "a", role="role")  # type: ignore[arg-type] -- the slip under test
        )
        assert problem.startswith("role must be such as ExecutionRole(")


class TestPersonas:
    @pytest.mark.parametrize("persona", ["grant_open", "grant_stop", "grant_operator", "grant_data_scientist"])
    def test_fails_on_what_is_no_grantee(self, stack: Any, persona: str) -> None:
        made = of_mine(stack)
        problem = refusal(lambda: getattr(made, persona)("arn:aws:iam::123456789012:role/x"))
        assert problem.startswith("grantee must be a role, user or function to give rights to, got ")

    def test_an_operator_does_not_open_it(self, stack: Any) -> None:
        from aws_cdk import aws_iam as iam

        of_mine(stack).grant_operator(iam.Role(stack, "Who", assumed_by=iam.AccountRootPrincipal()))
        assert "CreatePresigned" not in str(granted(template_of(stack)))

    def test_it_stops_itself(self, stack: Any) -> None:
        made = of_mine(stack, instance_type=SMALL)
        made.grant_stop(made)
        (only_one,) = granted(template_of(stack))
        assert readable(only_one) == {
            "Effect": "Allow",
            "Action": "sagemaker:StopNotebookInstance",
            "Resource": "<Notebook>",
        }
