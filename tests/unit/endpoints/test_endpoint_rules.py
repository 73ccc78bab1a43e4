"""What endpoints refuse, in the words of the caller's arguments; nothing here is synthesized."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from constructs_lib import (
    AllAtOnce,
    AsyncEndpoint,
    Canary,
    CapacitySize,
    ComponentVariant,
    ConfigurationError,
    DataCapture,
    InferenceComponent,
    InferencePipelineEndpoint,
    InstancePool,
    InstancePools,
    InstanceType,
    ManagedInstanceScaling,
    ModelKind,
    MultiContainerEndpoint,
    MultiModelEndpoint,
    PrefixAwareRouting,
    RealTimeEndpoint,
    Rolling,
    ScaleInStrategy,
    ServerlessEndpoint,
    ServerlessVariant,
    VariantProperty,
)
from constructs_lib.endpoints.inference_component import Adapter
from tests.unit.endpoints.serving import (
    CPU,
    GPU,
    LATE,
    NEURON,
    at,
    made,
    real_time,
    refusal,
    served,
    shared,
    specification,
    thing,
    variant,
    warnings_of,
)

INF1 = InstanceType("ml.inf1.xlarge")


@pytest.fixture(scope="module")
def stack() -> Any:
    """One stack for all: what is refused leaves nothing in it that is synthesized."""
    from aws_cdk import App, Stack

    return Stack(App(), "Stack")


@pytest.fixture(scope="module")
def ids() -> Iterator[str]:
    return (f"E{number}" for number in count())


@pytest.fixture
def one_of(stack: Any, ids: Iterator[str]) -> Callable[..., RealTimeEndpoint]:
    """Makes an endpoint of one variant with other attributes."""
    return lambda **changes: real_time(stack, next(ids), variants=[variant(stack, **changes)])


def queued(stack: Any, id: str, **changes: Any) -> AsyncEndpoint:
    return AsyncEndpoint(stack, id, **({"variant": variant(stack), "output": at("out")} | changes))


class TestRangesOfVariants:
    @pytest.mark.parametrize(
        ("argument", "low", "high"),
        [
            ("volume_size_gib", 1, 512),
            ("model_data_download_timeout_seconds", 60, 3600),
            ("container_startup_health_check_timeout_seconds", 60, 3600),
            ("variant_instance_provision_timeout_seconds", 300, 3600),
        ],
    )
    def test_holds_both_ends(self, one_of: Any, argument: str, low: int, high: int) -> None:
        for value in (low, high, LATE):
            one_of(**{argument: value})
        for value, rule in ((low - 1, f"at least {low}"), (high + 1, f"at most {high}")):
            words = f"variants[0].{argument} must be {rule}, got {value} (CreateEndpointConfig: "
            assert refusal(lambda value=value: one_of(**{argument: value})).startswith(words)
        for wrong in ("60", 60.5, [60], True):
            words = f"variants[0].{argument} must be an integer, got {wrong!r}"
            assert refusal(lambda wrong=wrong: one_of(**{argument: wrong})).startswith(words)

    @pytest.mark.parametrize(
        ("argument", "low", "high"), [("prefix_length", 1024, 65536), ("concurrency_threshold", 1, 1024)]
    )
    def test_holds_both_ends_of_routing(self, one_of: Any, argument: str, low: int, high: int) -> None:
        def routed(value: Any) -> Any:
            numbers = {"prefix_length": 1024, "concurrency_threshold": 1} | {argument: value}
            return one_of(routing=PrefixAwareRouting(**numbers))

        for value in (low, high, LATE):
            routed(value)
        for value in (low - 1, high + 1, None, "1"):
            assert refusal(lambda value=value: routed(value)).startswith(f"variants[0].routing.{argument} must be ")

    def test_trap_22_begins_with_at_least_one_machine(self, one_of: Any) -> None:
        one_of(count=1)
        one_of(count=LATE)
        assert refusal(lambda: one_of(count=0)).startswith("variants[0].count must be at least 1, got 0")
        for wrong in (None, 1.5, "1", [1]):
            assert refusal(lambda wrong=wrong: one_of(count=wrong)).startswith("variants[0].count must be an integer")

    def test_trap_29_weights_begin_at_zero(self, one_of: Any) -> None:
        one_of(weight=0)
        one_of(weight=LATE)
        assert refusal(lambda: one_of(weight=-0.1)).startswith("variants[0].weight must be at least 0, got -0.1")
        for wrong in (None, "1", [1]):
            assert refusal(lambda wrong=wrong: one_of(weight=wrong)).startswith("variants[0].weight must be a number")

    @pytest.mark.parametrize("name", ["a", "A-1", "a" * 63])
    def test_takes_names(self, one_of: Any, name: str) -> None:
        one_of(name=name)

    @pytest.mark.parametrize("name", ["", "-a", "a_b", "a b", "a" * 64])
    def test_fails_on_other_names(self, one_of: Any, name: str) -> None:
        assert refusal(lambda: one_of(name=name)).startswith("variants[0].name must ")

    @pytest.mark.parametrize(
        ("argument", "wrong"),
        [("inference_ami_version", "al2-ami"), ("capacity_reservation_arn", "winter"), ("capacity_reservation_arn", 5)],
    )
    def test_fails_on_texts_of_another_shape(self, one_of: Any, argument: str, wrong: Any) -> None:
        assert refusal(lambda: one_of(**{argument: wrong})).startswith(f"variants[0].{argument} must ")

    @pytest.mark.parametrize("volume", [1, 512])
    def test_trap_13_fails_on_a_volume_where_disks_are_inside_the_machine(self, one_of: Any, volume: int) -> None:
        problem = refusal(lambda: one_of(volume_size_gib=volume, instance_type=GPU))
        assert problem == (
            "volume_size_gib of variant 'main' has no meaning on ml.g5.xlarge, whose disks are inside the machine, got "
            f"{volume}; leave it out (TRAPS 13)"
        )
        pools = InstancePools(InstancePool(CPU), InstancePool(GPU))
        assert "has no meaning on ml.g5.xlarge" in refusal(lambda: one_of(volume_size_gib=1, instance_type=pools))

    def test_takes_one_to_five_pools(self, one_of: Any) -> None:
        kinds = [
            InstanceType(f"ml.m5.{size}") for size in ("large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge")
        ]
        for number in (1, 5):
            one_of(instance_type=InstancePools(*map(InstancePool, kinds[:number])))
        for number in (0, 6):
            pools = InstancePools(*map(InstancePool, kinds[:number]))
            assert refusal(lambda pools=pools: one_of(instance_type=pools)).startswith(
                "variants[0].instance_type must "
            )


class TestEndpointNames:
    @pytest.mark.parametrize("name", ["a", "Prod-1", "a" * 63])
    def test_trap_28_takes_names_with_capitals(self, stack: Any, ids: Iterator[str], name: str) -> None:
        real_time(stack, next(ids), endpoint_name=name)

    @pytest.mark.parametrize("name", ["", "-a", "a_b", "a" * 64, 5, ["a"], 1.5])
    def test_fails_on_others(self, stack: Any, ids: Iterator[str], name: Any) -> None:
        assert refusal(lambda: real_time(stack, next(ids), endpoint_name=name)).startswith("endpoint_name must ")
        words = "inference_component_name must "
        endpoint = shared(stack, next(ids))
        build = lambda: endpoint.add_component("C", specification=specification(), inference_component_name=name)  # noqa: E731
        assert refusal(build).startswith(words)
        base = endpoint.add_component("Base", specification=specification())
        adapt = lambda: base.add_adapter("A", artifact=thing("a.tar.gz"), inference_component_name=name)  # noqa: E731
        assert refusal(adapt).startswith(words)


class TestVariantsTogether:
    def test_trap_29_fails_on_a_name_twice_also_in_the_shadow(self, stack: Any, ids: Iterator[str]) -> None:
        problem = refusal(lambda: real_time(stack, next(ids), shadow_variant=variant(stack)))
        assert problem == "names of the variants must be unique, got 'main' more than once"

    def test_trap_24_a_shadow_stands_beside_one_variant(self, stack: Any, ids: Iterator[str]) -> None:
        real_time(stack, next(ids), shadow_variant=variant(stack, "shadow"))
        two = [variant(stack, "a"), variant(stack, "b")]
        problem = refusal(lambda: real_time(stack, next(ids), variants=two, shadow_variant=variant(stack, "c")))
        assert problem == "shadow_variant needs exactly one variant beside it, got 2"

    def test_trap_24_fails_on_inf1_and_on_the_marketplace(self, stack: Any, ids: Iterator[str]) -> None:
        product = served(stack, name="product")
        product.from_marketplace = True
        shadow = variant(stack, "shadow", instance_type=INF1)
        build = lambda: real_time(stack, next(ids), variants=[variant(stack, model=product)], shadow_variant=shadow)  # noqa: E731
        assert refusal(build) == (
            "shadow_variant cannot be used with containers of the Marketplace, as in 'main'\n"
            "shadow_variant cannot be used with ml.inf1 machines, as in 'shadow'"
        )

    @pytest.mark.parametrize(
        ("kind", "serves"),
        [
            (MultiModelEndpoint, ModelKind.MULTI_MODEL),
            (MultiContainerEndpoint, ModelKind.DIRECT),
            (InferencePipelineEndpoint, ModelKind.PIPELINE),
            (RealTimeEndpoint, ModelKind.SINGLE),
        ],
    )
    def test_fails_on_a_model_of_another_kind_of_endpoint(
        self, stack: Any, ids: Iterator[str], kind: Any, serves: ModelKind
    ) -> None:
        for other in set(ModelKind) - {serves}:
            variants = [variant(stack, model=served(stack, other))]
            problem = refusal(lambda variants=variants: kind(stack, next(ids), variants=variants))
            start = (
                f"variant 'main' must serve a model for {kind.__name__}, and Stack/a-{other.value}-model is one for "
            )
            assert problem.startswith(start)
            assert problem.endswith("; take that endpoint, or another model")

    def test_trap_24_async_many_models_and_many_containers_have_no_shadow(self, stack: Any) -> None:
        import inspect

        for kind in (AsyncEndpoint, MultiModelEndpoint, MultiContainerEndpoint, ServerlessEndpoint):
            assert "shadow_variant" not in inspect.signature(kind.__init__).parameters

    @pytest.mark.parametrize("argument", ["network", "network_isolation", "capture", "key", "deployment", "variants"])
    def test_trap_25_serverless_has_none_of_it(self, argument: str) -> None:
        import inspect

        assert argument not in inspect.signature(ServerlessEndpoint.__init__).parameters

    def test_trap_26_pool_models_count_as_models(self, stack: Any, ids: Iterator[str]) -> None:
        pools = InstancePools(InstancePool(NEURON, model=served(stack, ModelKind.PIPELINE)))
        build = lambda: real_time(stack, next(ids), variants=[variant(stack, instance_type=pools)])  # noqa: E731
        assert "Stack/a-pipeline-model is one for InferencePipelineEndpoint" in refusal(build)


class TestServerless:
    def made_with(self, stack: Any, id: str, model: Any, **changes: Any) -> ServerlessEndpoint:
        arguments = {"memory_mb": 1024, "max_concurrency": 1} | changes
        return ServerlessEndpoint(stack, id, variant=ServerlessVariant("main", model, **arguments))

    def test_trap_25_holds_both_ends_of_concurrency(self, stack: Any, ids: Iterator[str]) -> None:
        model = served(stack)
        for value in (1, 200, LATE):
            self.made_with(stack, next(ids), model, max_concurrency=value, provisioned_concurrency=value)
        for build in (
            lambda: self.made_with(stack, next(ids), model, max_concurrency=201),
            lambda: self.made_with(stack, next(ids), model, max_concurrency=201, provisioned_concurrency=201),
        ):
            assert "variant.max_concurrency must be at most 200, got 201" in refusal(build)

    def test_trap_25_fails_on_isolation_networks_and_the_marketplace(self, stack: Any, ids: Iterator[str]) -> None:
        isolated = made(stack, next(ids), network_isolation=True)
        rule = "or a serverless endpoint cannot serve it"
        problem = refusal(lambda: self.made_with(stack, next(ids), isolated))
        assert (
            problem == f"variant.model must have network_isolation=False, {rule}, got {isolated.node.path} (TRAPS 25)"
        )
        product = served(stack, name="listed")
        product.from_marketplace, product.network = True, object()
        problem = refusal(lambda: self.made_with(stack, next(ids), product))
        assert problem.splitlines() == [
            f"variant.model must have no network, {rule}, got Stack/listed (TRAPS 25)",
            f"variant.model must not be a model package of the Marketplace, {rule}, got Stack/listed (TRAPS 25)",
        ]

    @pytest.mark.parametrize("kind", [ModelKind.MULTI_MODEL, ModelKind.PIPELINE, ModelKind.DIRECT])
    def test_trap_25_fails_on_other_kinds_of_models(self, stack: Any, ids: Iterator[str], kind: ModelKind) -> None:
        model = served(stack, kind)
        assert refusal(lambda: self.made_with(stack, next(ids), model)).startswith(
            "variant.model must be a Model of one"
        )

    def test_trap_25_fails_on_an_artifact_that_is_no_archive(self, stack: Any, ids: Iterator[str]) -> None:
        from constructs_lib import Container
        from tests.unit.endpoints.serving import IMAGE

        folder = made(
            stack, next(ids), container=Container(image=IMAGE, artifact=at("folder")), network_isolation=False
        )
        problem = refusal(lambda: self.made_with(stack, next(ids), folder))
        assert problem.startswith("variant.model must have its artifact as one gzipped tar, or a serverless")


class TestAsync:
    def test_holds_both_ends_of_concurrency(self, stack: Any, ids: Iterator[str]) -> None:
        argument = "max_concurrent_invocations_per_instance"
        for value in (1, 1000, LATE):
            queued(stack, next(ids), **{argument: value})
        for value in (0, 1001, "1", 1.5):
            problem = refusal(lambda value=value: queued(stack, next(ids), **{argument: value}))
            assert problem.startswith(f"{argument} must be ")

    def test_fails_on_another_key_for_failures(self, stack: Any, ids: Iterator[str]) -> None:
        problem = refusal(lambda: queued(stack, next(ids), failures=at("failures", "arn:aws:kms:us-east-1:1:key/2")))
        assert problem == (
            "failures must lie in a bucket with the key of output's, because the API has one key for both, got "
            "arn:aws:kms:us-east-1:1:key/2"
        )

    def test_fails_on_answers_without_a_topic(self, stack: Any, ids: Iterator[str]) -> None:
        problem = refusal(lambda: queued(stack, next(ids), include_response_in_topics=True))
        assert problem == "include_response_in_topics needs success_topic or error_topic, got neither"

    @pytest.mark.parametrize(
        ("argument", "wrong"),
        [
            ("variant", "main"),
            ("variant", None),
            ("output", "s3://bucket/out"),
            ("output", None),
            ("failures", "s3://bucket/failures"),
            ("inputs", ["s3://bucket/in"]),
            ("success_topic", "arn:aws:sns:us-east-1:123456789012:t"),
            ("error_topic", 5),
            ("include_response_in_topics", "yes"),
            ("capture", "s3://bucket/capture"),
        ],
    )
    def test_fails_on_wrong_kinds(self, stack: Any, ids: Iterator[str], argument: str, wrong: Any) -> None:
        problem = refusal(lambda: queued(stack, next(ids), **{argument: wrong}))
        assert problem.startswith(f"{argument} must be ")
        assert problem.endswith(f", got {wrong!r}")


class TestDeployment:
    @pytest.mark.parametrize("argument", ["wait_seconds", "termination_wait_seconds"])
    def test_trap_6_holds_both_ends_of_waits(self, stack: Any, ids: Iterator[str], argument: str) -> None:
        for value in (0, 3600, LATE):
            real_time(stack, next(ids), deployment=AllAtOnce(**{argument: value}))
        for value in (-1, 3601, None, "1", 1.5):
            policy = AllAtOnce(**{argument: value})
            problem = refusal(lambda policy=policy: real_time(stack, next(ids), deployment=policy))
            # A termination wait of None is left out, and refused by nobody.
            assert problem.startswith(f"deployment.{argument} must be ")

    def test_trap_6_holds_both_ends_of_the_timeout(self, stack: Any, ids: Iterator[str]) -> None:
        for value in (600, 28800, LATE):
            policy = AllAtOnce(wait_seconds=0, maximum_execution_timeout_seconds=value)
            real_time(stack, next(ids), deployment=policy)
        for value in (599, 28801, "600", 600.5):
            for policy in (
                AllAtOnce(wait_seconds=0, maximum_execution_timeout_seconds=value),  # type: ignore[arg-type] -- the slip under test
                Rolling(CapacitySize.percent(50), wait_seconds=0, maximum_execution_timeout_seconds=value),  # type: ignore[arg-type] -- the slip under test
            ):
                problem = refusal(lambda policy=policy: real_time(stack, next(ids), deployment=policy))
                assert problem.startswith("deployment.maximum_execution_timeout_seconds must be ")

    def test_trap_6_fails_on_batches_of_several_variants(self, stack: Any, ids: Iterator[str]) -> None:
        two = [variant(stack, "a"), variant(stack, "b")]
        policy = Rolling(CapacitySize.percent(50))
        problem = refusal(lambda: real_time(stack, next(ids), variants=two, deployment=policy))
        assert problem == (
            "deployment must not be Rolling with several variants, got 2; give AllAtOnce(…), Canary(…) or Linear(…) "
            "(TRAPS 6)"
        )

    def test_trap_6_measures_machines_by_the_smallest_variant(self, stack: Any, ids: Iterator[str]) -> None:
        variants = [variant(stack, "a", count=10), variant(stack, "b", count=2)]
        real_time(stack, next(ids), variants=variants, deployment=Canary(CapacitySize.instances(1)))
        build = lambda: real_time(stack, next(ids), variants=variants, deployment=Canary(CapacitySize.instances(2)))  # noqa: E731
        assert "of which there are 2 at first, got 2" in refusal(build)
        late = [variant(stack, "a", count=LATE)]
        real_time(stack, next(ids), variants=late, deployment=Canary(CapacitySize.instances(2)))

    @pytest.mark.parametrize("wrong", ["canary", 10, CapacitySize.percent(10)])
    def test_fails_on_what_is_no_policy(self, stack: Any, ids: Iterator[str], wrong: Any) -> None:
        problem = refusal(lambda: real_time(stack, next(ids), deployment=wrong))
        assert problem == f"deployment must be AllAtOnce(…), Canary(…), Linear(…) or Rolling(…), got {wrong!r}"

    @pytest.mark.parametrize("wrong", [VariantProperty.DESIRED_WEIGHT, "DesiredWeight", 5])
    def test_trap_3_fails_on_what_is_no_list_of_properties(self, stack: Any, ids: Iterator[str], wrong: Any) -> None:
        problem = refusal(lambda: real_time(stack, next(ids), retained=wrong))
        assert problem == f"retained must be a list of VariantProperty, or None, got {wrong!r}"

    def test_trap_3_fails_on_an_unknown_property(self, stack: Any, ids: Iterator[str]) -> None:
        problem = refusal(lambda: real_time(stack, next(ids), retained=["Weight"]))
        assert problem.startswith("retained must be one of <VariantProperty.DESIRED_INSTANCE_COUNT")

    @pytest.mark.parametrize(("minutes", "wait", "warned"), [(1, 179, 1), (1, 180, 0), (10, 719, 1), (10, 720, 0)])
    def test_warns_of_a_bake_that_ends_before_the_alarms_speak(
        self, stack: Any, ids: Iterator[str], minutes: int, wait: int, warned: int
    ) -> None:
        from constructs_lib import AutoRollback

        policy = AllAtOnce(wait_seconds=wait, rollback=AutoRollback(minutes=minutes))
        found = warnings_of(real_time(stack, next(ids), deployment=policy))
        assert len(found) == warned
        quiet = AllAtOnce(wait_seconds=wait, rollback=AutoRollback.never())
        assert warnings_of(real_time(stack, next(ids), deployment=quiet)) == []

    def test_warns_where_guardrails_do_not_apply(self, stack: Any, ids: Iterator[str]) -> None:
        old = [variant(stack, instance_type=INF1)]
        assert any(
            "guardrails-do-not-apply/main" in text
            for text in warnings_of(real_time(stack, next(ids), variants=old, deployment=AllAtOnce()))
        )
        assert not any("guardrails" in text for text in warnings_of(real_time(stack, next(ids), variants=old)))


class TestWrongKinds:
    @pytest.mark.parametrize(
        ("argument", "wrong"),
        [
            ("variants", None),
            ("variants", "main"),
            ("variants", 5),
            ("variants", ["main"]),
            ("variants", [None]),
            ("shadow_variant", "shadow"),
            ("key", "arn:aws:kms:us-east-1:1:key/1"),
            ("capture", "s3://bucket/capture"),
            ("metrics", 10),
            ("explainer_config", "clarify"),
        ],
    )
    def test_fails_with_the_argument(self, stack: Any, ids: Iterator[str], argument: str, wrong: Any) -> None:
        problem = refusal(lambda: real_time(stack, next(ids), **{argument: wrong}))
        assert problem.startswith(f"{argument} must be ")

    @pytest.mark.parametrize(
        ("argument", "wrong"),
        [
            ("variant", "main"),
            ("variant", None),
            ("network", "vpc-1"),
            ("network_isolation", "yes"),
            ("role", "arn:aws:iam::1:role/r"),
            ("key", "key"),
            ("metrics", 10),
            ("retained", "DesiredWeight"),
        ],
    )
    def test_fails_with_the_argument_of_an_endpoint_for_components(
        self, stack: Any, ids: Iterator[str], argument: str, wrong: Any
    ) -> None:
        assert refusal(lambda: shared(stack, next(ids), **{argument: wrong})).startswith(f"{argument} must be ")

    @pytest.mark.parametrize("wrong", ["main", None, 5])
    def test_fails_on_what_is_no_serverless_variant(self, stack: Any, ids: Iterator[str], wrong: Any) -> None:
        problem = refusal(lambda: ServerlessEndpoint(stack, next(ids), variant=wrong))
        assert problem == f"variant must be ServerlessVariant(…), got {wrong!r}"

    def test_trap_30_holds_both_ends_of_sampling(self, stack: Any, ids: Iterator[str]) -> None:
        for value in (0, 100, LATE):
            real_time(stack, next(ids), capture=DataCapture(location=at("c"), percent=value))
        for value in (-1, 101, None, "1", 0.5):
            capture = DataCapture(location=at("c"), percent=value)  # type: ignore[arg-type] -- the slip under test
            problem = refusal(lambda capture=capture: real_time(stack, next(ids), capture=capture))
            assert problem.startswith("capture.percent must be ")


class TestComponents:
    @pytest.fixture(scope="class")
    def endpoint(self, stack: Any, ids: Iterator[str]) -> Any:
        return shared(stack, next(ids))

    @pytest.mark.parametrize(
        ("values", "argument"),
        [
            ({"scale_in_maximum_step_size": 0}, "scale_in_maximum_step_size"),
            ({"scale_in_maximum_step_size": 101}, "scale_in_maximum_step_size"),
            ({"scale_in_cooldown_minutes": 4}, "scale_in_cooldown_minutes"),
            ({"scale_in_cooldown_minutes": 1441}, "scale_in_cooldown_minutes"),
        ],
    )
    def test_trap_23_fails_on_scaling_out_of_range(
        self, stack: Any, ids: Iterator[str], values: dict[str, int], argument: str
    ) -> None:
        scaling = ManagedInstanceScaling(
            min_instance_count=0, max_instance_count=1, scale_in=ScaleInStrategy.CONSOLIDATION, **values
        )
        machines = ComponentVariant("main", GPU, managed_instance_scaling=scaling)
        problem = refusal(lambda: shared(stack, next(ids), variant=machines))
        assert problem.startswith(f"variant.managed_instance_scaling.{argument} must be ")

    @pytest.mark.parametrize("copies", [0, 1, 1000, LATE])
    def test_trap_22_takes_no_copies_and_many(self, endpoint: Any, ids: Iterator[str], copies: int) -> None:
        endpoint.add_component(next(ids), specification=specification(), copies=copies)

    @pytest.mark.parametrize("copies", [-1, None, 1.5, "1", [1]])
    def test_fails_on_other_copies(self, endpoint: Any, ids: Iterator[str], copies: Any) -> None:
        problem = refusal(lambda: endpoint.add_component(next(ids), specification=specification(), copies=copies))
        assert problem == f"copies must be a whole number of at least 0, got {copies!r}"

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"model_data_download_timeout_seconds": 59}, "model_data_download_timeout_seconds must be at least 60"),
            ({"model_data_download_timeout_seconds": 3601}, "model_data_download_timeout_seconds must be at most 3600"),
            (
                {"container_startup_health_check_timeout_seconds": 59},
                "container_startup_health_check_timeout_seconds must",
            ),
            ({"data_cache": "yes"}, "data_cache must be a boolean, got 'yes'"),
        ],
    )
    def test_fails_on_a_specification_that_the_api_refuses(
        self, endpoint: Any, ids: Iterator[str], values: dict[str, Any], words: str
    ) -> None:
        wrong = specification(**values)
        problem = refusal(lambda: endpoint.add_component(next(ids), specification=wrong))
        assert problem.startswith(f"specification.{words}")
        problem = refusal(lambda: endpoint.add_component(next(ids), specification={GPU: wrong}))
        assert problem.startswith(f"specification[0].{words}")

    def test_takes_one_to_five_types(self, endpoint: Any, ids: Iterator[str]) -> None:
        kinds = [
            InstanceType(f"ml.m5.{size}") for size in ("large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge")
        ]
        for number in (1, 5):
            endpoint.add_component(next(ids), specification=dict.fromkeys(kinds[:number], specification()))
        for number in (0, 6):
            several = dict.fromkeys(kinds[:number], specification())
            build = lambda several=several: endpoint.add_component(next(ids), specification=several)  # noqa: E731
            assert refusal(build).startswith("specification must ")

    @pytest.mark.parametrize(
        ("argument", "wrong"),
        [
            ("specification", "model"),
            ("specification", None),
            ("specification", {"ml.g5.xlarge": specification()}),
            ("specification", {GPU: "model"}),
            ("deployment", AllAtOnce()),
            ("deployment", "rolling"),
        ],
    )
    def test_fails_on_wrong_kinds(self, endpoint: Any, ids: Iterator[str], argument: str, wrong: Any) -> None:
        arguments = {"specification": specification()} | {argument: wrong}
        assert f"{argument} must be " in refusal(lambda: endpoint.add_component(next(ids), **arguments))

    @pytest.mark.parametrize("wrong", ["an-endpoint", None, 5])
    def test_fails_on_what_is_no_endpoint_and_no_base(self, stack: Any, ids: Iterator[str], wrong: Any) -> None:
        build = lambda: InferenceComponent(stack, next(ids), endpoint=wrong, specification=specification())  # noqa: E731
        assert refusal(build) == f"endpoint must be an InferenceComponentEndpoint, got {wrong!r}"
        adapt = lambda: Adapter(stack, next(ids), base=wrong, artifact=thing("a.tar.gz"))  # noqa: E731
        assert refusal(adapt) == f"base must be an InferenceComponent, got {wrong!r}"

    def test_fails_on_an_adapter_that_is_no_object(self, endpoint: Any, ids: Iterator[str]) -> None:
        base = endpoint.add_component(next(ids), specification=specification())
        with pytest.raises(ConfigurationError, match="artifact must be one object, such as store.artifact"):
            base.add_adapter("A", artifact="s3://bucket/a.tar.gz")

    def test_trap_6_measures_batches_by_the_copies(self, endpoint: Any, ids: Iterator[str]) -> None:
        def rolled(size: CapacitySize, copies: int) -> Any:
            return endpoint.add_component(
                next(ids), specification=specification(), copies=copies, deployment=Rolling(size)
            )

        rolled(CapacitySize.copies(1), 2)
        rolled(CapacitySize.copies(5), 0)
        assert "of which there are 2 at first, got 2" in refusal(lambda: rolled(CapacitySize.copies(2), 2))
        assert "CapacitySize.copies(…), got" in refusal(lambda: rolled(CapacitySize.instances(1), 2))
        assert "must be between 5 and 50 percent" in refusal(lambda: rolled(CapacitySize.percent(4), 2))
