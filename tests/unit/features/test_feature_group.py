"""A feature group: what it refuses, what it never lets go, and whom it lets in."""

import json
from typing import Any

import pytest

from constructs_lib import (
    ArtifactStore,
    Channel,
    Cluster,
    ConfigurationError,
    ContainerImage,
    Feature,
    FeatureGroup,
    FeatureStoreOperation,
    InstanceType,
    OfflineStore,
    OnlineStore,
    ProcessingOutput,
    StorageType,
    Throughput,
    TrainingJob,
    execution_input,
)
from tests.templates import granted, of_type, only, template_of
from tests.unit.features.groups import (
    FEATURES,
    KEY_ARN,
    OTHER_KEY_ARN,
    at,
    caller_in,
    group_in,
    key_in,
    refusal,
    role_in,
)

GROUP = "AWS::SageMaker::FeatureGroup"
HERE = ["arn:", {"Ref": "AWS::Partition"}, ":sagemaker:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}]


def arn(name: str) -> dict[str, Any]:
    return {"Fn::Join": ["", [*HERE, f":feature-group/{name}"]]}


class TestFeatureGroup:
    def test_trap_9_waits_for_the_policy_of_its_role(self, stack: Any) -> None:
        """TRAPS 9: made before its role may write, it would fail."""
        group_in(stack)
        template = template_of(stack)
        (resource,) = (each for each in template["Resources"].values() if each["Type"] == GROUP)
        (policy,) = of_type(template, "AWS::IAM::ManagedPolicy")
        assert resource["DependsOn"] == [policy]

    def test_is_kept_when_its_stack_goes_unless_told_otherwise(self, stack: Any) -> None:
        from aws_cdk import RemovalPolicy

        group_in(stack, "Kept")
        group_in(stack, "Loose", removal_policy=RemovalPolicy.DESTROY)
        resources = template_of(stack)["Resources"].values()
        policies = [
            (each["DeletionPolicy"], each["UpdateReplacePolicy"]) for each in resources if each["Type"] == GROUP
        ]
        assert policies == [("Retain", "Retain"), ("Delete", "Delete")]

    def test_has_a_name_made_of_the_path_in_small_letters(self, stack: Any) -> None:
        group = group_in(stack)
        name = only(template_of(stack), GROUP)["FeatureGroupName"]
        assert name.startswith("stack-clicks-") and name == name.lower()
        assert stack.resolve(group.feature_group_arn) == arn(name)

    def test_a_name_with_capitals_is_in_small_letters_in_the_arn(self, stack: Any) -> None:
        group = group_in(stack, feature_group_name="User_Clicks")
        assert stack.resolve(group.feature_group_arn) == arn("user_clicks")
        assert only(template_of(stack), GROUP)["FeatureGroupName"] == "User_Clicks"

    def test_what_uses_the_name_waits_for_the_group(self, stack: Any) -> None:
        group = group_in(stack)
        assert stack.resolve(group.feature_group_name) == {"Ref": stack.get_logical_id(group.node.default_child)}
        assert group.feature_group_ref.feature_group_name == group.feature_group_name

    def test_of_one_store_has_no_other(self, stack: Any) -> None:
        online = group_in(stack, "Online", offline=None, key=key_in(stack))
        offline = group_in(stack, "Offline", online=None)
        first, second = of_type(template_of(stack), GROUP).values()
        assert "OfflineStoreConfig" not in first and "RoleArn" not in first
        assert "OnlineStoreConfig" not in second
        assert (online.role, online.offline_location, offline.key_arn) == (None, None, None)

    def test_two_in_one_stack(self, stack: Any) -> None:
        group_in(stack, "One")
        group_in(stack, "Two")
        names = {each["FeatureGroupName"] for each in of_type(template_of(stack), GROUP).values()}
        assert len(names) == 2


class TestKeys:
    def keys(self, stack: Any) -> tuple[Any, Any]:
        group = only(template_of(stack), GROUP)
        online = group["OnlineStoreConfig"]["SecurityConfig"]["KmsKeyId"]
        return online, group["OfflineStoreConfig"]["S3StorageConfig"]["KmsKeyId"]

    def test_both_stores_have_that_of_the_bucket(self, stack: Any) -> None:
        group_in(stack)
        assert self.keys(stack) == (KEY_ARN, KEY_ARN)

    def test_the_online_store_may_have_its_own(self, stack: Any) -> None:
        group = group_in(stack, key=key_in(stack))
        assert self.keys(stack) == (OTHER_KEY_ARN, KEY_ARN)
        assert group.key_arn == OTHER_KEY_ARN

    def test_a_bucket_without_one_gets_files_under_the_key_of_the_group(self, stack: Any) -> None:
        group = group_in(stack, offline=OfflineStore(at("f", None)), key=key_in(stack))
        assert self.keys(stack) == (OTHER_KEY_ARN, OTHER_KEY_ARN)
        assert group.offline_location is not None and group.offline_location.key_arn == OTHER_KEY_ARN

    def test_fails_where_a_store_would_have_none(self, stack: Any) -> None:
        problem = refusal(lambda: group_in(stack, "A", offline=OfflineStore(at("f", None))))
        assert problem.startswith("key must be given, because the bucket of offline has none and each store is")
        problem = refusal(lambda: group_in(stack, "B", offline=None))
        assert problem.startswith("key must be given, because an online store has none of its own")

    def test_fails_on_a_key_that_nothing_uses(self, stack: Any) -> None:
        problem = refusal(lambda: group_in(stack, online=None, key=key_in(stack)))
        assert problem == "key must be left out without online, because the bucket of offline has a key"


class TestRefusals:
    def test_fails_without_a_store(self, stack: Any) -> None:
        problem = refusal(lambda: group_in(stack, online=None, offline=None))
        assert problem.startswith("online or offline must be given, got neither; write online=OnlineStore() or ")

    @pytest.mark.parametrize("argument", ["record_identifier", "event_time"])
    def test_fails_on_a_name_that_is_no_feature(self, stack: Any, argument: str) -> None:
        problem = refusal(lambda: group_in(stack, **{argument: "user"}))
        assert problem == f"{argument} must be the name of one of features, got 'user'; did you mean 'user_id'"

    def test_fails_on_a_time_that_is_a_whole_number(self, stack: Any) -> None:
        problem = refusal(lambda: group_in(stack, event_time="clicks"))
        assert problem == (
            "event_time must be a fractional feature or a string, got 'clicks', which is integral; "
            "write Feature.fractional('clicks')"
        )

    def test_takes_a_time_that_is_text(self, stack: Any) -> None:
        group_in(stack, event_time="user_id")

    def test_fails_on_two_features_of_one_name(self, stack: Any) -> None:
        problem = refusal(lambda: group_in(stack, features=[*FEATURES, Feature.string("clicks")]))
        assert problem == "names of features must be unique, got 'clicks' more than once"

    def test_fails_on_a_feature_too_many(self, stack: Any) -> None:
        many = [Feature.string(f"f{number}") for number in range(2498)]
        assert refusal(lambda: group_in(stack, features=[*FEATURES, *many])).startswith(
            "features must be at most 2500 items"
        )
        group_in(stack, "Full", features=[*FEATURES, *many[:-1]])

    @pytest.mark.parametrize("name", ["-a", "a b", "a" * 65, ""])
    def test_fails_on_a_name_of_a_feature_that_is_none(self, stack: Any, name: str) -> None:
        problems = refused(lambda: group_in(stack, features=[*FEATURES, Feature.string(name)]))
        assert problems and all(problem.startswith("features[3].name must ") for problem in problems)

    @pytest.mark.parametrize(
        "name", ["-a", "a b", "a" * 65, "arn:aws:sagemaker:us-east-1:123456789012:feature-group/a"]
    )
    def test_fails_on_a_name_of_a_group_that_is_none(self, stack: Any, name: str) -> None:
        problems = refused(lambda: group_in(stack, feature_group_name=name))
        assert problems and all(problem.startswith("feature_group_name must ") for problem in problems)

    def test_fails_on_provisioned_throughput_of_a_store_in_memory(self, stack: Any) -> None:
        store = OnlineStore(storage=StorageType.IN_MEMORY)
        problem = refusal(
            lambda: group_in(stack, online=store, throughput=Throughput.provisioned(write_capacity_units=1))
        )
        assert problem.startswith("throughput must be Throughput.on_demand() for a store in memory")
        group_in(stack, "A", online=store, throughput=Throughput.on_demand())
        group_in(stack, "B", throughput=Throughput.provisioned(write_capacity_units=1, read_capacity_units=1))

    @pytest.mark.parametrize("units", [-1, 10_000_001])
    def test_fails_on_more_or_less_than_the_api_takes(self, stack: Any, units: int) -> None:
        throughput = Throughput.provisioned(write_capacity_units=units, read_capacity_units=units)
        problems = refused(lambda: group_in(stack, throughput=throughput))
        assert [problem.split()[0] for problem in problems] == [
            "throughput.read_capacity_units",
            "throughput.write_capacity_units",
        ]

    def test_fails_on_a_role_that_has_nothing_to_do(self, stack: Any) -> None:
        problem = refusal(lambda: group_in(stack, offline=None, key=key_in(stack), role=role_in(stack)))
        assert problem == "role must be left out without offline, because all it does is write that store"

    def test_everything_that_is_wrong_is_told_at_once(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            group_in(stack, online=None, offline=None, event_time="clicks", description="x" * 129)
        assert raised.value.subject == "Stack/Clicks"
        assert [problem.split()[0] for problem in raised.value.problems] == ["online", "event_time", "description"]

    def test_fails_on_kinds_before_anything_is_made(self, stack: Any) -> None:
        problem = refusal(lambda: group_in(stack, features=["user_id"]))
        assert problem == "features[0] must be such as Feature.string(…), got 'user_id'"
        group_in(stack)

    def test_values_known_at_deployment_pass(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        name = CfnParameter(stack, "Name").value_as_string
        units = CfnParameter(stack, "Units", type="Number").value_as_number
        group_in(
            stack,
            features=[*FEATURES, Feature.string(name)],
            record_identifier=name,
            feature_group_name=name,
            throughput=Throughput.provisioned(write_capacity_units=units, read_capacity_units=units),
        )
        group = only(template_of(stack), GROUP)
        assert group["RecordIdentifierFeatureName"] == group["FeatureGroupName"] == {"Ref": "Name"}
        assert group["ThroughputConfig"]["ProvisionedReadCapacityUnits"] == {"Ref": "Units"}

    def test_fails_on_what_only_a_running_workflow_knows(self, stack: Any) -> None:
        late = OfflineStore(at("features/" + execution_input("day")))
        problem = refusal(lambda: group_in(stack, offline=late))
        assert "is known only while a workflow runs, and a feature group is made before" in problem


def refused(build: Any) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as raised:
        build()
    return raised.value.problems


class TestTags:
    """TRAPS 2: tags are create-only on a feature group, and what is replaced has lost its records."""

    def tags(self, stack: Any) -> Any:
        from aws_cdk import Tags

        Tags.of(stack.node.root).add("team", "vision")
        template = template_of(stack)
        assert {"Key": "team", "Value": "vision"} in only(template, "AWS::IAM::Role")["Tags"]
        return only(template, GROUP).get("Tags")

    def test_trap_2_those_of_the_app_do_not_reach_it(self, stack: Any) -> None:
        group_in(stack)
        assert self.tags(stack) is None

    def test_trap_2_it_has_its_own_and_no_other(self, stack: Any) -> None:
        group_in(stack, tags={"data": "personal"})
        assert self.tags(stack) == [{"Key": "data", "Value": "personal"}]

    def test_trap_2_those_of_its_own_scope_do_not_either(self, stack: Any) -> None:
        from aws_cdk import Tags

        Tags.of(group_in(stack)).add("near", "by", priority=900)
        assert self.tags(stack) is None

    def test_a_wrong_one_is_refused(self, stack: Any) -> None:
        assert refusal(lambda: group_in(stack, tags={"a" * 129: "b"})).startswith("tags[0].Key must be at most 128")


class TestGrants:
    def test_each_is_one_right_and_the_use_of_the_key_through_sagemaker(self, stack: Any) -> None:
        caller = caller_in(stack)
        group = group_in(stack, feature_group_name="Clicks")
        group.grant_put_record(caller)
        put, key = granted(template_of(stack))
        assert (put["Action"], put["Resource"]) == ("sagemaker:PutRecord", arn("clicks"))
        assert (key["Action"], key["Resource"]) == ("kms:Decrypt", KEY_ARN)
        service = {"Fn::Join": ["", ["sagemaker.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}
        assert key["Condition"] == {"StringEquals": {"kms:ViaService": service}}

    def test_all_together_name_the_key_once(self, stack: Any) -> None:
        caller, group = caller_in(stack), group_in(stack)
        for grant in (group.grant_put_record, group.grant_get_record, group.grant_delete_record, group.grant_describe):
            assert grant(caller).success
        actions = [statement["Action"] for statement in granted(template_of(stack))]
        assert actions == [
            "sagemaker:PutRecord",
            "kms:Decrypt",
            ["sagemaker:BatchGetRecord", "sagemaker:GetRecord"],
            "sagemaker:DeleteRecord",
            "sagemaker:DescribeFeatureGroup",
        ]

    def test_without_an_online_store_no_key_is_used_and_nothing_can_be_got(self, stack: Any) -> None:
        caller, group = caller_in(stack), group_in(stack, online=None)
        group.grant_put_record(caller)
        assert [statement["Action"] for statement in granted(template_of(stack))] == ["sagemaker:PutRecord"]
        problem = refusal(lambda: group.grant_get_record(caller))
        assert problem.startswith("the group has no online store, and an offline one answers no GetRecord")

    @pytest.mark.parametrize("grant", ["grant_put_record", "grant_get_record", "grant_delete_record", "grant_describe"])
    def test_fails_on_a_grantee_that_is_none(self, stack: Any, grant: str) -> None:
        problem = refusal(lambda: getattr(group_in(stack), grant)("arn:aws:iam::123456789012:role/app"))
        assert problem.startswith("grantee must be a role, user or function to give rights to, got ")


class TestImports:
    def test_may_be_put_to_and_got_from_like_one_made_here(self, stack: Any) -> None:
        caller = caller_in(stack)
        group = FeatureGroup.from_feature_group_name(
            stack, "Old", "Old_Clicks", key=key_in(stack), offline_location=at("old")
        )
        group.grant_put_record(caller)
        group.grant_get_record(caller)
        group.grant_delete_record(caller)
        put, key, get, delete = granted(template_of(stack))
        assert put["Resource"] == get["Resource"] == delete["Resource"] == arn("old_clicks")
        assert key["Resource"] == OTHER_KEY_ARN
        assert (group.feature_group_name, group.offline_location) == ("Old_Clicks", at("old"))

    def test_one_without_a_key_gives_no_right_to_any(self, stack: Any) -> None:
        caller = caller_in(stack)
        FeatureGroup.from_feature_group_name(stack, "Old", "old").grant_get_record(caller)
        (statement,) = granted(template_of(stack))
        assert statement["Action"] == ["sagemaker:BatchGetRecord", "sagemaker:GetRecord"]

    @pytest.mark.parametrize("wrong", ["", "a b", "a" * 65, None, 5, execution_input("group")])
    def test_fails_on_what_is_no_name(self, stack: Any, wrong: Any) -> None:
        problems = refused(lambda: FeatureGroup.from_feature_group_name(stack, "Old", wrong))
        assert problems

    def test_fails_on_an_arn(self, stack: Any) -> None:
        given = "arn:aws:sagemaker:us-east-1:123456789012:feature-group/a"
        problem = refusal(lambda: FeatureGroup.from_feature_group_name(stack, "Old", given))
        assert problem == f"feature_group_name must be a name and no ARN, got {given!r}"


class TestMetrics:
    def test_bears_the_dimensions_that_the_service_publishes(self, stack: Any) -> None:
        group = group_in(stack)
        metric = group.metric("Latency", operation=FeatureStoreOperation.GET_RECORD)
        assert (metric.namespace, metric.metric_name, metric.statistic) == (
            "AWS/SageMaker/FeatureStore",
            "Latency",
            "Average",
        )
        assert stack.resolve(metric.dimensions) == {
            "FeatureGroupName": stack.resolve(group.feature_group_name),
            "OperationName": "GetRecord",
        }

    def test_counts_are_sums_and_all_else_can_be_said(self, stack: Any) -> None:
        from aws_cdk import Duration

        metric = group_in(stack).metric(
            "ThrottledRequests",
            operation=FeatureStoreOperation.PUT_RECORD,
            namespace="Elsewhere",
            period=Duration.minutes(1),
            label="throttled",
            color="#1f77b4",
        )
        assert (metric.namespace, metric.statistic, metric.label) == ("Elsewhere", "Sum", "throttled")
        assert metric.period.to_seconds() == 60

    def test_fails_on_a_metric_that_is_none(self, stack: Any) -> None:
        group = group_in(stack)
        problem = refusal(lambda: group.metric("ModelLatency", operation=FeatureStoreOperation.GET_RECORD))
        assert problem.startswith("name must be one of 'ConsumedReadCapacityUnits', ")

    def test_fails_on_an_operation_in_the_spelling_of_the_api(self, stack: Any) -> None:
        group = group_in(stack)
        problem = refusal(lambda: group.metric("Latency", operation="GetRecord"))  # type: ignore[arg-type] -- the slip under test
        assert "write FeatureStoreOperation.GET_RECORD" in problem


class TestForTraining:
    """The point of a feature store: what was served is what is trained on."""

    def test_a_job_reads_the_offline_store_and_no_more(self, stack: Any) -> None:
        group = group_in(stack, role=role_in(stack))
        assert group.offline_location is not None
        TrainingJob(
            stack,
            "Train",
            image=ContainerImage.from_uri("registry.example.com/trainer:1"),
            cluster=Cluster(instance_type=InstanceType("ml.m5.xlarge")),
            channels=[Channel.from_s3("train", group.offline_location)],
            output=at("models"),
        )
        policies = of_type(template_of(stack), "AWS::IAM::ManagedPolicy")
        (policy,) = (each for id, each in policies.items() if id.startswith("Train"))
        reads = [each for each in policy["PolicyDocument"]["Statement"] if "s3:GetObject" in each["Action"]]
        assert [each["Resource"] for each in reads] == ["arn:aws:s3:::bucket/features/clicks/*"]

    def test_a_processing_job_that_puts_records_may_use_the_key_of_the_group(self, stack: Any) -> None:
        from tests.unit.training.test_processing_job import HERE as PLACE

        group = group_in(stack, feature_group_name="Clicks")
        output = ProcessingOutput.to_feature_store("clicks", group)
        put, key = output.statements(PLACE)
        assert put.actions == ("sagemaker:DescribeFeatureGroup", "sagemaker:PutRecord")
        assert (key.actions, key.resources) == (("kms:Decrypt",), (KEY_ARN,))
        (rendered,) = stack.resolve([output.render()])
        assert rendered["FeatureStoreOutput"] == {"FeatureGroupName": stack.resolve(group.feature_group_name)}

    @pytest.mark.parametrize("wrong", [None, 5, at("f")])
    def test_fails_on_an_output_to_what_is_no_group(self, wrong: Any) -> None:
        problem = refusal(lambda: ProcessingOutput.to_feature_store("clicks", wrong))
        assert problem.startswith("feature_group must be a feature group such as FeatureGroup(…), or the name of one")


def test_the_contract_has_nothing_against_it(tmp_path: Any) -> None:
    """SE321, SE322 and all else, as strictly as it can."""
    from aws_cdk import App, Stack, Validations

    from constructs_lib import SageMakerContract

    app = App(outdir=str(tmp_path))
    Validations.of(app).add_plugins(SageMakerContract(strict=True))
    stack = Stack(app, "Stack")
    group_in(stack, offline=OfflineStore(ArtifactStore(stack, "Store").location("clicks")))
    app.synth()
    assert len(of_type(json.loads((tmp_path / "Stack.template.json").read_text()), GROUP)) == 1
