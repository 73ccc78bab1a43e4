"""Callers, operators and data scientists: what no persona may do, and that the rule packs take what they may."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from constructs_lib import (
    ArtifactStore,
    AsyncEndpoint,
    ConfigurationError,
    DataKey,
    RealTimeEndpoint,
    TrainingWorkflow,
    execution_input,
)
from constructs_lib._internal.statements import Statement
from tests.templates import granted, template_of
from tests.unit.endpoints.serving import CPU, made, real_time, shared, variant
from tests.unit.notebooks.notebooks import notebook
from tests.unit.training.test_workflow import job


def somebody(stack: Any) -> Any:
    from aws_cdk import aws_iam as iam

    return iam.Role(stack, "Somebody", assumed_by=iam.AccountRootPrincipal())


@pytest.fixture(scope="module")
def rights() -> Mapping[str, set[str]]:
    """The actions of each persona, of an endpoint and a workflow together."""
    from aws_cdk import App, Stack

    found = {}
    for persona in ("grant_caller", "grant_operator", "grant_data_scientist"):
        stack = Stack(App(), "Stack")
        store = ArtifactStore(stack, "Store")
        queued = AsyncEndpoint(
            stack,
            "Queued",
            variant=variant(stack, model=made(stack)),
            inputs=store.location("in"),
            output=store.location("out"),
        )
        workflow = TrainingWorkflow(stack, "Workflow", steps=[job(stack, store)])
        whom = somebody(stack)
        for each in (queued, real_time(stack), workflow):
            if hasattr(each, persona):
                getattr(each, persona)(whom)
        statements = granted(template_of(stack))
        actions = [each["Action"] for each in statements]
        found[persona] = {name for each in actions for name in ([each] if isinstance(each, str) else each)}
    return found


class TestPersonas:
    @pytest.mark.parametrize("persona", ["grant_caller", "grant_operator", "grant_data_scientist"])
    def test_nobody_makes_or_passes_a_role_or_makes_a_resource(
        self, rights: Mapping[str, set[str]], persona: str
    ) -> None:
        assert not [action for action in rights[persona] if action.startswith("iam:") or ":Create" in action]

    def test_an_operator_sees_no_data_and_asks_no_endpoint(self, rights: Mapping[str, set[str]]) -> None:
        services = {action.partition(":")[0] for action in rights["grant_operator"]}
        assert services == {"application-autoscaling", "cloudwatch", "logs", "sagemaker", "states"}
        assert not [action for action in rights["grant_operator"] if "Invoke" in action]

    def test_a_caller_sees_neither_endpoint_nor_log(self, rights: Mapping[str, set[str]]) -> None:
        assert {action.partition(":")[0] for action in rights["grant_caller"]} == {"kms", "s3", "sagemaker"}
        assert all("Invoke" in action for action in rights["grant_caller"] if action.startswith("sagemaker:"))

    def test_a_data_scientist_starts_executions_and_no_job(self, rights: Mapping[str, set[str]]) -> None:
        assert "states:StartExecution" in rights["grant_data_scientist"]
        assert {action for action in rights["grant_data_scientist"] if action.startswith("sagemaker:")} == {
            "sagemaker:DescribeTrainingJob",
            "sagemaker:ListTrainingJobs",
            "sagemaker:StopTrainingJob",
        }

    @pytest.mark.parametrize("checks", ["AwsSolutionsChecks", "NIST80053R5Checks"])
    def test_every_wildcard_has_its_reason(self, checks: str, tmp_path: Path) -> None:
        import cdk_nag
        from aws_cdk import App, Stack, Validations

        app = App(outdir=str(tmp_path))
        ground, stack = Stack(app, "Ground"), Stack(app, "Stack")
        # The reasons are those of another stack's resources too.
        store = ArtifactStore(ground, "Store", key=DataKey(ground, "Key"))
        workflow = TrainingWorkflow(stack, "Workflow", steps=[job(stack, store)], key=store.key)
        endpoint = real_time(stack, variants=[variant(stack, model=made(stack), instance_type=CPU)], key=store.key)
        components = shared(stack, "Shared", key=store.key)
        for whom, grants in {
            "Caller": (endpoint.grant_caller, components.grant_caller),
            "Operator": (endpoint.grant_operator, components.grant_operator, workflow.grant_operator),
        }.items():
            role = self.role(stack, whom)
            for grant in grants:
                grant(role)
        lab = notebook(stack, key=store.key, role=None)
        lab.grant_operator(self.role(stack, "Keeper"))
        scientist = self.role(stack, "Scientist")
        lab.grant_data_scientist(scientist)
        for whom in (scientist, lab):
            workflow.grant_data_scientist(whom, data=[store.location("data")])
        Validations.of(app).add_plugins(getattr(cdk_nag, checks)(app))
        app.synth()  # fails on a finding

    def role(self, stack: Any, name: str) -> Any:
        from aws_cdk import aws_iam as iam

        return iam.Role(stack, name, assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))


class TestRefusals:
    @pytest.mark.parametrize("wrong", [None, "arn:aws:iam::123456789012:role/x"])
    def test_fails_on_what_is_no_grantee(self, stack: Any, wrong: Any) -> None:
        workflow = TrainingWorkflow(stack, "Workflow", steps=[job(stack, ArtifactStore(stack, "Store"))])
        endpoint = real_time(stack)
        components = shared(stack, "Shared")
        for grant in (
            workflow.grant_operator,
            workflow.grant_data_scientist,
            endpoint.grant_operator,
            endpoint.grant_caller,
            components.grant_caller,
            components.grant_operator,
        ):
            with pytest.raises(ConfigurationError) as raised:
                grant(wrong)
            assert raised.value.problems == (
                f"grantee must be a role, user or function to give rights to, got {wrong!r}",
            )

    @pytest.mark.parametrize(
        ("data", "problem"),
        [
            ("s3://bucket/data", "data must be a list, each a place such as store.location('data'), got "),
            (None, "data must be a list, each a place such as store.location('data'), got None"),
            (["data"], "data must be a place such as store.location('data'), got 'data'"),
        ],
    )
    def test_fails_on_data_that_is_no_place(self, stack: Any, data: Any, problem: str) -> None:
        workflow = TrainingWorkflow(stack, "Workflow", steps=[job(stack, ArtifactStore(stack, "Store"))])
        with pytest.raises(ConfigurationError) as raised:
            workflow.grant_data_scientist(somebody(stack), data=data)
        assert raised.value.problems[0].startswith(problem)


class TestPlaces:
    def test_an_endpoint_of_another_region_has_its_logs_there(self, stack: Any) -> None:
        arn = "arn:aws:sagemaker:eu-west-1:999999999999:endpoint/prod"
        RealTimeEndpoint.from_endpoint_arn(stack, "Imported", arn).grant_operator(somebody(stack))
        logs = next(each for each in granted(template_of(stack)) if "logs:GetLogEvents" in each["Action"])
        assert ":logs:eu-west-1:999999999999:log-group:/aws/sagemaker/Endpoints/prod:*" in str(logs["Resource"])

    def test_trap_28_a_model_is_described_by_the_arn_that_has_its_name_in_small_letters(self, stack: Any) -> None:
        model = made(stack)
        real_time(stack, variants=[variant(stack, model=model)]).grant_operator(somebody(stack))
        (described,) = (each for each in granted(template_of(stack)) if each["Action"] == "sagemaker:DescribeModel")
        assert described["Resource"] == {"Ref": stack.get_logical_id(model.node.default_child)}

    def test_what_a_job_leaves_in_a_whole_bucket_begins_with_its_name(self, stack: Any) -> None:
        store = ArtifactStore(stack, "Store")
        read, _, _ = job(stack, store, output=store.location("")).result_statements()
        assert isinstance(read, Statement)
        assert read.resources[0].endswith("/train-*")
        assert "//" not in read.resources[0]

    def test_what_a_job_leaves_below_a_late_prefix_begins_with_what_is_fixed(self, stack: Any) -> None:
        store = ArtifactStore(stack, "Store")
        place = store.location(f"models/{execution_input('run')}")
        read, listed, _ = job(stack, store, output=place).result_statements()
        assert read.resources[0].endswith("/models/*")
        assert listed.conditions == {"StringLike": {"s3:prefix": ["models/*"]}}
