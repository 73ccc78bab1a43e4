"""Endpoints where the CDK wants one: its integration of API Gateway reads their name and calls `grant_invoke`."""

from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib import (
    AsyncEndpoint,
    ConfigurationError,
    EndpointBase,
    InferencePipelineEndpoint,
    ModelKind,
    MultiContainerEndpoint,
    MultiModelEndpoint,
    ServerlessEndpoint,
    ServerlessVariant,
)
from tests.templates import of_type, only, template_of
from tests.unit.endpoints.serving import at, readable, real_time, role_in, served, shared, specification, thing, variant

NAME = "<Endpoint.EndpointName>"
ARN = "<Endpoint>"


def of_kind(endpoint: Any, kind: ModelKind) -> Callable[[Any], Any]:
    return lambda stack: endpoint(stack, "Endpoint", variants=[variant(stack, model=served(stack, kind))])


def serverless(stack: Any) -> ServerlessEndpoint:
    small = ServerlessVariant("main", served(stack), memory_mb=1024, max_concurrency=1)
    return ServerlessEndpoint(stack, "Endpoint", variant=small)


def imported(stack: Any) -> EndpointBase:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/shop"
    return EndpointBase.from_endpoint_arn(stack, "Endpoint", arn)


def asynchronous(stack: Any) -> AsyncEndpoint:
    return AsyncEndpoint(stack, "Endpoint", variant=variant(stack), output=at("out"))


def integrate(stack: Any, endpoint: Any) -> None:
    from aws_cdk import aws_apigateway as apigateway

    api = apigateway.RestApi(stack, "Api", deploy=False, cloud_watch_role=False)
    api.root.add_method("POST", apigateway.SagemakerIntegration(endpoint))


def rights(template: Any) -> list[tuple[Any, Any]]:
    policies = [
        *of_type(template, "AWS::IAM::Policy").values(),
        *of_type(template, "AWS::IAM::ManagedPolicy").values(),
    ]
    found = [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]
    return [
        (each["Action"], readable(each["Resource"])) for each in found if each["Action"] == "sagemaker:InvokeEndpoint"
    ]


class TestBehindApiGateway:
    @pytest.mark.parametrize(
        ("build", "name", "arn"),
        [
            pytest.param(lambda stack: real_time(stack), NAME, ARN, id="real-time"),
            pytest.param(serverless, NAME, ARN, id="serverless"),
            pytest.param(of_kind(MultiModelEndpoint, ModelKind.MULTI_MODEL), NAME, ARN, id="multi-model"),
            pytest.param(of_kind(MultiContainerEndpoint, ModelKind.DIRECT), NAME, ARN, id="multi-container"),
            pytest.param(of_kind(InferencePipelineEndpoint, ModelKind.PIPELINE), NAME, ARN, id="pipeline"),
            pytest.param(lambda stack: shared(stack), NAME, ARN, id="components"),
            pytest.param(imported, "shop", "arn:aws:sagemaker:us-east-1:123456789012:endpoint/shop", id="imported"),
        ],
    )
    def test_a_method_calls_the_endpoint_and_may(
        self, stack: Any, build: Callable[[Any], Any], name: str, arn: str
    ) -> None:
        integrate(stack, build(stack))
        template = template_of(stack)
        uri = readable(only(template, "AWS::ApiGateway::Method")["Integration"]["Uri"])
        assert uri.endswith(f":runtime.sagemaker:path/endpoints/{name}/invocations")
        assert rights(template) == [("sagemaker:InvokeEndpoint", arn)]

    def test_fails_on_an_asynchronous_one(self, stack: Any) -> None:
        # What a method of ours raises inside the CDK comes back as a RuntimeError with the same words.
        with pytest.raises(RuntimeError, match=r"asked with InvokeEndpointAsync; call grant_invoke_async\(…\)"):
            integrate(stack, asynchronous(stack))


class TestGrantInvoke:
    def test_trap_17_fails_on_an_asynchronous_endpoint(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            asynchronous(stack).grant_invoke(role_in(stack))
        assert raised.value.problems == (
            "grant_invoke is not for an AsyncEndpoint, which is asked with InvokeEndpointAsync; call "
            "grant_invoke_async(…)",
        )

    def test_on_a_shared_endpoint_covers_components_before_and_after(self, stack: Any) -> None:
        host = shared(stack)
        first = host.add_component("First", specification=specification())
        host.grant_invoke(role_in(stack))
        host.add_component("Second", specification=specification())
        first.add_adapter("French", artifact=thing("french.tar.gz"))
        resources = {resource for _, found in rights(template_of(stack)) for resource in _list(found)}
        assert resources == {
            ARN,
            "<EndpointFirst.InferenceComponentArn>",
            "<EndpointSecond.InferenceComponentArn>",
            "<EndpointFirstFrench.InferenceComponentArn>",
        }


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]
