"""The metrics that endpoints and inference components offer."""

from collections.abc import Iterator
from typing import Any

import pytest

from constructs_lib import ConfigurationError
from constructs_lib.contract.published_metrics import COMPONENTS, EndpointKind, metrics_of, published

ARGUMENTS = {"EndpointName": "chat", "VariantName": "blue", "ContainerName": "first", "InferenceComponentName": "copy"}


def mixins() -> dict[EndpointKind, list[type]]:
    """The classes of a kind: together they offer what it publishes."""
    from constructs_lib.endpoints import component_metrics, endpoint_metrics

    return {
        EndpointKind.REAL_TIME: [endpoint_metrics.RealTimeMetrics],
        EndpointKind.MULTI_MODEL: [endpoint_metrics.MultiModelMetrics],
        EndpointKind.DIRECT: [endpoint_metrics.ContainerMetrics],
        EndpointKind.PIPELINE: [endpoint_metrics.PipelineMetrics],
        EndpointKind.SERVERLESS: [endpoint_metrics.ServerlessMetrics],
        EndpointKind.ASYNCHRONOUS: [endpoint_metrics.AsyncMetrics],
        EndpointKind.INFERENCE_COMPONENT: [
            component_metrics.ComponentHostMetrics,
            component_metrics.InferenceComponentMetrics,
        ],
    }


def make(stack: Any, mixin: type, *, name: Any = "chat", variants: Any = (), id: str = "Endpoint") -> Any:
    """A construct with a mixin, as the endpoints inherit it."""
    from aws_cdk import Resource

    made = type("Endpoint", (Resource, mixin), {"endpoint_name": name})(stack, id)
    made.inference_component_name = "copy"
    made._variant_names = variants
    return made


@pytest.fixture
def endpoint(stack: Any) -> Any:
    from constructs_lib.endpoints.endpoint_metrics import RealTimeMetrics

    return make(stack, RealTimeMetrics)


def methods(construct: Any) -> Iterator[tuple[str, Any]]:
    """Each named method with its metric."""
    import inspect

    for name in dir(type(construct)):
        if name.startswith("metric_"):
            method = getattr(construct, name)
            given = {"variant": "blue", "container": "first"}
            parameters = inspect.signature(method).parameters
            yield name, method(**{key: value for key, value in given.items() if key in parameters})


class TestNamedMetrics:
    @pytest.mark.parametrize("kind", EndpointKind)
    def test_are_all_and_only_those_that_the_kind_publishes(self, stack: Any, kind: EndpointKind) -> None:
        offered = {
            (metric.namespace, metric.metric_name, frozenset(metric.dimensions))
            for number, mixin in enumerate(mixins()[kind])
            for _, metric in methods(make(stack, mixin, id=f"Endpoint{number}"))
        }

        assert offered == {
            (metric.namespace, metric.name, frozenset(series.dimensions))
            for metric in metrics_of(kind)
            for series in metric.series
            if kind in series.kinds and not series.finer
        }

    @pytest.mark.parametrize("kind", EndpointKind)
    def test_bear_the_official_name_statistic_and_values(self, stack: Any, kind: EndpointKind) -> None:
        for number, mixin in enumerate(mixins()[kind]):
            for name, metric in methods(make(stack, mixin, id=f"Endpoint{number}")):
                known = published(metric.namespace, metric.metric_name)
                assert known is not None
                words = name.removeprefix("metric_").replace("_", "")
                assert words in (known.name.lower(), f"container{known.name.lower()}")
                assert metric.statistic == known.statistic
                assert dict(metric.dimensions) == {key: ARGUMENTS[key] for key in metric.dimensions}

    @pytest.mark.parametrize("kind", EndpointKind)
    def test_say_their_unit(self, kind: EndpointKind) -> None:
        words = {"Microseconds": "microseconds", "Milliseconds": "milliseconds", "Seconds": "seconds"}
        words |= {"Percent": "percent", "Count": "count"}
        by_name = {metric.name.lower(): metric for metric in metrics_of(kind)}
        for mixin in mixins()[kind]:
            for name in (name for name in dir(mixin) if name.startswith("metric_")):
                plain = name.removeprefix("metric_").replace("_", "")
                metric = by_name.get(plain) or by_name[plain.removeprefix("container")]
                documentation = getattr(mixin, name).__doc__
                assert words.get(metric.unit, "") in documentation, name

    def test_trap_21_asynchronous_endpoints_have_no_invocations(self, stack: Any) -> None:
        from constructs_lib.endpoints.endpoint_metrics import AsyncMetrics

        assert not hasattr(AsyncMetrics, "metric_invocations")
        assert not hasattr(AsyncMetrics, "metric_invocations_per_instance")
        metric = make(stack, AsyncMetrics).metric_approximate_backlog_size_per_instance()
        assert dict(metric.dimensions) == {"EndpointName": "chat"}

    def test_take_statistic_period_label_and_color(self, endpoint: Any) -> None:
        from aws_cdk import Duration

        metric = endpoint.metric_model_latency(
            "blue", statistic="p99", period=Duration.minutes(1), label="slow", color="#1f77b4"
        )

        assert (metric.statistic, metric.label, metric.color) == ("p99", "slow", "#1f77b4")
        assert metric.period.to_seconds() == 60

    def test_make_an_alarm_that_sees_data(self, stack: Any, endpoint: Any) -> None:
        from tests.templates import only, template_of

        endpoint.metric_invocation_5xx_errors("blue").create_alarm(stack, "Alarm", threshold=1, evaluation_periods=1)

        alarm = only(template_of(stack), "AWS::CloudWatch::Alarm")
        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SageMaker", "Invocation5XXErrors")
        assert alarm["Statistic"] == "Sum"
        assert alarm["Dimensions"] == [
            {"Name": "EndpointName", "Value": "chat"},
            {"Name": "VariantName", "Value": "blue"},
        ]
        # A unit in an alarm hides the data of every other unit.
        assert "Unit" not in alarm

    def test_of_another_region_are_read_there(self, stack: Any) -> None:
        from aws_cdk import App, Environment, Stack

        from constructs_lib.endpoints.endpoint_metrics import RealTimeMetrics

        there = Stack(App(), "There", env=Environment(account="111122223333", region="eu-west-1"))
        metric = make(there, RealTimeMetrics).metric_invocations("blue")

        assert metric.to_metric_config().metric_stat.region_override is None
        assert metric.to_metric_config().metric_stat.region == "eu-west-1"

    def test_two_endpoints_in_one_stack(self, stack: Any) -> None:
        from constructs_lib.endpoints.endpoint_metrics import RealTimeMetrics

        names = [
            make(stack, RealTimeMetrics, name=name, id=name).metric_invocations("blue").dimensions["EndpointName"]
            for name in ("one", "two")
        ]

        assert names == ["one", "two"]

    def test_take_tokens(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        from constructs_lib.endpoints.endpoint_metrics import RealTimeMetrics

        token = CfnParameter(stack, "Name").value_as_string
        metric = make(stack, RealTimeMetrics, name=token, variants=["blue"]).metric_invocations(token)

        assert dict(metric.dimensions) == {"EndpointName": token, "VariantName": token}

    def test_fails_for_a_variant_that_is_not_there(self, stack: Any) -> None:
        from constructs_lib.endpoints.endpoint_metrics import RealTimeMetrics

        endpoint = make(stack, RealTimeMetrics, variants=["blue", "green"])

        endpoint.metric_invocations("green")
        with pytest.raises(ConfigurationError, match="variant must be one of 'blue', 'green', got 'red'") as caught:
            endpoint.metric_invocations("red")
        assert caught.value.subject == "metric of Stack/Endpoint"
        with pytest.raises(ConfigurationError, match="variant must be one of"):
            endpoint.metric("Invocations", variant="red")

    @pytest.mark.parametrize("variant", [None, "", 3, {"name": "blue"}])
    def test_fails_without_the_name_of_a_variant(self, endpoint: Any, variant: Any) -> None:
        with pytest.raises(ConfigurationError, match="variant must be the name of a variant, such as 'blue', got "):
            endpoint.metric_invocations(variant)

    def test_fails_for_options_of_the_wrong_kind_all_at_once(self, endpoint: Any) -> None:
        with pytest.raises(ConfigurationError) as caught:
            endpoint.metric_invocations("blue", statistic=99, period=60, label=1, color=2)

        assert caught.value.problems == (
            "period must be a duration such as Duration.minutes(1), got 60",
            "statistic must be a text, got 99",
            "label must be a text, got 1",
            "color must be a text, got 2",
        )

    def test_fails_for_an_option_that_would_change_the_metric(self, endpoint: Any) -> None:
        with pytest.raises(TypeError, match="dimensions_map"):
            endpoint.metric_invocations("blue", dimensions_map={})


class TestAnyMetric:
    """What an imported endpoint has, whose kind is not known."""

    @pytest.fixture
    def imported(self, stack: Any) -> Any:
        from constructs_lib.endpoints.endpoint_metrics import EndpointMetrics

        return make(stack, EndpointMetrics)

    def test_has_no_named_metrics(self, imported: Any) -> None:
        assert not [name for name in dir(type(imported)) if name.startswith("metric_")]

    @pytest.mark.parametrize(
        ("name", "arguments", "namespace", "dimensions"),
        [
            ("ApproximateBacklogSize", {}, "AWS/SageMaker", ["EndpointName"]),
            ("ModelLatency", {"variant": "blue"}, "AWS/SageMaker", ["EndpointName", "VariantName"]),
            ("GPUUtilization", {"variant": "blue"}, "/aws/sagemaker/Endpoints", ["EndpointName", "VariantName"]),
            (
                "CPUUtilization",
                {"variant": "blue", "container": "first"},
                "/aws/sagemaker/Endpoints",
                ["ContainerName", "EndpointName", "VariantName"],
            ),
            (
                "CPUUtilizationNormalized",
                {"variant": "blue"},
                "/aws/sagemaker/Endpoints",
                ["EndpointName", "VariantName"],
            ),
        ],
    )
    def test_finds_the_namespace(
        self, imported: Any, name: str, arguments: dict[str, str], namespace: str, dimensions: list[str]
    ) -> None:
        metric = imported.metric(name, **arguments)

        assert metric.namespace == namespace
        assert sorted(metric.dimensions) == dimensions

    def test_takes_a_metric_of_ones_own_namespace(self, imported: Any) -> None:
        metric = imported.metric("Drift", namespace="Shop/Models", statistic="Maximum")

        assert (metric.namespace, metric.metric_name, metric.statistic) == ("Shop/Models", "Drift", "Maximum")

    @pytest.mark.parametrize(
        ("name", "arguments", "words"),
        [
            (
                "DiskUtilization",
                {},
                "DiskUtilization of /aws/sagemaker/Endpoints comes with EndpointName and VariantName, "
                "got EndpointName; give variant",
            ),
            ("ContainerLatency", {"variant": "blue"}, "got EndpointName and VariantName; give container"),
            ("ContainerLatency", {}, "got EndpointName; give variant and container"),
            (
                "HasBacklogWithoutCapacity",
                {"variant": "blue"},
                "HasBacklogWithoutCapacity of AWS/SageMaker comes with EndpointName, "
                "got EndpointName and VariantName; leave variant out",
            ),
            (
                "ModelLatency",
                {"variant": "blue", "container": "first"},
                "got ContainerName, EndpointName and VariantName; leave container out",
            ),
            (
                "Invocations",
                {"namespace": "aws/sagemaker/Endpoints"},
                "aws/sagemaker/Endpoints has no metrics; SageMaker writes /aws/sagemaker/Endpoints",
            ),
            (
                "ModelLatancy",
                {"variant": "blue"},
                "AWS/SageMaker has no metric 'ModelLatancy'; the nearest is ModelLat",
            ),
            ("CPUUtilisation", {}, "AWS/SageMaker has no metric 'CPUUtilisation'; the nearest is CPUUtilization"),
            (None, {}, "name must be a name such as 'ModelLatency', got None"),
            ("Invocations", {"namespace": 3}, "namespace must be a text, got 3"),
            (
                "ContainerLatency",
                {"variant": "blue", "container": 1},
                "container must be the name of a container, such as 'first', got 1",
            ),
        ],
    )
    def test_fails_where_nothing_would_be_seen(
        self, imported: Any, name: Any, arguments: dict[str, Any], words: str
    ) -> None:
        with pytest.raises(ConfigurationError) as caught:
            imported.metric(name, **arguments)

        assert words in str(caught.value)
        assert len(caught.value.problems) == 1


class TestInferenceComponent:
    @pytest.fixture
    def component(self, stack: Any) -> Any:
        from constructs_lib.endpoints.component_metrics import InferenceComponentMetrics

        return make(stack, InferenceComponentMetrics)

    def test_is_known_without_its_endpoint(self, component: Any) -> None:
        assert dict(component.metric("ModelLatency").dimensions) == {"InferenceComponentName": "copy"}

    def test_finds_its_own_namespace(self, component: Any) -> None:
        assert component.metric("CPUUtilizationNormalized").namespace == COMPONENTS

    def test_fails_for_a_metric_of_variants(self, component: Any) -> None:
        with pytest.raises(ConfigurationError, match="comes with EndpointName and VariantName, got InferenceComponent"):
            component.metric("InvocationsPerInstance")
