"""How an asynchronous endpoint is called: an object is put where its role may read, the answer is waited for in S3."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator

from botocore.exceptions import ClientError

from constructs_lib.rehearsal._hosted import Hosted, split_s3
from constructs_lib.rehearsal._policies import allowing, places, statements
from constructs_lib.rehearsal._stage import Caller, Stage
from constructs_lib.rehearsal._steps import StepFailed

_BODY = json.dumps({"instances": [[0.0]]}).encode()
_READ = "s3:GetObject"


def invoke_queue(stage: Stage, endpoint: Hosted) -> str:
    """Ask once and wait for the answer; what was put for it is removed, what the endpoint wrote stays.

    Where a role asks, it puts the input and reads the answer itself, as far as its policies name a place for either.
    """
    (bucket, key, own), putting = _input(stage, endpoint), stage.aws.client("s3")
    if stage.caller and (place := _place_of_its_own(stage, stage.caller, endpoint)):
        (bucket, key), own, putting = place, True, stage.asking("s3")
    if own:
        putting.put_object(Bucket=bucket, Key=key, Body=_BODY, ContentType="application/json")
    try:
        return _ask(stage, endpoint, f"s3://{bucket}/{key}")
    finally:
        if own:
            stage.aws.client("s3").delete_object(Bucket=bucket, Key=key)


def _ask(stage: Stage, endpoint: Hosted, source: str) -> str:
    answer = stage.asking("sagemaker-runtime").invoke_endpoint_async(
        EndpointName=endpoint.name, InputLocation=source, ContentType="application/json"
    )
    locations = {kind: answer.get(f"{kind}Location") for kind in ("Output", "Failure")}
    until = time.monotonic() + stage.timeout
    while time.monotonic() < until:
        for kind, place in locations.items():
            content = _read(stage, place) if place else None
            if content is not None and kind == "Failure":
                raise StepFailed(f"{endpoint.name} failed: {content.decode(errors='replace')}")
            if content is not None:
                _read_by_caller(stage, place)
                return "answered 202, and its answer came into S3"
        time.sleep(0.1)
    raise StepFailed(
        f"{endpoint.name} wrote nothing to {locations['Output']} within {stage.timeout:.0f} s "
        "(with an S3FailurePath it would say why)"
    )


def _read(stage: Stage, uri: str) -> bytes | None:
    bucket, key = split_s3(uri)
    try:
        return bytes(stage.aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
    except ClientError:  # not there yet
        return None


def _read_by_caller(stage: Stage, uri: str) -> None:
    bucket, key = split_s3(uri)
    named = allowing(stage.caller.statements, _READ) if stage.caller else ()
    # A role that reads nothing in this bucket leaves that to somebody else.
    if any(bucket == each for statement in named for each, _ in places(statement)):
        stage.asking("s3").get_object(Bucket=bucket, Key=key)


def _place_of_its_own(stage: Stage, caller: Caller, endpoint: Hosted) -> tuple[str, str] | None:
    """Where a role may put an input by its policies, and that of the endpoint may read it; None where there is none."""
    own = [place for statement in allowing(caller.statements, "s3:PutObject") for place in places(statement)]
    for bucket, prefix in _common(own, list(_places(stage, endpoint))):
        key = f"{prefix}{_name()}"
        if endpoint.role is None or _may_read(stage, endpoint.role, f"arn:aws:s3:::{bucket}/{key}"):
            return bucket, key
    return None


def _common(own: list[tuple[str, str]], theirs: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The narrower of two places, where one lies within the other."""
    for bucket, prefix in own:
        yield from ((other, part) for other, part in theirs if other == bucket and part.startswith(prefix))
        yield bucket, prefix


def _input(stage: Stage, endpoint: Hosted) -> tuple[str, str, bool]:
    """Bucket and key of the input, and whether it is put only for this request."""
    if named := stage.inputs.get(endpoint.path):
        bucket = stage.assembly.find(str(named["bucket"]))
        physical = stage.physical_id(bucket) if bucket else None
        if physical is None:
            raise StepFailed(f"{named['bucket']}, the bucket of the input for {endpoint.path}, was not created")
        return physical, str(named["key"]), False
    role = endpoint.role
    known = list(dict.fromkeys(_places(stage, endpoint)))
    for bucket_name, prefix in known:
        key = f"{prefix}{_name()}"
        if role is None or _may_read(stage, role, f"arn:aws:s3:::{bucket_name}/{key}"):
            return bucket_name, key, True
    looked = ", ".join(f"s3://{bucket_name}/{prefix}" for bucket_name, prefix in known)
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
        yield from places(statement)


def _name() -> str:
    return f"cdk-rehearse-{uuid.uuid4()}.json"


def _may_read(stage: Stage, role: str, arn: str) -> bool:
    answer = stage.aws.client("iam").simulate_principal_policy(
        PolicySourceArn=role, ActionNames=[_READ], ResourceArns=[arn]
    )
    return all(result["EvalDecision"] == "allowed" for result in answer["EvaluationResults"])
