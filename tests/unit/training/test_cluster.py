"""Machines: equal ones, groups, preferences; spot capacity and the times of a job."""

import subprocess
import sys
from typing import Any

import pytest

from constructs_lib import Channel, Cluster, ConfigurationError, ContainerImage, InstanceType
from constructs_lib.training.cluster import HeterogeneousCluster, InstanceGroup
from constructs_lib.training.preferred_instances import InstancePreference, PreferredInstances
from constructs_lib.training.spot import ManagedSpot
from tests.unit.training.training_jobs import CPU, GPU, at, job_in, warnings_of

PLAN = "arn:aws:sagemaker:us-east-1:123456789012:training-plan/winter"
LATE = int(-1.8e289)


def seconds(amount: int) -> Any:
    from aws_cdk import Duration

    return Duration.seconds(amount)


def groups(*types: InstanceType, count: int = 1) -> HeterogeneousCluster:
    made = [InstanceGroup(name=f"g{index}", instance_type=kind, count=count) for index, kind in enumerate(types)]
    return HeterogeneousCluster(instance_groups=made)


def preferences(*types: InstanceType) -> PreferredInstances:
    return PreferredInstances(preferences=[InstancePreference(instance_type=kind) for kind in types], count=1)


class TestGroups:
    def test_fails_without_a_group(self) -> None:
        with pytest.raises(ConfigurationError, match="instance_groups must hold at least one group, got none"):
            HeterogeneousCluster(instance_groups=[])

    def test_fails_on_two_of_one_name(self) -> None:
        twice = [InstanceGroup(name="a", instance_type=CPU), InstanceGroup(name="a", instance_type=GPU)]
        with pytest.raises(ConfigurationError, match="must be unique, got 'a' more than once"):
            HeterogeneousCluster(instance_groups=twice)

    def test_fails_without_a_machine(self) -> None:
        with pytest.raises(ConfigurationError, match="count must be at least 1, got 0"):
            InstanceGroup(name="a", instance_type=CPU, count=0)

    @pytest.mark.parametrize("number", [1, 5])
    def test_takes_as_many_as_the_api(self, stack: Any, number: int) -> None:
        job_in(stack, cluster=groups(*[CPU] * number))

    def test_fails_on_more(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"cluster.instance_groups must .*5"):
            job_in(stack, cluster=groups(*[CPU] * 6))

    def test_counts_all_of_them(self) -> None:
        assert groups(CPU, GPU, count=2).largest_count == 4
        assert groups(CPU, GPU, count=LATE).largest_count == LATE


class TestPreferences:
    def test_fails_without_one(self) -> None:
        with pytest.raises(ConfigurationError, match="preferences must hold at least one instance type, got none"):
            PreferredInstances(preferences=[], count=1)

    def test_fails_on_a_type_that_stands_twice(self) -> None:
        with pytest.raises(ConfigurationError, match=r"must be unique, got 'ml\.m5\.xlarge' more than once"):
            preferences(CPU, CPU)

    @pytest.mark.parametrize(
        ("together", "own", "words"),
        [
            (None, (None, None), "got none for all and 0 of 2"),
            (None, (1, None), "got none for all and 1 of 2"),
            (1, (1, 1), "got one for all and 2 of 2"),
        ],
    )
    def test_fails_on_counts_that_are_not_in_one_place(
        self, together: int | None, own: tuple[int | None, int | None], words: str
    ) -> None:
        wanted = [InstancePreference(instance_type=kind, count=n) for kind, n in zip((CPU, GPU), own, strict=True)]
        with pytest.raises(ConfigurationError, match=words):
            PreferredInstances(preferences=wanted, count=together)

    def test_fails_on_plans_in_both_places(self) -> None:
        wanted = [InstancePreference(instance_type=GPU, training_plan_arn=PLAN)]
        with pytest.raises(ConfigurationError, match="for all preferences together or in each, not both"):
            PreferredInstances(preferences=wanted, count=1, training_plan_arn=PLAN)

    def test_takes_counts_that_are_known_at_deployment(self) -> None:
        wanted = [InstancePreference(instance_type=CPU, count=LATE), InstancePreference(instance_type=GPU, count=2)]
        assert PreferredInstances(preferences=wanted).largest_count == LATE


def test_equal_choices_are_equal_whichever_sequence_they_came_in() -> None:
    one = InstanceGroup(name="a", instance_type=CPU)
    assert HeterogeneousCluster(instance_groups=[one]) == HeterogeneousCluster(instance_groups=(one,))
    assert hash(preferences(CPU)) == hash(preferences(CPU))


class TestWarmPool:
    @pytest.mark.parametrize("keep", [0, 21600, LATE])
    def test_trap_31_takes_both_ends(self, stack: Any, keep: int) -> None:
        job_in(stack, cluster=Cluster(instance_type=CPU, keep_alive_seconds=keep))

    def test_trap_31_fails_beyond(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"cluster.keep_alive_seconds must .*21600"):
            job_in(stack, cluster=Cluster(instance_type=CPU, keep_alive_seconds=21601))


class TestVolumeKey:
    @pytest.mark.parametrize("machines", [groups(CPU, GPU), preferences(CPU, GPU)])
    def test_trap_13_is_left_out_with_a_warning_when_some_have_disks_of_their_own(
        self, stack: Any, machines: Any
    ) -> None:
        from aws_cdk import aws_kms as kms

        made = job_in(stack, cluster=machines, key=kms.Key(stack, "Key"))
        assert "VolumeKmsKeyId" not in made.request["ResourceConfig"]
        assert [text for text in warnings_of(made) if "sagemaker-constructs:volume-key-left-out" in text]

    def test_says_nothing_without_a_key_or_where_all_are_alike(self, stack: Any) -> None:
        from aws_cdk import aws_kms as kms

        assert warnings_of(job_in(stack, "NoKey", cluster=groups(CPU, GPU))) == []
        assert warnings_of(job_in(stack, "Alike", cluster=groups(CPU), key=kms.Key(stack, "Key"))) == []


class TestSpot:
    def test_trap_31_may_wait_as_long_as_it_runs(self, stack: Any) -> None:
        job_in(stack, spot=ManagedSpot(max_wait_seconds=3600), max_runtime=seconds(3600))

    def test_trap_31_fails_when_it_may_not_wait_as_long_as_it_runs(self, stack: Any) -> None:
        words = r"spot.max_wait_seconds must not be below max_runtime, in seconds, \(3600\), got 3599"
        with pytest.raises(ConfigurationError, match=words):
            job_in(stack, spot=ManagedSpot(max_wait_seconds=3599), max_runtime=seconds(3600))

    def test_the_default_of_a_day_counts(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"\(86400\), got 3600"):
            job_in(stack, spot=ManagedSpot(max_wait_seconds=3600))

    def test_takes_a_time_that_is_known_at_deployment(self, stack: Any) -> None:
        job_in(stack, spot=ManagedSpot(max_wait_seconds=LATE))

    def test_trap_31_warns_without_checkpoints(self, stack: Any) -> None:
        (text,) = warnings_of(job_in(stack, spot=ManagedSpot(max_wait_seconds=90000)))
        assert "starts from nothing after each interruption" in text
        assert "sagemaker-constructs:spot-without-checkpoints" in text
        saving = job_in(stack, "Saving", spot=ManagedSpot(max_wait_seconds=90000), checkpoints=at("state"))
        assert warnings_of(saving) == []

    @pytest.mark.parametrize(
        ("machines", "words"),
        [
            (groups(CPU, GPU), "a HeterogeneousCluster"),
            (preferences(CPU, GPU), "PreferredInstances"),
            (Cluster(instance_type=CPU, keep_alive_seconds=60), "cluster.keep_alive_seconds"),
            (Cluster(instance_type=GPU, training_plan_arn=PLAN), "cluster.training_plan_arn"),
        ],
    )
    def test_trap_31_fails_beside_what_excludes_it(self, stack: Any, machines: Any, words: str) -> None:
        with pytest.raises(ConfigurationError, match=f"spot does not go with {words}"):
            job_in(stack, cluster=machines, spot=ManagedSpot(max_wait_seconds=90000))

    def test_a_warm_pool_of_no_time_is_none(self, stack: Any) -> None:
        machines = Cluster(instance_type=CPU, keep_alive_seconds=0)
        job_in(stack, cluster=machines, spot=ManagedSpot(max_wait_seconds=90000))

    def test_an_algorithm_without_checkpoints_may_wait_an_hour(self, stack: Any) -> None:
        arguments: dict[str, Any] = {
            "image": ContainerImage.built_in("image-classification"),
            "cluster": Cluster(instance_type=GPU),
            "channels": [Channel.from_s3("train", at("t")), Channel.from_s3("validation", at("v"))],
            "max_runtime": seconds(600),
        }
        job_in(stack, "Hour", spot=ManagedSpot(max_wait_seconds=3600), **arguments)
        longer = ManagedSpot(max_wait_seconds=3601)
        job_in(stack, "Saving", spot=longer, checkpoints=at("state"), **arguments)
        with pytest.raises(ConfigurationError, match=r"must be at most 3600 for a built-in .* got 3601"):
            job_in(stack, "Longer", spot=longer, **arguments)


class TestTimes:
    @pytest.mark.parametrize("runtime", [1, 28 * 86400])
    def test_takes_both_ends(self, stack: Any, runtime: int) -> None:
        job_in(stack, max_runtime=seconds(runtime))

    @pytest.mark.parametrize("runtime", [0, 28 * 86400 + 1])
    def test_fails_beyond(self, stack: Any, runtime: int) -> None:
        with pytest.raises(ConfigurationError, match="max_runtime, in seconds, must be between 1 and 2419200"):
            job_in(stack, max_runtime=seconds(runtime))

    @pytest.mark.parametrize("pending", [1799, 2419201])
    def test_fails_on_a_wait_for_machines_that_is_too_short_or_long(self, stack: Any, pending: int) -> None:
        with pytest.raises(ConfigurationError, match=f"max_pending, in seconds, must .*{pending}"):
            job_in(stack, max_pending=seconds(pending))

    @pytest.mark.parametrize("attempts", [0, 31])
    def test_fails_on_attempts_outside_the_range(self, stack: Any, attempts: int) -> None:
        with pytest.raises(ConfigurationError, match=f"maximum_retry_attempts must .*{attempts}"):
            job_in(stack, maximum_retry_attempts=attempts)


def test_these_value_objects_start_no_node_process() -> None:
    names = (
        "_request _rules channel_sources channels cluster container_command debugging distribution file_systems "
        "machines model_parallel output placement preferred_instances serverless source_code spot tracking"
    )
    code = "import sys;" + "".join(f"import constructs_lib.training.{name};" for name in names.split())
    code += "print('aws_cdk' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
