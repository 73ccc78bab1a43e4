"""Settings out of the context, without Node."""

from typing import Any

import pytest

from constructs_lib.errors import ConfigurationError
from stacks.settings import STACKS, Settings
from tests.conftest import REPOSITORY, context_of_cdk_json

FROM_THE_COMMAND_LINE = {
    "stacks": "foundation,training",
    "retain_data": "false",
    "training.instance_count": "4",
    "account": "123456789012",
    "region": "eu-west-1",
}


def problems(**changes: Any) -> tuple[str, ...]:
    context = {key: value for key, value in (context_of_cdk_json() | changes).items() if value is not None}
    with pytest.raises(ConfigurationError) as raised:
        Settings.from_context(context)
    assert raised.value.subject == "The CDK context"
    return raised.value.problems


class TestSettings:
    def test_cdk_json_is_complete_and_for_any_environment(self) -> None:
        settings = Settings.from_context(context_of_cdk_json())
        assert settings.stacks == STACKS
        assert (settings.account, settings.region) == (None, None)

    def test_each_stack_is_named_in_the_page(self) -> None:
        page = (REPOSITORY / "docs" / "settings.md").read_text()
        assert [name for name in STACKS if f"`{name}`" not in page] == []

    def test_reads_text_from_the_command_line_as_its_type(self) -> None:
        settings = Settings.from_context(context_of_cdk_json() | FROM_THE_COMMAND_LINE)
        assert settings.stacks == ("foundation", "training")
        assert settings.retain_data is False
        assert settings.training__instance_count == 4
        assert (settings.account, settings.region) == ("123456789012", "eu-west-1")

    def test_leaves_the_keys_of_the_cdk_alone(self) -> None:
        of_the_cdk = {"@aws-cdk/core:x": True, "aws:cdk:enable-path-metadata": True, "availability-zones:account=1": []}
        of_the_cdk |= {"acknowledged-issue-numbers": [1], "cli-telemetry": False}
        Settings.from_context(context_of_cdk_json() | of_the_cdk)

    def test_fails_on_a_key_that_is_none_and_names_the_nearest(self) -> None:
        (text,) = problems(regoin="eu-west-1")
        assert text.startswith("regoin is no setting; did you mean 'region'")

    def test_fails_on_a_key_that_is_missing(self) -> None:
        (text,) = problems(project=None)
        assert text == "project is missing; give it in the context of cdk.json or with -c project=…"

    @pytest.mark.parametrize(
        ("key", "value", "words"),
        [
            ("training.instance_count", "two", "training.instance_count must be a whole number, got 'two'"),
            ("training.instance_count", True, "training.instance_count must be a whole number, got True"),
            ("training.instance_count", 1.5, "training.instance_count must be a whole number, got 1.5"),
            ("retain_data", "yes", "retain_data must be true or false, got 'yes'"),
            ("dashboards", 1, "dashboards must be true or false, got 1"),
            ("alarms.emails", "nobody", "alarms.emails must be an address such as 'on-call@example.com', got 'nobody'"),
            ("alarms.emails", "a@b.c,a@b.c", "alarms.emails must be unique, got 'a@b.c' more than once"),
            ("alarms.emails", [], "alarms.emails must be a list of at least one text, or one text with commas, got []"),
            ("training.instance_count", "0", "training.instance_count must be a whole number of at least 1, got 0"),
            ("training.instance_count", "-1", "training.instance_count must be a whole number of at least 1, got -1"),
            ("training.instance_type", "g5.xlarge", "training.instance_type must be shaped ml.family.size"),
            ("distributed_training.instance_type", "g5", "distributed_training.instance_type must be shaped ml.family"),
            ("real_time.instance_type", "g5", "real_time.instance_type must be shaped ml.family.size"),
            ("real_time.instance_count", 0, "real_time.instance_count must be a whole number of at least 1, got 0"),
            (
                "real_time.max_instance_count",
                0,
                "real_time.max_instance_count must not be below real_time.instance_count",
            ),
            (
                "real_time.invocations_per_minute",
                0,
                "real_time.invocations_per_minute must be a whole number of at least",
            ),
            ("ab_testing.candidate_percent", 101, "ab_testing.candidate_percent must be between 0 and 100, got 101"),
            ("ab_testing.candidate_percent", -1, "ab_testing.candidate_percent must be between 0 and 100, got -1"),
            ("ab_testing.candidate_artifact", "a.tar", "ab_testing.candidate_artifact must be a gzipped tar, shaped"),
            ("real_time.model_artifact", "s3://b/m.tar.gz", "real_time.model_artifact must be an object's key without"),
            ("serverless.memory_mb", 1500, "serverless.memory_mb must be one of 1024, 2048, 3072, 4096, 5120, 6144"),
            ("serverless.max_concurrency", 0, "serverless.max_concurrency must be between 1 and 200, got 0"),
            ("serverless.max_concurrency", 201, "serverless.max_concurrency must be between 1 and 200, got 201"),
            ("async_inference.instance_type", "g5", "async_inference.instance_type must be shaped ml.family.size"),
            ("notebook.instance_type", "t3.medium", "notebook.instance_type must be shaped ml.family.size"),
            ("multi_model.models", "/models", "multi_model.models must be a path inside the bucket without 's3://'"),
            ("inference_pipeline.models", "a/", "inference_pipeline.models must be a path inside the bucket without"),
            (
                "async_inference.max_instance_count",
                0,
                "async_inference.max_instance_count must be a whole number of at least 1, got 0",
            ),
            ("async_inference.backlog_per_instance", 0, "async_inference.backlog_per_instance must be a whole number"),
            (
                "inference_components.max_instance_count",
                0,
                "inference_components.max_instance_count must be a whole number of at least 1, got 0",
            ),
            ("network.zones", 7, "network.zones must be between 2 and 6, got 7"),
            ("project", "x" * 101, "project must be a letter, then letters, digits and single dashes"),
            ("project", "", "project must be a text that is not empty, got ''"),
            ("project", "Deep-", "project must be a letter, then letters, digits and single dashes, got 'Deep-'"),
            ("network.cidr", "10.0.0.0/8", "network.cidr must be between /16 and /24, got '10.0.0.0/8'"),
            ("project", "1st", "project must be a letter, then letters, digits and single dashes, got '1st'"),
            ("stacks", [], "stacks must be a list of at least one text, or one text with commas, got []"),
            (
                "stacks",
                "foundation,trainign",
                f"stacks must be among {', '.join(STACKS)}, got 'trainign'",
            ),
            ("stacks", "training", "stacks must hold 'foundation' too, because 'training' stands on it"),
        ],
    )
    def test_fails_on_a_wrong_value(self, key: str, value: object, words: str) -> None:
        assert any(text.startswith(words) for text in problems(**{key: value}))

    def test_fails_with_everything_at_once(self) -> None:
        changes = {"trainig.x": 1, "project": None, "training.instance_count": 0, "retain_data": "yes"}
        assert [text.split()[0] for text in problems(**changes, **{"stacks": 5, "network.cidr": "10.0.0.0/8"})] == [
            "trainig.x",
            "project",
            "stacks",
            "retain_data",
            "network.cidr",
            "training.instance_count",
        ]

    def test_what_is_missing_is_told_once(self) -> None:
        missing: dict[str, Any] = {"real_time.model_artifact": None, "training.instance_type": None}
        assert [text.partition(";")[0] for text in problems(**missing)] == [
            "training.instance_type is missing",
            "real_time.model_artifact is missing",
        ]

    def test_a_number_that_cannot_be_read_is_told_once(self) -> None:
        (text,) = problems(**{"real_time.instance_count": "many"})
        assert text == "real_time.instance_count must be a whole number, got 'many'"

    def test_fails_on_half_an_environment(self) -> None:
        (text,) = problems(account="123456789012")
        assert text == "account is given without region; give both, or neither for a stack of any environment"

    def test_fails_on_an_environment_of_another_shape(self) -> None:
        assert problems(account="123", region="Ireland") == (
            "account must be twelve digits, got '123'",
            "region must be shaped like eu-west-1, got 'Ireland'",
        )

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("ab_testing.candidate_percent", 0),
            ("ab_testing.candidate_percent", 100),
            ("serverless.memory_mb", 1024),
            ("serverless.memory_mb", "6144"),
            ("serverless.max_concurrency", 1),
            ("serverless.max_concurrency", 200),
            ("async_inference.max_instance_count", 1),
            ("async_inference.backlog_per_instance", 1),
            ("inference_components.max_instance_count", 1),
        ],
    )
    def test_takes_both_ends_of_each_range(self, key: str, value: object) -> None:
        settings = Settings.from_context(context_of_cdk_json() | {key: value})
        assert getattr(settings, key.replace(".", "__")) == int(str(value))

    def test_takes_addresses_with_commas_or_none(self) -> None:
        assert Settings.from_context(context_of_cdk_json()).alarms__emails == ()
        given = context_of_cdk_json() | {"alarms.emails": "a@b.c, d@e.f"}
        assert Settings.from_context(given).alarms__emails == ("a@b.c", "d@e.f")

    @pytest.mark.parametrize("right", ["Most", "arn:aws:iam::123456789012:policy/teams/ml/Most", None])
    def test_takes_a_boundary_by_name_or_arn_or_none(self, right: str | None) -> None:
        given = {} if right is None else {"permissions_boundary": right}
        assert Settings.from_context(context_of_cdk_json() | given).permissions_boundary == right

    @pytest.mark.parametrize("wrong", ["teams/Most", "arn:aws:iam::123456789012:role/Most", "a b", "x" * 129])
    def test_fails_on_a_boundary_that_is_no_policy(self, wrong: str) -> None:
        (text,) = problems(permissions_boundary=wrong)
        assert text == f"permissions_boundary must be the name or the ARN of a managed policy, got {wrong!r}"

    def test_lists_everything_at_once(self) -> None:
        found = problems(regoin="x", project=None, **{"network.zones": "many"})
        assert len(found) == 3
