"""What roles may do: policies of endpoints and grants, each statement in full."""

from typing import Any

import pytest

from constructs_lib import (
    AsyncEndpoint,
    ComponentVariant,
    Container,
    ContainerImage,
    DataCapture,
    DataKey,
    InferenceComponentEndpoint,
    InstancePool,
    InstancePools,
    ModelKind,
    MultiContainerEndpoint,
    MultiContainerModel,
    MultiModelEndpoint,
    ServerlessEndpoint,
    ServerlessVariant,
)
from tests.templates import of_type, only, template_of
from tests.unit.endpoints.serving import (
    CPU,
    GPU,
    IMAGE,
    KEY_ARN,
    NEURON,
    at,
    made,
    pooled,
    properties,
    readable,
    real_time,
    refusal,
    resource,
    role_in,
    served,
    specification,
    thing,
    topic_in,
    variant,
    warnings_of,
)

USE_KEY = {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": KEY_ARN}


def writing(prefix: str) -> dict[str, Any]:
    actions = ["s3:AbortMultipartUpload", "s3:PutObject"]
    return {"Effect": "Allow", "Action": actions, "Resource": f"arn:aws:s3:::bucket/{prefix}/*"}


def written(template: Any, endpoint: Any, id: str = "main") -> list[dict[str, Any]]:
    """The statements of the policy under *id*, and the configuration waits for it (TRAPS 9)."""
    from aws_cdk import Stack

    policy = endpoint.node.find_child("Output").node.find_child(id)
    waits_for = resource(template, endpoint, "Config")["DependsOn"]
    assert Stack.of(policy).get_logical_id(policy) in waits_for
    found: list[dict[str, Any]] = properties(template, endpoint, f"Output/{id}")["PolicyDocument"]["Statement"]
    return found


class TestKeysOfVolumes:
    def test_trap_14_the_policy_of_the_key_leaves_the_grant_of_the_caller_that_deploys_to_iam(self, stack: Any) -> None:
        key = DataKey(stack, "Key")
        endpoint = real_time(stack, key=key)
        template = template_of(stack)
        assert readable(properties(template, endpoint, "Config")["KmsKeyId"]) == "<Key.Arn>"
        policy = readable(properties(template, key)["KeyPolicy"]["Statement"])
        assert [each["Effect"] for each in policy] == ["Allow"] * len(policy)
        account = "arn:<AWS::Partition>:iam::<AWS::AccountId>:root"
        assert {"Effect": "Allow", "Action": "kms:*", "Principal": {"AWS": account}, "Resource": "*"} in policy


class TestWhatEndpointsWrite:
    def test_trap_30_a_capture_and_its_key(self, stack: Any) -> None:
        variants = [variant(stack, model=made(stack))]
        endpoint = real_time(stack, variants=variants, capture=DataCapture(location=at("capture", KEY_ARN)))
        assert written(template_of(stack), endpoint) == [writing("capture"), USE_KEY]

    def test_trap_30_a_capture_of_an_async_endpoint(self, stack: Any) -> None:
        endpoint = AsyncEndpoint(
            stack,
            "Async",
            variant=variant(stack, model=made(stack)),
            output=at("out"),
            capture=DataCapture(location=at("capture")),
        )
        both = {**writing("out"), "Resource": [f"arn:aws:s3:::bucket/{place}/*" for place in ("out", "capture")]}
        assert written(template_of(stack), endpoint) == [both]

    def test_core_dumps_of_one_variant_by_its_role_only(self, stack: Any) -> None:
        dumping = variant(stack, "a", model=made(stack), core_dumps=at("dumps", KEY_ARN))
        quiet = variant(stack, "b", model=made(stack, "Other"))
        endpoint = real_time(stack, variants=[dumping, quiet])
        template = template_of(stack)
        assert written(template, endpoint, "a") == [writing("dumps"), USE_KEY]
        assert endpoint.node.find_child("Output").node.try_find_child("b") is None

    def test_models_of_pools_write_too(self, stack: Any) -> None:
        pools = InstancePools(InstancePool(CPU), InstancePool(NEURON, model=made(stack, "Compiled")))
        endpoint = real_time(
            stack,
            variants=[variant(stack, model=made(stack), instance_type=pools)],
            capture=DataCapture(location=at("capture")),
        )
        template = template_of(stack)
        assert written(template, endpoint) == written(template, endpoint, "main.1") == [writing("capture")]
        roles = [readable(properties(template, endpoint, f"Output/{id}")["Roles"]) for id in ("main", "main.1")]
        assert roles == [["<ModelRole>"], ["<CompiledRole>"]]

    def test_a_variant_may_be_named_at_deployment(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        name = CfnParameter(stack, "Name").value_as_string
        variants = [variant(stack, name, model=made(stack))]
        endpoint = real_time(stack, variants=variants, capture=DataCapture(location=at("capture")))
        assert written(template_of(stack), endpoint, "Variant0-") == [writing("capture")]

    def test_a_variant_named_at_deployment_takes_nobodys_place(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        name = CfnParameter(stack, "Name").value_as_string
        variants = [
            variant(stack, name, model=made(stack, "First")),
            variant(stack, "Variant0", model=made(stack, "Second")),
        ]
        endpoint = real_time(stack, variants=variants, capture=DataCapture(location=at("capture")))
        for id in ("Variant0-", "Variant0"):
            assert written(template_of(stack), endpoint, id) == [writing("capture")]

    def test_trap_14_async_reads_writes_and_publishes_with_every_key(self, stack: Any) -> None:
        from aws_cdk import aws_kms as kms
        from aws_cdk import aws_sns as sns

        topic = sns.Topic(stack, "Topic", master_key=kms.Key.from_key_arn(stack, "TopicKey", f"{KEY_ARN}2"))
        endpoint = AsyncEndpoint(
            stack,
            "Async",
            variant=variant(stack, model=made(stack)),
            output=at("out", KEY_ARN),
            failures=at("failures", KEY_ARN),
            inputs=at("in"),
            success_topic=topic,
            error_topic=topic_in(stack, "failures"),
        )
        assert readable(written(template_of(stack), endpoint)) == [
            {**writing("out"), "Resource": [f"arn:aws:s3:::bucket/{place}/*" for place in ("out", "failures")]},
            {**USE_KEY, "Resource": [KEY_ARN, f"{KEY_ARN}2"]},
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/in/*"},
            {
                "Effect": "Allow",
                "Action": "s3:ListBucket",
                "Resource": "arn:aws:s3:::bucket",
                "Condition": {"StringLike": {"s3:prefix": ["in/", "in/*"]}},
            },
            {
                "Effect": "Allow",
                "Action": "sns:Publish",
                "Resource": ["<Topic>", "arn:aws:sns:us-east-1:123456789012:failures"],
            },
        ]

    def test_trap_15_without_inputs_nothing_is_read(self, stack: Any) -> None:
        endpoint = AsyncEndpoint(stack, "Async", variant=variant(stack, model=made(stack)), output=at("out"))
        assert written(template_of(stack), endpoint) == [writing("out")]

    def test_warns_of_a_role_that_is_not_known(self, stack: Any) -> None:
        endpoint = real_time(stack, capture=DataCapture(location=at("capture")))
        (text,) = warnings_of(endpoint)
        assert "role-not-known/main" in text
        assert endpoint.node.try_find_child("Output") is None

    def test_trap_23_components_add_to_one_policy_that_they_wait_for(self, stack: Any) -> None:
        endpoint = InferenceComponentEndpoint(stack, "Shared", variant=ComponentVariant("main", GPU))
        parts = [
            endpoint.add_component(
                f"Part{number}",
                specification=specification(model=Container(image=IMAGE, artifact=thing(f"m{number}.tar.gz"))),
            )
            for number in (1, 2)
        ]
        adapter = parts[0].add_adapter("Lora", artifact=thing("lora.tar.gz"))
        template = template_of(stack)
        (policy,) = of_type(template, "AWS::IAM::ManagedPolicy")
        statements = only(template, "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"]
        assert [statement for statement in statements if statement["Action"] == "s3:GetObject"] == [
            {
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": [f"arn:aws:s3:::bucket/{name}.tar.gz" for name in ("m1", "m2", "lora")],
            }
        ]
        assert resource(template, endpoint, "Config")["DependsOn"] == [policy]
        for part in parts:
            assert resource(template, part)["DependsOn"] == [policy]
        base = stack.get_logical_id(parts[0].node.default_child)
        assert resource(template, adapter)["DependsOn"] == sorted([base, policy])

    def test_trap_23_components_may_stand_in_the_network(self, stack: Any) -> None:
        from constructs_lib import Network

        endpoint = InferenceComponentEndpoint(
            stack, "Shared", variant=ComponentVariant("main", GPU), network=Network(stack, "Network")
        )
        allowed = properties(template_of(stack), endpoint, "Policy")["PolicyDocument"]["Statement"]
        assert "ec2:CreateNetworkInterface" in [statement["Action"] for statement in allowed]

    def test_trap_23_the_configuration_waits_for_its_network(self, stack: Any) -> None:
        from constructs_lib import Network

        network = Network(stack, "Network")
        endpoint = InferenceComponentEndpoint(stack, "Shared", variant=ComponentVariant("main", GPU), network=network)
        template = template_of(stack)
        ways_out = of_type(template, "AWS::EC2::VPCEndpoint")
        gateways = {id for id, each in ways_out.items() if each["VpcEndpointType"] == "Gateway"}
        assert gateways
        assert gateways < set(resource(template, endpoint, "Config")["DependsOn"])

    def test_two_types_may_run_images_that_are_built_here(self, stack: Any, tmp_path: Any) -> None:
        built = {}
        for kind in (CPU, GPU):
            folder = tmp_path / kind.name
            folder.mkdir()
            (folder / "Dockerfile").write_text(f"FROM scratch\nLABEL name={kind.name}\n")
            built[kind] = specification(model=Container(image=ContainerImage.from_asset(str(folder))))
        endpoint = InferenceComponentEndpoint(stack, "Shared", variant=pooled(CPU, GPU))
        part = endpoint.add_component("Part", specification=built)
        images = [each["Container"]["Image"] for each in properties(template_of(stack), part)["Specifications"]]
        assert images[0] != images[1]

    def test_a_component_of_a_model_needs_what_the_model_needs(self, stack: Any) -> None:
        endpoint = InferenceComponentEndpoint(stack, "Shared", variant=ComponentVariant("main", GPU))
        endpoint.add_component("Part", specification=specification(model=made(stack)))
        policy = properties(template_of(stack), endpoint, "Policy")["PolicyDocument"]["Statement"]
        read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/models/m.tar.gz"}
        assert read in policy


ONE_CONTAINER = {"StringEquals": {"sagemaker:TargetContainerHostname": "tensorflow"}}
INVOKE, STREAM = "sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream"


@pytest.fixture(scope="module")
def granted() -> dict[str, Any]:
    """The one statement of each caller, by the name of the caller."""
    from aws_cdk import App, Stack
    from aws_cdk import aws_iam as iam

    stack = Stack(App(), "Stack")

    def caller(name: str) -> Any:
        return iam.Role(stack, name, assumed_by=iam.AccountRootPrincipal())

    online = real_time(stack, "Online")
    queued = AsyncEndpoint(stack, "Queued", variant=variant(stack), output=at("out"))
    variants = [variant(stack, model=served(stack, ModelKind.MULTI_MODEL))]
    many = MultiModelEndpoint(stack, "Many", variants=variants)
    variants = [variant(stack, model=served(stack, ModelKind.DIRECT))]
    containers = MultiContainerEndpoint(stack, "Containers", variants=variants)
    shared = InferenceComponentEndpoint(stack, "Shared", variant=ComponentVariant("main", GPU))
    part = shared.add_component("Part", specification=specification(), inference_component_name="Part-1")
    model = served(stack, name="small")
    serverless = ServerlessEndpoint(
        stack, "Serverless", variant=ServerlessVariant("main", model, memory_mb=1024, max_concurrency=1)
    )
    online.grant_invoke(caller("invoke"))
    online.grant_invoke_with_response_stream(caller("stream"))
    online.grant_shift_traffic(caller("shift"))
    online.grant_describe(caller("describe"))
    queued.grant_invoke_async(caller("async"))
    many.grant_invoke_model(caller("models"), "a.tar.gz", "team/*")
    containers.container("tensorflow").grant_invoke(caller("container"))
    part.grant_invoke(caller("part"))
    part.grant_invoke_with_response_stream(caller("partstream"))
    part.add_adapter("Lora", artifact=thing("a.tar.gz")).grant_invoke(caller("adapter"))
    serverless.grant_invoke(caller("serverless"))
    policies = of_type(template_of(stack), "AWS::IAM::ManagedPolicy")
    found = {}
    for logical_id, policy in policies.items():
        if "SageMakerGrants" not in logical_id:
            continue
        (role,) = readable(policy["Roles"])
        (found[role.strip("<>")],) = readable(policy["PolicyDocument"]["Statement"])
    return found


class TestGrants:
    @pytest.mark.parametrize(
        ("caller", "action", "arns", "condition"),
        [
            ("invoke", INVOKE, "<Online>", None),
            ("stream", STREAM, "<Online>", None),
            ("shift", "sagemaker:UpdateEndpointWeightsAndCapacities", "<Online>", None),
            ("describe", "sagemaker:DescribeEndpoint", "<Online>", None),
            ("async", "sagemaker:InvokeEndpointAsync", "<Queued>", None),
            ("models", INVOKE, "<Many>", {"StringLike": {"sagemaker:TargetModel": ["a.tar.gz", "team/*"]}}),
            (
                "container",
                INVOKE,
                "<Containers>",
                {"StringEquals": {"sagemaker:TargetContainerHostname": "tensorflow"}},
            ),
            ("part", INVOKE, ["<Shared>", "<SharedPart.InferenceComponentArn>"], None),
            ("partstream", STREAM, ["<Shared>", "<SharedPart.InferenceComponentArn>"], None),
            ("adapter", INVOKE, ["<Shared>", "<SharedPartLora.InferenceComponentArn>"], None),
            ("serverless", INVOKE, "<Serverless>", None),
        ],
    )
    def test_trap_17_allows_one_action_on_what_it_names(
        self, granted: Any, caller: str, action: str, arns: Any, condition: Any
    ) -> None:
        expected = {"Effect": "Allow", "Action": action, "Resource": arns}
        assert granted[caller] == (expected if condition is None else {**expected, "Condition": condition})

    @pytest.mark.parametrize("wrong", ["caller", None, 5])
    def test_fails_on_what_is_no_caller(self, stack: Any, wrong: Any) -> None:
        shared = InferenceComponentEndpoint(stack, "Shared", variant=ComponentVariant("main", GPU))
        part = shared.add_component("Part", specification=specification())
        for grant in (shared.grant_describe, part.grant_invoke):
            problem = refusal(lambda grant=grant: grant(wrong))
            assert problem == f"grantee must be a role, user or function to give rights to, got {wrong!r}"

    def test_fails_on_models_that_are_none(self, stack: Any) -> None:
        variants = [variant(stack, model=served(stack, ModelKind.MULTI_MODEL))]
        many = MultiModelEndpoint(stack, "Many", variants=variants)
        none = "target_models must name at least one model, got none; grant_invoke allows all"
        assert refusal(lambda: many.grant_invoke_model(role_in(stack))) == none
        for wrong in ("/a.tar.gz", "s3://bucket/a.tar.gz", "team/", "team", "", 5, None):
            problem = refusal(lambda wrong=wrong: many.grant_invoke_model(role_in(stack), wrong))
            shape = (
                "an archive below the prefix of the models, or several by a wildcard, such as 'a.tar.gz' or 'team/*'"
            )
            assert problem == f"target_models must be {shape}, got {wrong!r}"

    def test_trap_26_fails_on_a_container_that_is_not_there(self, stack: Any) -> None:
        model = MultiContainerModel(
            stack, "Model", containers={"a": Container(image=IMAGE), "b": Container(image=IMAGE)}
        )
        endpoint = MultiContainerEndpoint(stack, "Endpoint", variants=[variant(stack, model=model)])
        assert endpoint.container("a").hostname == "a"
        assert refusal(lambda: endpoint.container("c")) == "hostname must be one of 'a', 'b', got 'c'"

    def test_trap_26_takes_any_container_beside_a_model_made_elsewhere(self, stack: Any) -> None:
        known = MultiContainerModel(
            stack, "Model", containers={"a": Container(image=IMAGE), "b": Container(image=IMAGE)}
        )
        variants = [variant(stack, "here", model=known), variant(stack, "there", model=served(stack, ModelKind.DIRECT))]
        endpoint = MultiContainerEndpoint(stack, "Endpoint", variants=variants)
        assert endpoint.container("c").hostname == "c"
        for wrong in (None, "", [], "a b", 5):
            problem = refusal(lambda wrong=wrong: endpoint.container(wrong))
            assert problem == f"hostname must be letters, digits and dashes, such as 'tensorflow', got {wrong!r}"
