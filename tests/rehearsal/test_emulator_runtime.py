"""Each kind of endpoint on the embedded AWS, invoked in the way of its kind, and the words of what it refuses."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.rehearsal.test_emulator_support import (
    ARTIFACT,
    BUCKET,
    IMAGE,
    PULL,
    STORE,
    World,
    allow,
    hosting,
    refusal,
    variant,
    wait_for,
    world,
)

MODELS = f"s3://{BUCKET}/many/"
STEPS = [{"Image": IMAGE, "ContainerHostname": name, "ModelDataUrl": ARTIFACT} for name in ("first", "second")]


def capture(percent: int, **changes: Any) -> dict[str, Any]:
    request = {
        "EnableCapture": True,
        "InitialSamplingPercentage": percent,
        "DestinationS3Uri": f"s3://{BUCKET}/capture/{percent}",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    }
    return request | changes


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        account.model("base")
        account.put("many/a.tar.gz")
        many = {"Image": IMAGE, "Mode": "MultiModel", "ModelDataUrl": MODELS}
        account.model("many", PrimaryContainer=many)
        account.model("pipeline", PrimaryContainer=None, Containers=STEPS)
        mode = {"Mode": "Direct"}
        account.model("direct", PrimaryContainer=None, Containers=STEPS, InferenceExecutionConfig=mode)
        account.endpoint("one", variant("blue", "base"))
        account.endpoint("many", variant("blue", "many"))
        account.endpoint("pipeline", variant("blue", "pipeline"))
        account.endpoint("direct", variant("blue", "direct"))
        account.endpoint("shared", hosting(), ExecutionRoleArn=account.role)
        account.component("part", "shared")
        account.endpoint("shadowed", variant("blue", "base"), ShadowProductionVariants=[variant("dark", "base")])
        yield account


def ask(here: World, endpoint: str, **request: Any) -> Any:
    answer = here.aws.client("sagemaker-runtime").invoke_endpoint(EndpointName=endpoint, Body=b"12345", **request)
    return json.loads(answer["Body"].read())


def refused(here: World, endpoint: str, **request: Any) -> str:
    return refusal(
        here.aws.client("sagemaker-runtime").invoke_endpoint, EndpointName=endpoint, Body=b"12345", **request
    )


class TestMultiModel:
    def test_answers_from_the_model_that_is_named(self, here: World) -> None:
        assert ask(here, "many", TargetModel="a.tar.gz")["model"] == "a.tar.gz"

    def test_fails_without_a_name(self, here: World) -> None:
        assert "is missing a target model header" in refused(here, "many")

    def test_fails_for_a_model_that_is_not_below_the_prefix(self, here: World) -> None:
        words = refused(here, "many", TargetModel="b.tar.gz")

        assert f"Failed to download model data(bucket: {BUCKET}, key: many/b.tar.gz)" in words

    def test_fails_for_a_role_that_may_not_read_that_model(self, here: World) -> None:
        read = allow(["s3:GetObject"], f"arn:aws:s3:::{BUCKET}/many/a.tar.gz")
        role = here.make_role("reads-one", [*PULL, read, STORE[1]])
        container = {"Image": IMAGE, "Mode": "MultiModel", "ModelDataUrl": MODELS}
        here.model("reads-one", ExecutionRoleArn=role, PrimaryContainer=container)
        here.endpoint("reads-one", variant("blue", "reads-one"))
        here.put("many/z.tar.gz")

        assert ask(here, "reads-one", TargetModel="a.tar.gz")["model"] == "a.tar.gz"
        assert f'role {role} is not allowed "s3:GetObject"' in refused(here, "reads-one", TargetModel="z.tar.gz")

    def test_fails_to_name_one_elsewhere(self, here: World) -> None:
        words = "Endpoint one is not a multi-model endpoint and does not support target model header."

        assert words in refused(here, "one", TargetModel="a.tar.gz")


class TestMultiContainer:
    def test_a_pipeline_answers_as_one(self, here: World) -> None:
        assert ask(here, "pipeline")["containers"] == ["first", "second"]

    def test_each_container_answers_by_its_name(self, here: World) -> None:
        assert [ask(here, "direct", TargetContainerHostname=name)["container"] for name in ("first", "second")] == [
            "first",
            "second",
        ]

    def test_fails_without_a_name(self, here: World) -> None:
        assert "Endpoint direct is configured for direct invocation; name one" in refused(here, "direct")

    def test_fails_for_a_name_that_is_not_there(self, here: World) -> None:
        words = refused(here, "direct", TargetContainerHostname="third")

        assert "Target container hostname third not found for endpoint direct" in words

    @pytest.mark.parametrize("endpoint", ["one", "pipeline"])
    def test_fails_to_name_one_elsewhere(self, here: World, endpoint: str) -> None:
        words = refused(here, endpoint, TargetContainerHostname="first")

        assert f"Endpoint {endpoint} is not configured for direct invocation" in words


class TestComponents:
    def test_answer_by_their_name(self, here: World) -> None:
        assert ask(here, "shared", InferenceComponentName="part")["component"] == "part"

    def test_trap_23_fails_without_a_name(self, here: World) -> None:
        assert "Inference Component Name header is required" in refused(here, "shared")

    @pytest.mark.parametrize(
        ("endpoint", "name", "words"),
        [
            ("shared", "other", "Inference Component other not found for endpoint shared"),
            ("one", "part", "does not host inference components"),
        ],
    )
    def test_fails_elsewhere(self, here: World, endpoint: str, name: str, words: str) -> None:
        assert words in refused(here, endpoint, InferenceComponentName=name)

    def test_fails_with_a_variant_beside_it(self, here: World) -> None:
        words = refused(here, "shared", InferenceComponentName="part", TargetVariant="blue")

        assert "TargetVariant cannot be given for inference component part" in words


class TestVariants:
    def test_fails_for_one_that_is_not_there(self, here: World) -> None:
        assert "Variant red not found for endpoint one" in refused(here, "one", TargetVariant="red")

    def test_trap_24_a_shadow_is_shown_and_never_answers(self, here: World) -> None:
        shown = here.sagemaker.describe_endpoint(EndpointName="shadowed")

        assert [each["VariantName"] for each in shown["ShadowProductionVariants"]] == ["dark"]
        assert shown["ShadowProductionVariants"][0]["CurrentInstanceCount"] == 1
        assert {ask(here, "shadowed")["variant"] for _ in range(5)} == {"blue"}
        assert "Variant dark not found" in refused(here, "shadowed", TargetVariant="dark")

    def test_serverless_answers_at_once(self, here: World) -> None:
        capacity = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
        here.endpoint("light", {"VariantName": "blue", "ModelName": "base", "ServerlessConfig": capacity})

        assert ask(here, "light")["variant"] == "blue"
        shown = here.sagemaker.describe_endpoint(EndpointName="light")["ProductionVariants"][0]
        assert shown["CurrentServerlessConfig"] == capacity


class TestStream:
    def test_comes_in_parts(self, here: World) -> None:
        runtime = here.aws.client("sagemaker-runtime")
        answer = runtime.invoke_endpoint_with_response_stream(EndpointName="one", Body=b"12345")
        parts = [event["PayloadPart"]["Bytes"] for event in answer["Body"]]

        assert len(parts) > 1
        assert json.loads(b"".join(parts)) == {"endpoint": "one", "variant": "blue", "bytes": 5}
        assert answer["InvokedProductionVariant"] == "blue"

    def test_fails_for_a_multi_model_endpoint(self, here: World) -> None:
        runtime = here.aws.client("sagemaker-runtime")

        assert "answers InvokeEndpoint only" in refusal(
            runtime.invoke_endpoint_with_response_stream, EndpointName="many", Body=b""
        )


class TestCapture:
    def test_writes_each_request_where_the_share_is_all(self, here: World) -> None:
        headers = {"JsonContentTypes": ["application/json"]}
        here.endpoint("kept", variant("blue", "base"), DataCaptureConfig=capture(100, CaptureContentTypeHeader=headers))
        shown = here.sagemaker.describe_endpoint(EndpointName="kept")["DataCaptureConfig"]
        ask(here, "kept", ContentType="text/csv", InferenceId="mine")

        assert (shown["CaptureStatus"], shown["CurrentSamplingPercentage"]) == ("Started", 100)
        (key,) = here.keys("capture/100/kept/blue/")
        assert key.removeprefix("capture/100/kept/blue/").count("/") == 4
        assert key.endswith(".jsonl")
        line = json.loads(here.read(key))
        assert line["captureData"]["endpointInput"] == {
            "observedContentType": "text/csv",
            "mode": "INPUT",
            "data": "MTIzNDU=",
            "encoding": "BASE64",
        }
        assert line["captureData"]["endpointOutput"]["encoding"] == "JSON"
        assert line["eventMetadata"]["inferenceId"] == "mine"

    def test_writes_nothing_where_the_share_is_none(self, here: World) -> None:
        here.endpoint("dropped", variant("blue", "base"), DataCaptureConfig=capture(0))
        ask(here, "dropped")

        assert not here.keys("capture/0/")


class TestCaller:
    """What a role may invoke, asked with credentials of that role."""

    def of_role(self, here: World, name: str, *statements: dict[str, Any]) -> Any:
        trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        role = here.make_role(name, list(statements), {"Version": "2012-10-17", "Statement": [trust]})
        got = here.aws.client("sts").assume_role(RoleArn=role, RoleSessionName="caller")["Credentials"]
        return boto3.client(
            "sagemaker-runtime",
            endpoint_url=here.aws.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id=got["AccessKeyId"],
            aws_secret_access_key=got["SecretAccessKey"],
            aws_session_token=got["SessionToken"],
            config=Config(proxies={}),
        )

    def test_trap_17_each_way_is_an_action_of_its_own(self, here: World) -> None:
        client = self.of_role(here, "caller", allow(["sagemaker:InvokeEndpoint"], "arn:aws:sagemaker:*:*:endpoint/one"))

        client.invoke_endpoint(EndpointName="one", Body=b"")
        for call, action in (
            (client.invoke_endpoint_with_response_stream, "InvokeEndpointWithResponseStream"),
            (client.invoke_endpoint_async, "InvokeEndpointAsync"),
        ):
            body = {"InputLocation": "s3://b/k"} if action.endswith("Async") else {"Body": b""}
            words = refusal(call, EndpointName="one", **body)
            assert "(AccessDeniedException)" in words
            assert f"/caller is not authorized to perform: sagemaker:{action} on resource: arn:aws" in words
        assert "sagemaker:InvokeEndpoint on resource" in refusal(
            client.invoke_endpoint, EndpointName="pipeline", Body=b""
        )

    def test_trap_17_some_models_only(self, here: World) -> None:
        condition = {"StringLike": {"sagemaker:TargetModel": ["a*"]}}
        client = self.of_role(here, "of-some", allow(["sagemaker:InvokeEndpoint"], "*", Condition=condition))

        client.invoke_endpoint(EndpointName="many", TargetModel="a.tar.gz", Body=b"")
        assert "AccessDenied" in refusal(client.invoke_endpoint, EndpointName="many", TargetModel="z", Body=b"")


class TestAsync:
    def config(self, **changes: Any) -> dict[str, Any]:
        output = {"S3OutputPath": f"s3://{BUCKET}/answers", "S3FailurePath": f"s3://{BUCKET}/failures"}
        return {"OutputConfig": output | changes}

    def ask(self, here: World, endpoint: str, source: str, **request: Any) -> Any:
        runtime = here.aws.client("sagemaker-runtime")
        return runtime.invoke_endpoint_async(EndpointName=endpoint, InputLocation=source, **request)

    def test_answers_into_s3_and_tells_the_topic(self, here: World) -> None:
        sns, sqs = here.aws.client("sns"), here.aws.client("sqs")
        queue = sqs.create_queue(QueueName="told")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        topics = {name: sns.create_topic(Name=name)["TopicArn"] for name in ("good", "bad")}
        for topic in topics.values():
            sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        role = here.make_role("teller", [*PULL, *STORE, allow(["sns:Publish"], *topics.values())])
        here.model("teller", ExecutionRoleArn=role)
        told = {"SuccessTopic": topics["good"], "ErrorTopic": topics["bad"]}
        here.endpoint("queue", variant("blue", "teller"), AsyncInferenceConfig=self.config(NotificationConfig=told))
        source = here.put("questions/1.json", b"12345")

        answer = self.ask(here, "queue", source, InferenceId="mine", ContentType="application/json")
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
        assert answer["InferenceId"] == "mine"
        assert answer["OutputLocation"].startswith(f"s3://{BUCKET}/answers/")
        wait_for(lambda: here.keys("answers/"), bool)
        assert json.loads(here.read(answer["OutputLocation"]))["bytes"] == 5
        message = self.next_message(sqs, queue)
        assert (message["invocationStatus"], message["inferenceId"]) == ("Completed", "mine")
        assert message["responseParameters"]["outputLocation"] == answer["OutputLocation"]

        failed = self.ask(here, "queue", f"s3://{BUCKET}/questions/none.json")
        assert failed["FailureLocation"].startswith(f"s3://{BUCKET}/failures/")
        wait_for(lambda: here.keys("failures/"), bool)
        assert b"which does not exist" in here.read(failed["FailureLocation"])
        message = self.next_message(sqs, queue)
        assert message["invocationStatus"] == "Failed"
        assert "which does not exist" in message["failureReason"]

    def next_message(self, sqs: Any, queue: str) -> Any:
        found = wait_for(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"), bool)[0]
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=found["ReceiptHandle"])
        return json.loads(json.loads(found["Body"])["Message"])

    def test_fails_for_what_the_role_may_not_read(self, here: World) -> None:
        write = allow(["s3:PutObject"], f"arn:aws:s3:::{BUCKET}/*")
        model = allow(["s3:GetObject"], f"arn:aws:s3:::{BUCKET}/models/*")
        here.model("blind", ExecutionRoleArn=here.make_role("blind", [*PULL, write, model]))
        here.endpoint("blind", variant("blue", "blind"), AsyncInferenceConfig=self.config())
        failed = self.ask(here, "blind", here.put("questions/2.json"))

        key = failed["FailureLocation"].removeprefix(f"s3://{BUCKET}/")
        wait_for(lambda: here.keys(key), bool)
        assert b'is not allowed "s3:GetObject"' in here.read(failed["FailureLocation"])

    def test_fails_for_a_topic_that_the_role_may_not_publish_to(self, here: World) -> None:
        topic = here.aws.client("sns").create_topic(Name="closed")["TopicArn"]
        config = self.config(NotificationConfig={"ErrorTopic": topic})
        words = refusal(here.config, "closed", variant("blue", "base"), AsyncInferenceConfig=config)

        assert f'role {here.role} is not allowed "sns:Publish" on {topic}' in words
        gone = self.config(NotificationConfig={"ErrorTopic": f"{topic}-2"})
        words = refusal(here.config, "closed", variant("blue", "base"), AsyncInferenceConfig=gone)
        assert f"could not find topic {topic}-2" in words

    def test_fails_the_other_way_round(self, here: World) -> None:
        here.endpoint("later", variant("blue", "base"), AsyncInferenceConfig=self.config())
        runtime = here.aws.client("sagemaker-runtime")

        assert "answers InvokeEndpointAsync only" in refused(here, "later")
        stream = runtime.invoke_endpoint_with_response_stream
        assert "answers InvokeEndpointAsync only" in refusal(stream, EndpointName="later", Body=b"")
        assert "Endpoint one is not asynchronous" in refusal(
            runtime.invoke_endpoint_async, EndpointName="one", InputLocation=ARTIFACT
        )
        assert "is not the URI of an object" in refusal(
            runtime.invoke_endpoint_async, EndpointName="later", InputLocation=f"s3://{BUCKET}"
        )
