"""Where a construct stands, and what asking for it costs."""

from typing import Any
from unittest.mock import patch

from constructs_lib import Container, ContainerImage, InstanceType, Model, ProductionVariant, RealTimeEndpoint
from constructs_lib._internal.place import path_of, place_of, stands_in


class TestPlace:
    def test_is_that_of_the_stack(self) -> None:
        from aws_cdk import App, Environment, Stack
        from constructs import Construct

        app = App()
        here = Stack(app, "Here", env=Environment(account="111122223333", region="eu-west-1"))
        there = Stack(here, "There", env=Environment(account="111122223333", region="us-east-1"))
        inner = Construct(Construct(there, "Outer"), "Inner")

        assert place_of(inner).region == "us-east-1"
        assert place_of(inner) is place_of(there)
        assert place_of(here) is not place_of(there)
        assert here.resolve(place_of(here).arn("sagemaker", "model/m")) == {
            "Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":sagemaker:eu-west-1:111122223333:model/m"]]
        }

    def test_of_a_stack_for_anywhere_is_two_tokens(self, stack: Any) -> None:
        place = place_of(stack)

        assert stack.resolve([place.region, place.account]) == [{"Ref": "AWS::Region"}, {"Ref": "AWS::AccountId"}]

    def test_path_is_that_of_the_tree(self, stack: Any) -> None:
        from constructs import Construct

        for id in ("Plain", "With/Slash", "With Space"):
            outer = Construct(stack, id)
            inner = Construct(outer, "Inner")
            stands_in(inner, outer, "Inner")
            again = Construct(stack, f"{id}2")
            stands_in(again, stack, f"{id}2")

            assert path_of(inner) == inner.node.path
            assert path_of(again) == again.node.path
            assert place_of(inner) is place_of(stack)


class TestCost:
    def test_an_endpoint_takes_few_calls_into_the_kernel(self, stack: Any) -> None:
        """A call takes some 0.3 ms, and the resources alone take thirteen (benchmarks/README.md)."""
        from jsii._kernel.providers.process import _NodeProcess

        send = _NodeProcess.send
        calls: list[str] = []

        def counted(self: Any, request: Any, response_type: Any) -> Any:
            calls.append(type(request).__name__)
            return send(self, request, response_type)

        _endpoint(stack, "First")
        with patch.object(_NodeProcess, "send", counted):
            _endpoint(stack, "Second")

        assert len(calls) <= 21


def _endpoint(stack: Any, name: str) -> None:
    image = ContainerImage.from_uri("123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1")
    model = Model(stack, f"{name}Model", container=Container(image=image))
    variant = ProductionVariant("main", model=model, instance_type=InstanceType("ml.m5.xlarge"))
    endpoint = RealTimeEndpoint(stack, name, variants=[variant])
    endpoint.auto_scale("main", min_capacity=1, max_capacity=4).scale_on_invocations(per_minute=600)
