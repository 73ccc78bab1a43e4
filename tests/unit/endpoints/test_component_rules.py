"""Components against the endpoint that they run on: machines, networks, names and ids."""

from typing import Any

import pytest

from constructs_lib import (
    ComponentVariant,
    ComputeRequirements,
    Container,
    ContainerImage,
    InstanceType,
    Model,
    Network,
)
from tests.templates import only, template_of
from tests.unit.endpoints.serving import (
    CPU,
    GPU,
    IMAGE,
    NEURON,
    made,
    pooled,
    refusal,
    served,
    shared,
    specification,
    thing,
    warnings_of,
)

NEW = InstanceType("ml.q9.large")
FROM_HUB = Container(image=IMAGE, environment={"HF_MODEL_ID": "org/chat"})


def accelerated(**changes: Any) -> Any:
    return specification(compute=ComputeRequirements(min_memory_mb=1024, accelerators=1), **changes)


def isolation(stack: Any) -> Any:
    return only(template_of(stack), "AWS::SageMaker::EndpointConfig")["EnableNetworkIsolation"]


class TestMachines:
    def test_fails_on_a_type_that_the_endpoint_does_not_have(self, stack: Any) -> None:
        host = shared(stack, variant=pooled(GPU, NEURON))
        problem = refusal(lambda: host.add_component("Part", specification={CPU: specification()}))
        assert problem == (
            "specification must be for types of the endpoint's variant, ml.g5.xlarge, ml.inf2.xlarge, got one for "
            "ml.m5.xlarge"
        )

    def test_takes_some_of_the_types_and_one_that_is_known_at_deployment(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        late = InstanceType(CfnParameter(stack, "Type").value_as_string)
        shared(stack, variant=pooled(GPU, NEURON)).add_component("Part", specification={GPU: accelerated()})
        host = shared(stack, "Late", variant=ComponentVariant("main", late))
        host.add_component("Part", specification={late: accelerated()})

    @pytest.mark.parametrize("machines", [(CPU,), (CPU, InstanceType("ml.c6i.large"))])
    def test_fails_on_accelerators_where_there_are_none(self, stack: Any, machines: tuple[InstanceType, ...]) -> None:
        host = shared(stack, variant=pooled(*machines))
        names = ", ".join(machine.name for machine in machines)
        problem = refusal(lambda: host.add_component("Part", specification=accelerated()))
        assert problem == f"specification.compute.accelerators must be None on {names}, which has none, got 1"
        problem = refusal(lambda: host.add_component("One", specification={CPU: accelerated()}))
        argument = "specification['ml.m5.xlarge'].compute.accelerators"
        assert problem == f"{argument} must be None on ml.m5.xlarge, which has none, got 1"

    @pytest.mark.parametrize("machines", [(GPU,), (NEURON,), (CPU, GPU), (NEW,)])
    def test_takes_accelerators_where_there_may_be_some(self, stack: Any, machines: tuple[InstanceType, ...]) -> None:
        shared(stack, variant=pooled(*machines)).add_component("Part", specification=accelerated())


class TestContainers:
    def test_fails_on_a_private_registry_which_a_component_cannot_name(self, stack: Any) -> None:
        image = ContainerImage.from_private_registry("registry.example.com/serving:1")
        wanted = specification(model=Container(image=image))
        problem = refusal(lambda: shared(stack).add_component("Part", specification=wanted))
        assert problem == (
            "specification.model.image lies in a private registry, and a component's own container says no way to it; "
            "make it a Model with a network"
        )

    def test_fails_on_a_hostname(self) -> None:
        problem = refusal(lambda: specification(model=Container(image=IMAGE, hostname="first")))
        assert problem == "model.hostname has no meaning in a component, which is alone, got 'first'"


class TestNetworks:
    def test_trap_19_isolates_where_nothing_needs_the_network(self, stack: Any) -> None:
        host = shared(stack)
        host.add_component("Container", specification=specification())
        host.add_component("Model", specification=specification(model=made(stack)))
        host.add_component("Elsewhere", specification=specification(model=served(stack)))
        assert isolation(stack) is True

    @pytest.mark.parametrize("open_model", [False, True])
    def test_trap_19_leaves_the_network_to_what_needs_it(self, stack: Any, open_model: bool) -> None:
        host = shared(stack)
        part = host.add_component(
            "Part",
            specification=specification(model=made(stack, network_isolation=False) if open_model else FROM_HUB),
        )
        host.add_component("Other", specification=specification())
        assert isolation(stack) is False
        assert warnings_of(part) == []

    @pytest.mark.parametrize("decided", [True, False])
    def test_trap_19_does_what_was_decided_and_warns(self, stack: Any, decided: bool) -> None:
        part = shared(stack, network_isolation=decided).add_component(
            "Part", specification={GPU: specification(model=FROM_HUB)}
        )
        assert isolation(stack) is decided
        found = warnings_of(part)
        assert len(found) == decided
        assert all("sagemaker-constructs:hub-model-under-isolation" in text for text in found)
        assert all("'org/chat' is fetched from a hub, which the endpoint's network isolation" in text for text in found)

    @pytest.mark.parametrize(("nat_gateways", "isolated", "warned"), [(0, None, 1), (1, None, 0), (0, True, 1)])
    def test_warns_once_of_a_hub_that_the_network_does_not_lead_to(
        self, stack: Any, nat_gateways: int, isolated: bool | None, warned: int
    ) -> None:
        network = Network(stack, "Network", nat_gateways=nat_gateways)
        host = shared(stack, network=network, network_isolation=isolated)
        part = host.add_component("Part", specification=specification(model=FROM_HUB))
        other = host.add_component("Other", specification=specification(model=made(stack)))
        stack.node.root.synth()
        assert len(warnings_of(part)) == warned
        what = "hub-model-under-isolation" if isolated else "no-way-out/hub-model"
        assert all(f"sagemaker-constructs:{what}" in text for text in warnings_of(part))
        assert warnings_of(other) == []

    def test_a_model_of_the_same_network_says_it_itself(self, stack: Any) -> None:
        network = Network(stack, "Network")
        model = Model(stack, "Open", container=FROM_HUB, network=network)
        part = shared(stack, network=network).add_component("Part", specification=specification(model=model))
        stack.node.root.synth()
        assert [len(warnings_of(each)) for each in (model, part)] == [1, 0]

    def test_warns_of_a_model_whose_network_the_endpoint_does_not_have(self, stack: Any) -> None:
        network = Network(stack, "Network")
        model = made(stack, network=network)
        outside = shared(stack).add_component("Part", specification=specification(model=model))
        inside = shared(stack, "Inside", network=network).add_component(
            "Part", specification=specification(model=model)
        )
        (text,) = warnings_of(outside)
        assert "sagemaker-constructs:model-outside-its-network" in text
        assert warnings_of(inside) == []


class TestNamesAndIds:
    def test_fails_on_one_name_twice(self, stack: Any) -> None:
        host = shared(stack)
        base = host.add_component("One", specification=specification(), inference_component_name="chat")
        words = "inference_component_name must be unique in an account and region, got 'chat' twice in Stack"
        other = shared(stack, "Other")
        build = lambda: other.add_component("Two", specification=specification(), inference_component_name="chat")  # noqa: E731 -- called by the helper
        assert refusal(build) == words
        adapt = lambda: base.add_adapter("A", artifact=thing("a.tar.gz"), inference_component_name="chat")  # noqa: E731 -- called by the helper
        assert refusal(adapt) == words

    def test_takes_one_name_in_two_stacks(self) -> None:
        from aws_cdk import App, Stack

        for region in ("eu-west-1", "us-east-1"):
            stack = Stack(App(), region)
            shared(stack).add_component("One", specification=specification(), inference_component_name="chat")

    @pytest.mark.parametrize("id", ["Config", "Output", "Policy", "Resource", "Role", "Rollback", "Scaling", "There"])
    def test_fails_on_an_id_that_the_endpoint_needs(self, stack: Any, id: str) -> None:
        host = shared(stack)
        host.add_component("There", specification=specification())
        problem = refusal(lambda: host.add_component(id, specification=specification()))
        rule = "Stack/Endpoint has a child of that id, or needs it for one of its own"
        assert problem == f"id must be another than {id!r}: {rule}"

    @pytest.mark.parametrize("id", ["Containers", "Resource", "Rollback", "Scaling"])
    def test_fails_on_an_id_that_the_component_needs(self, stack: Any, id: str) -> None:
        base = shared(stack).add_component("Part", specification=specification())
        problem = refusal(lambda: base.add_adapter(id, artifact=thing("a.tar.gz")))
        assert problem.startswith(f"id must be another than {id!r}: Stack/Endpoint/Part has a child of that id")
