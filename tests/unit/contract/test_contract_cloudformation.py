"""The data about CloudFormation's types, and the shapes that it makes with the API's."""

from constructs_lib.contract._cloudformation import resource_shape, resource_types
from tools.update_cloudformation_schema import DATA, build, text


def test_the_data_is_what_cfn_lint_holds() -> None:
    assert DATA.read_text() == text(build()), "run python tools/update_cloudformation_schema.py"


def test_each_type_has_a_shape_that_can_be_walked() -> None:
    for name in resource_types():
        shape = resource_shape(name)
        assert shape is not None
        waiting, seen = [shape], 0
        while waiting:
            inner = waiting.pop()
            seen += 1
            assert seen < 20_000, f"{name} has no end"
            if inner.type_name == "structure":
                assert set(inner.required_members) <= set(inner.members), name
                waiting += inner.members.values()
            elif inner.type_name == "list":
                waiting.append(inner.member)


def test_takes_a_limit_of_the_api_before_one_of_the_registry() -> None:
    shape = resource_shape("AWS::SageMaker::EndpointConfig")
    assert shape is not None

    assert shape.members["ProductionVariants"].metadata == {"min": 1, "max": 10}


def test_asks_for_what_only_the_api_asks_for_but_not_for_names() -> None:
    shape = resource_shape("AWS::SageMaker::HumanTaskUi")
    assert shape is not None
    assert "UiTemplate" in shape.required_members

    endpoint = resource_shape("AWS::SageMaker::Endpoint")
    assert endpoint is not None
    assert endpoint.required_members == ["EndpointConfigName"]


def test_knows_types_that_the_api_does_not() -> None:
    shape = resource_shape("AWS::SageMaker::Device")

    assert shape is not None
    assert shape.required_members == ["DeviceFleetName"]
