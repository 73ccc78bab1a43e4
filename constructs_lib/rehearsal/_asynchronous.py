"""How an asynchronous endpoint is called: an object is put where its role may read, the answer is waited for in S3."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator

from botocore.exceptions import ClientError

from constructs_lib.rehearsal._hosted import Hosted, split_s3
from constructs_lib.rehearsal._policies import listed, statements
from constructs_lib.rehearsal._stage import Stage
from constructs_lib.rehearsal._steps import StepFailed

_BODY = json.dumps({"instances": [[0.0]]}).encode()
_READ = "s3:GetObject"


def invoke_queue(stage: Stage, endpoint: Hosted) -> str:
    """Ask once and wait for the answer; what was put for it is removed, what the endpoint wrote stays."""
    bucket, key, own = _input(stage, endpoint)
    s3 = stage.aws.client("s3")
    if own:
        s3.put_object(Bucket=bucket, Key=key, Body=_BODY, ContentType="application/json")
    try:
        return _ask(stage, endpoint, f"s3://{bucket}/{key}")
    finally:
        if own:
            s3.delete_object(Bucket=bucket, Key=key)


def _ask(stage: Stage, endpoint: Hosted, source: str) -> str:
    answer = stage.aws.client("sagemaker-runtime").invoke_endpoint_async(
        EndpointName=endpoint.name, InputLocation=source, ContentType="application/json"
    )
    places = {kind: answer.get(f"{kind}Location") for kind in ("Output", "Failure")}
    until = time.monotonic() + stage.timeout
    while time.monotonic() < until:
        for kind, place in places.items():
            content = _read(stage, place) if place else None
            if content is not None and kind == "Failure":
                raise StepFailed(f"{endpoint.name} failed: {content.decode(errors='replace')}")
            if content is not None:
                return "answered 202, and its answer came into S3"
        time.sleep(0.1)
    raise StepFailed(
        f"{endpoint.name} wrote nothing to {places['Output']} within {stage.timeout:.0f} s "
        "(with an S3FailurePath it would say why)"
    )


def _read(stage: Stage, uri: str) -> bytes | None:
    bucket, key = split_s3(uri)
    try:
        return bytes(stage.aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
    except ClientError:  # not there yet
        return None


def _input(stage: Stage, endpoint: Hosted) -> tuple[str, str, bool]:
    """Bucket and key of the input, and whether it is put only for this request."""
    if named := stage.inputs.get(endpoint.path):
        bucket = stage.assembly.find(str(named["bucket"]))
        physical = stage.physical_id(bucket) if bucket else None
        if physical is None:
            raise StepFailed(f"{named['bucket']}, the bucket of the input for {endpoint.path}, was not created")
        return physical, str(named["key"]), False
    role = endpoint.role
    places = list(dict.fromkeys(_places(stage, endpoint)))
    for bucket_name, prefix in places:
        key = f"{prefix}cdk-rehearse-{uuid.uuid4()}.json"
        if role is None or _may_read(stage, role, f"arn:aws:s3:::{bucket_name}/{key}"):
            return bucket_name, key, True
    looked = ", ".join(f"s3://{bucket_name}/{prefix}" for bucket_name, prefix in places)
    raise StepFailed(
        f"{role} may not read in any place that is known ({looked}); name an object in rehearsal.json, as in "
        f'{{"inputs": {{"{endpoint.path}": {{"bucket": "Store/Bucket", "key": "a/key"}}}}}}'
    )


def _places(stage: Stage, endpoint: Hosted) -> Iterator[tuple[str, str]]:
    """Where an input may lie: beside the answers, else where the policies of the role let it read."""
    output = endpoint.config["AsyncInferenceConfig"]["OutputConfig"].get("S3OutputPath")
    if output:
        bucket, prefix = split_s3(output.rstrip("/") + "/")
        yield bucket, prefix
        yield bucket, ""
    for statement in statements(stage, endpoint.role) if endpoint.role else ():
        for resource in listed(statement.get("Resource")):
            bucket, _, path = resource.removeprefix("arn:aws:s3:::").partition("/")
            if resource.startswith("arn:aws:s3:::") and path.endswith("*") and "*" not in bucket + path[:-1]:
                yield bucket, path[:-1]


def _may_read(stage: Stage, role: str, arn: str) -> bool:
    answer = stage.aws.client("iam").simulate_principal_policy(
        PolicySourceArn=role, ActionNames=[_READ], ResourceArns=[arn]
    )
    return all(result["EvalDecision"] == "allowed" for result in answer["EvaluationResults"])
