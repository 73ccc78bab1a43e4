"""What endpoints refuse of their variants, in the words of the arguments; nothing here is synthesized."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from constructs_lib import (
    AsyncEndpoint,
    InferencePipelineEndpoint,
    InstancePool,
    InstancePools,
    InstanceType,
    ModelKind,
    MultiContainerEndpoint,
    MultiModelEndpoint,
    PrefixAwareRouting,
    RealTimeEndpoint,
    ServerlessEndpoint,
)
from tests.unit.endpoints.serving import (
    CPU,
    GPU,
    LATE,
    NEURON,
    at,
    real_time,
    refusal,
    served,
    shared,
    specification,
    thing,
    variant,
)

INF1 = InstanceType("ml.inf1.xlarge")
SIX = [InstanceType(f"ml.m5.{size}") for size in ("large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge")]


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
            words = f"{argument} must be a whole number, got {wrong!r}"
            assert refusal(lambda wrong=wrong: one_of(**{argument: wrong})) == words

    @pytest.mark.parametrize(
        ("argument", "low", "high"), [("prefix_length", 1024, 65536), ("concurrency_threshold", 1, 1024)]
    )
    def test_holds_both_ends_of_routing(self, one_of: Any, argument: str, low: int, high: int) -> None:
        def routed(value: Any) -> Any:
            numbers = {"prefix_length": 1024, "concurrency_threshold": 1} | {argument: value}
            return one_of(routing=PrefixAwareRouting(**numbers))

        for value in (low, high, LATE):
            routed(value)
        for value in (low - 1, high + 1):
            assert refusal(lambda value=value: routed(value)).startswith(f"variants[0].routing.{argument} must be ")

    def test_trap_22_begins_with_at_least_one_machine(self, one_of: Any) -> None:
        one_of(count=1)
        one_of(count=LATE)
        assert refusal(lambda: one_of(count=0)).startswith("variants[0].count must be at least 1, got 0")
        for wrong in (None, 1.5, "1", [1]):
            assert refusal(lambda wrong=wrong: one_of(count=wrong)).startswith("count must be a whole number")

    def test_trap_29_weights_begin_at_zero(self, one_of: Any) -> None:
        one_of(weight=0)
        one_of(weight=LATE)
        assert refusal(lambda: one_of(weight=-0.1)).startswith("variants[0].weight must be at least 0, got -0.1")
        for wrong in (None, "1", [1]):
            assert refusal(lambda wrong=wrong: one_of(weight=wrong)).startswith("weight must be a number")

    @pytest.mark.parametrize("name", ["a", "A-1", "a" * 63])
    def test_takes_names(self, one_of: Any, name: str) -> None:
        one_of(name=name)

    @pytest.mark.parametrize("name", ["", "-a", "a_b", "a b", "a" * 64])
    def test_fails_on_other_names(self, one_of: Any, name: str) -> None:
        assert refusal(lambda: one_of(name=name)).startswith("variants[0].name must ")

    @pytest.mark.parametrize(
        ("argument", "wrong"),
        [("inference_ami_version", "al2-ami"), ("capacity_reservation_arn", "winter")],
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
        for number in (1, 5):
            one_of(instance_type=InstancePools(*map(InstancePool, SIX[:number])))
        for number in (0, 6):
            pools = InstancePools(*map(InstancePool, SIX[:number]))
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

        def build() -> object:
            return endpoint.add_component("C", specification=specification(), inference_component_name=name)

        assert refusal(build).startswith(words)
        base = endpoint.add_component("Base", specification=specification())

        def adapt() -> object:
            return base.add_adapter("A", artifact=thing("a.tar.gz"), inference_component_name=name)

        assert refusal(adapt).startswith(words)


class TestVariantsTogether:
    def test_trap_29_fails_on_a_name_twice_also_in_the_shadow(self, stack: Any, ids: Iterator[str]) -> None:
        problem = refusal(lambda: real_time(stack, next(ids), shadow_variant=variant(stack)))
        assert problem == "names of the variants must be unique, got 'main' more than once"

    def test_trap_24_a_pipeline_has_no_shadow(self, stack: Any, ids: Iterator[str]) -> None:
        one, other = (variant(stack, name, model=served(stack, ModelKind.PIPELINE)) for name in ("main", "shadow"))

        def build() -> object:
            return InferencePipelineEndpoint(stack, next(ids), variants=[one], shadow_variant=other)

        assert refusal(build) == (
            "shadow_variant cannot be used with models of several containers; leave it out (TRAPS 24)"
        )

    def test_trap_24_a_shadow_stands_beside_one_variant(self, stack: Any, ids: Iterator[str]) -> None:
        real_time(stack, next(ids), shadow_variant=variant(stack, "shadow"))
        two = [variant(stack, "a"), variant(stack, "b")]
        problem = refusal(lambda: real_time(stack, next(ids), variants=two, shadow_variant=variant(stack, "c")))
        assert problem == "shadow_variant needs exactly one variant beside it, got 2"

    def test_trap_24_fails_on_inf1_and_on_the_marketplace(self, stack: Any, ids: Iterator[str]) -> None:
        product = served(stack, name="product")
        product.from_marketplace = True
        shadow = variant(stack, "shadow", instance_type=INF1)

        def build() -> object:
            return real_time(stack, next(ids), variants=[variant(stack, model=product)], shadow_variant=shadow)

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

    def test_fails_on_a_shadow_with_a_model_of_another_kind_of_endpoint(self, stack: Any, ids: Iterator[str]) -> None:
        shadow = variant(stack, "shadow", model=served(stack, ModelKind.PIPELINE))
        assert refusal(lambda: real_time(stack, next(ids), shadow_variant=shadow)).startswith(
            "shadow_variant 'shadow' must serve a model for RealTimeEndpoint, and Stack/a-pipeline-model is one for "
            "InferencePipelineEndpoint"
        )

    @pytest.mark.parametrize("kind", sorted(set(ModelKind) - {ModelKind.SINGLE}))
    def test_fails_on_an_async_endpoint_with_a_model_of_another_kind(
        self, stack: Any, ids: Iterator[str], kind: ModelKind
    ) -> None:
        served_by_others = variant(stack, model=served(stack, kind))
        assert refusal(lambda: AsyncEndpoint(stack, next(ids), variant=served_by_others, output=at("out"))).startswith(
            "variant 'main' must serve a model for RealTimeEndpoint, and "
        )

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

        def build() -> object:
            return real_time(stack, next(ids), variants=[variant(stack, instance_type=pools)])

        assert "Stack/a-pipeline-model is one for InferencePipelineEndpoint" in refusal(build)
