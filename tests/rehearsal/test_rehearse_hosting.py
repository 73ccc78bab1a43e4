"""The rehearsal of an app with every kind of endpoint, and what its steps say about what would not scale or answer."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest

from constructs_lib.rehearsal._assembly import Assembly, Environment, Resource
from constructs_lib.rehearsal._assembly import Stack as Deployed
from constructs_lib.rehearsal._buckets import empty_steps
from constructs_lib.rehearsal._change import write_changed_copy
from constructs_lib.rehearsal._hosted import hosted
from constructs_lib.rehearsal._kinds import invoke
from constructs_lib.rehearsal._moving import exercise
from constructs_lib.rehearsal._stacks import explain
from constructs_lib.rehearsal._stage import Stage
from constructs_lib.rehearsal._steps import StepFailed
from tests.rehearsal.test_emulator_support import (
    BUCKET,
    IMAGE,
    PULL,
    Stack,
    World,
    allow,
    made,
    variant,
    world,
)
from tests.rehearsal.test_rehearse_command import Run, assert_nothing_left, start


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return start(tmp_path_factory.mktemp("hosting"), app="hosting").end()


class TestHosting:
    def test_every_step_passes_and_nothing_is_left(self, run: Run) -> None:
        assert run.code == 0, run.out
        assert run.report["resource_types"]["AWS::SageMaker::InferenceComponent"] == "created"
        assert_nothing_left(run)

    @pytest.mark.parametrize(
        ("endpoint", "answer"),
        [
            ("MultiModel", "multi-model: model a.tar.gz of 1 answered 200"),
            ("Pipeline", "pipeline: variant blue answered 200 through 2 containers"),
            ("Direct", "multi-container: containers first, second answered 200"),
            ("Serverless", "serverless: variant blue answered 200"),
            ("Shadow", "shadow: variant blue answered 200, shadowed by dark, captured"),
            ("Queue", "asynchronous: answered 202, and its answer came into S3"),
            ("Shared", "inference components: component chat answered 200"),
        ],
    )
    def test_each_kind_is_asked_in_its_own_way_before_and_after_an_update(
        self, run: Run, endpoint: str, answer: str
    ) -> None:
        assert self.summary(run, "endpoint", endpoint) == f"InService, {answer}"
        assert self.summary(run, "update", endpoint) == f"same endpoint, new configuration, {answer}"

    def test_a_component_is_updated_in_place(self, run: Run) -> None:
        assert self.summary(run, "component", "Component").startswith("InService on Hosting-Shared-")
        assert self.summary(run, "update", "Component") == "same component, 1 → 2 copies"

    def test_a_bucket_that_goes_is_emptied_and_it_says_so(self, run: Run) -> None:
        said = self.summary(run, "empty", "Store")

        assert re.match(
            r"\d+ objects removed; in an account the destroy would fail with BucketNotEmpty: empty it", said
        )

    @pytest.mark.parametrize(
        ("target", "moves"),
        [
            ("Warm", "Warm-tracking took it from 2 to 8"),
            ("Queue", "Queue-tracking took it from 1 to 4; goes to zero, and a request wakes it to 1"),
            ("Copies", "Copies-tracking took it from 1 to 4; goes to zero, and a request wakes it to 1"),
        ],
    )
    def test_each_target_moves(self, run: Run, target: str, moves: str) -> None:
        assert self.summary(run, "scaling", f"{target}Target moves") == moves

    def test_schedules_are_read_back(self, run: Run) -> None:
        assert self.summary(run, "scaling", "WarmTarget").endswith(", 1 schedule")

    def summary(self, run: Run, name: str, subject: str) -> str:
        found = [
            step for step in run.report["steps"] if (step["name"], step["subject"]) == (name, f"Hosting/{subject}")
        ]
        return str(found[0]["summary"])


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        account.model("base")
        yield account


def stage_of(here: World, name: str = "none", resources: tuple[Resource, ...] = ()) -> Stage:
    environment = Environment("123456789012", "us-east-1")
    stack = Deployed(name, name, name, Path(), "", environment, (), None, False, resources)
    return Stage(here.aws, Assembly(Path(), (stack,), None), cast(Any, None), Path(), 2)


def queue(here: World, name: str, *, role: str | None = None, **output: str) -> Any:
    model = "base"
    if role:
        model = f"of-{name}"
        here.model(model, ExecutionRoleArn=role)
    places = {"S3OutputPath": f"s3://{BUCKET}/{name}/answers", **output}
    return here.endpoint(name, variant("blue", model), AsyncInferenceConfig={"OutputConfig": places})


class TestQueue:
    def test_is_asked_where_its_role_may_read_and_the_input_goes_again(self, here: World) -> None:
        read = allow(["s3:GetObject"], f"arn:aws:s3:::{BUCKET}/questions/*", f"arn:aws:s3:::{BUCKET}/models/m.tar.gz")
        write = allow(["s3:PutObject"], f"arn:aws:s3:::{BUCKET}/*")
        described = queue(here, "asked", role=here.make_role("asked", [*PULL, read, write]))

        kind, answer = invoke(stage_of(here), hosted(stage_of(here), "A/Queue", described))
        assert (kind, answer) == ("asynchronous", "answered 202, and its answer came into S3")
        assert not here.keys("questions/")
        assert here.keys("asked/answers/")

    def test_fails_where_no_place_is_known(self, here: World) -> None:
        read = allow(["s3:GetObject"], f"arn:aws:s3:::{BUCKET}/models/m.tar.gz")
        write = allow(["s3:PutObject"], f"arn:aws:s3:::{BUCKET}/*")
        described = queue(here, "lost", role=here.make_role("lost", [*PULL, read, write]))

        with pytest.raises(StepFailed, match="may not read in any place that is known"):
            invoke(stage_of(here), hosted(stage_of(here), "A/Queue", described))

    def test_is_asked_with_what_rehearsal_json_names(self, here: World) -> None:
        described = queue(here, "named", S3FailurePath=f"s3://{BUCKET}/named/failures")
        stack = Stack(here, "named-store")
        assert stack.create({"Store": made("S3::Bucket")}) == "CREATE_COMPLETE"
        resource = Resource("named-store", "Store", "AWS::S3::Bucket", "A/Store/Resource", {})
        stage = stage_of(here, "named-store", (resource,))
        stage.inputs["A/Queue"] = {"bucket": "A/Store", "key": "none"}

        with pytest.raises(StepFailed, match=r"named failed: ClientError: could not download s3://.*/none"):
            invoke(stage, hosted(stage, "A/Queue", described))


class TestMultiModel:
    def test_says_that_there_is_no_model(self, here: World) -> None:
        container = {"Image": IMAGE, "Mode": "MultiModel", "ModelDataUrl": f"s3://{BUCKET}/nothing/"}
        here.model("empty", PrimaryContainer=container)
        described = here.endpoint("empty", variant("blue", "empty"))

        kind, answer = invoke(stage_of(here), hosted(stage_of(here), "A/Many", described))
        assert kind == "multi-model"
        assert answer.startswith(f"not asked: there is no model below s3://{BUCKET}/nothing/")


class TestWaking:
    def template(self, endpoint: str, dimension: str) -> dict[str, Any]:
        resource = f"endpoint/{endpoint}/variant/blue"
        step = {"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}
        return {
            "Target": made(
                "ApplicationAutoScaling::ScalableTarget",
                MinCapacity=0,
                MaxCapacity=2,
                ResourceId=resource,
                ScalableDimension="sagemaker:variant:DesiredInstanceCount",
                ServiceNamespace="sagemaker",
            ),
            "Policy": made(
                "ApplicationAutoScaling::ScalingPolicy",
                PolicyName="wake",
                PolicyType="StepScaling",
                ScalingTargetId={"Ref": "Target"},
                StepScalingPolicyConfiguration={"AdjustmentType": "ChangeInCapacity", "StepAdjustments": [step]},
            ),
            "Alarm": made(
                "CloudWatch::Alarm",
                Namespace="AWS/SageMaker",
                MetricName="HasBacklogWithoutCapacity",
                Dimensions=[{"Name": dimension, "Value": endpoint if dimension == "EndpointName" else "blue"}],
                Statistic="Maximum",
                Period=60,
                EvaluationPeriods=1,
                Threshold=1,
                ComparisonOperator="GreaterThanOrEqualToThreshold",
                AlarmActions=[{"Ref": "Policy"}],
            ),
        }

    @pytest.mark.parametrize(("dimension", "wakes"), [("EndpointName", True), ("VariantName", False)])
    def test_trap_21_fails_for_an_alarm_with_other_dimensions(self, here: World, dimension: str, wakes: bool) -> None:
        name = f"sleeps-by-{dimension.lower()}"
        queue(here, name)
        template = self.template(name, dimension)
        stack = Stack(here, name)
        assert stack.create(template) == "CREATE_COMPLETE", stack.reasons()
        kind = "AWS::ApplicationAutoScaling::ScalableTarget"
        resource = Resource(name, "Target", kind, "A/Target", template["Target"])
        moves = exercise(stage_of(here, name, (resource,)), resource)

        if wakes:
            assert moves().summary == "goes to zero, and a request wakes it to 1"
        else:
            with pytest.raises(StepFailed, match=r"stays at zero after a request: the alarms .* do not see it"):
                moves()
        assert stack.delete() == "DELETE_COMPLETE"


class TestChange:
    @pytest.mark.parametrize(
        ("kind", "properties", "member", "before", "after"),
        [
            ("EndpointConfig", {"ServerlessConfig": {"MemorySizeInMB": 1024}}, "MemorySizeInMB", 1024, 2048),
            ("EndpointConfig", {"ServerlessConfig": {"MemorySizeInMB": 6144}}, "MemorySizeInMB", 6144, 5120),
            (
                "EndpointConfig",
                {"InitialInstanceCount": 1, "ManagedInstanceScaling": {"MaxInstanceCount": 1}},
                "MaxInstanceCount",
                1,
                2,
            ),
            ("EndpointConfig", {"InitialInstanceCount": 1}, "InitialInstanceCount", 1, 2),
            ("InferenceComponent", {"CopyCount": 0}, "CopyCount", 0, 1),
        ],
    )
    def test_fits_the_kind(
        self, tmp_path: Path, kind: str, properties: dict[str, Any], member: str, before: int, after: int
    ) -> None:
        given = {"RuntimeConfig": properties} if kind == "InferenceComponent" else {"ProductionVariants": [properties]}
        template = {"Resources": {"It": made(f"SageMaker::{kind}", **given)}}
        folder = tmp_path / "assembly"
        folder.mkdir()
        (folder / "A.template.json").write_text(json.dumps(template))
        environment = Environment("123456789012", "us-east-1")
        stack = Deployed("A", "A", "A", folder, "A.template.json", environment, (), None, False, ())
        (change,) = write_changed_copy(Assembly(folder, (stack,), None), tmp_path / "changed")

        assert (change.member.rpartition(".")[2], change.before, change.after) == (member, before, after)


class TestBuckets:
    def test_are_emptied_before_the_destroy_and_it_says_so(self, here: World) -> None:
        stack = Stack(here, "buckets")
        kinds = {"Plain": {}, "Own": {}, "Kept": {"DeletionPolicy": "Retain"}, "Empty": {}, "Logs": {}}
        resources = {name: made("S3::Bucket") | more for name, more in kinds.items()}
        assert stack.create(resources) == "CREATE_COMPLETE", stack.reasons()
        ids = stack.physical_ids()
        for name in ("Plain", "Own", "Kept"):
            here.aws.client("s3").put_object(Bucket=ids[name], Key="a", Body=b"")
        emptier = made("unused", BucketName={"Ref": "Own"})
        resources["Kept"]["Properties"]["LoggingConfiguration"] = {"DestinationBucketName": {"Ref": "Logs"}}
        known = [Resource("buckets", name, "AWS::S3::Bucket", f"A/{name}", body) for name, body in resources.items()]
        known.append(Resource("buckets", "Emptier", "Custom::S3AutoDeleteObjects", "A/Emptier", emptier))

        fails = (
            "in an account the destroy would fail with BucketNotEmpty: empty it first, older versions too, or retain "
            "it, or give it auto_delete_objects=True"
        )
        steps = list(empty_steps(stage_of(here, "buckets", tuple(known))))
        assert {step.subject: step.run().summary for step in steps} == {
            "A/Plain": f"1 object removed; {fails}",
            "A/Own": "1 object removed, as its own function does in an account",
            "A/Empty": "holds nothing",
            "A/Logs": f"holds nothing here; with access logs of A/Kept in it, {fails}",
        }
        assert here.aws.client("s3").list_objects_v2(Bucket=ids["Kept"])["KeyCount"] == 1
        assert stack.delete() == "DELETE_COMPLETE", stack.reasons()

    def test_one_that_is_not_empty_is_told_with_what_to_do(self, here: World) -> None:
        stack = Stack(here, "refilled")
        store = made("S3::Bucket")
        assert stack.create({"Store": store}) == "CREATE_COMPLETE", stack.reasons()
        here.aws.client("s3").put_object(Bucket=stack.physical_ids()["Store"], Key="late", Body=b"")
        assert stack.delete() == "DELETE_FAILED"
        resource = Resource("refilled", "Store", "AWS::S3::Bucket", "A/Store/Resource", store)

        class Failed:
            lines: ClassVar[list[str]] = []

            def tail(self, count: int = 0) -> str:
                return ""

        failure = explain(stage_of(here, "refilled", (resource,)), cast(Any, Failed()), "destroy")
        assert failure.summary == (
            "refilled: A/Store is not empty, so it cannot be deleted: empty it first, older versions too, or retain "
            "it, or give it auto_delete_objects=True"
        )
        assert "reason    The bucket you tried to delete is not empty (Service: S3, Status Code: 409" in failure.text
        assert "fix       empty it first, older versions too" in failure.text
