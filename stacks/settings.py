"""What an installation of this app chooses, read from the CDK context and checked before anything is built.

`cdk.json` holds every key but `account`, `region`, `permissions_boundary` and `alarms.emails`; `-c key=value` on the
command line overrides one.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any

from constructs_lib._internal.checks import address, at_least, between, matches, nearest, one_of, unique, whole
from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.errors import ConfigurationError
from constructs_lib.foundation.cidr import cidr_problem
from constructs_lib.foundation.s3_location import S3Location, S3Object

STACKS = (
    "foundation",
    "training",
    "distributed-training",
    "tuning",
    "batch",
    "feature-store",
    "real-time",
    "ab-testing",
    "async-inference",
    "serverless",
    "multi-model",
    "multi-container",
    "inference-pipeline",
    "inference-components",
    "notebook",
)
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: a name, behind the path in an ARN.
_POLICY = r"(arn:[a-z-]+:iam::(\d{12}|aws):policy/([!-~]+/)*)?[A-Za-z0-9_+=,.@-]{1,128}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The choices, typed; a key of the context is the field's name, with a dot for the first double underscore.

    Attributes:
        project: What the names of the stacks begin with: a letter, then letters, digits and dashes.
        stacks: Which stacks there are, of `STACKS`; a list, or text with commas.
        retain_data: Whether buckets, keys and logs of workflows and networks outlive their stacks.
        dashboards: Whether each stack with an endpoint or a workflow has a dashboard.
        network__cidr: Address range of the network.
        network__zones: How many availability zones it spans, 2 to 6.
        training__instance_type: The machines that train.
        training__instance_count: How many of them train together, at least 1.
        distributed_training__instance_type: The two machines that run the distributed script, with GPUs.
        real_time__instance_type: The machines that serve.
        real_time__instance_count: How many serve at least, at least 1.
        real_time__max_instance_count: How many serve at most, not fewer.
        real_time__invocations_per_minute: Requests that each is to serve in a minute.
        real_time__model_artifact: Key, in the bucket of the foundation, of the archive to serve; it must be there
            before the endpoint is deployed, as all the archives below.
        ab_testing__candidate_artifact: Key of the archive that may replace it.
        ab_testing__candidate_percent: How many of a hundred requests go to it, 0 to 100. What real_time sets for
            machines holds for both.
        async_inference__instance_type: The machines that work through the queue, with GPUs.
        async_inference__max_instance_count: How many of them there are at most, at least 1; at least there are none.
        async_inference__backlog_per_instance: Requests that are to wait for each, at least 1.
        async_inference__model_artifact: Key of the archive that transcribes.
        serverless__model_artifact: Key of the archive that runs on demand.
        serverless__memory_mb: Memory of each container: 1024, 2048, 3072, 4096, 5120 or 6144.
        serverless__max_concurrency: Requests served at once, 1 to 200.
        multi_model__instance_type: The machines with GPUs that many models share.
        multi_model__models: Prefix that their archives lie below.
        multi_container__instance_type: The machines that the containers share.
        multi_container__models: Prefix of the archives of its two containers.
        inference_pipeline__instance_type: The machines that run the pipeline.
        inference_pipeline__models: Prefix of the archives of its two steps.
        inference_components__instance_type: The machines with GPUs that the components share.
        inference_components__max_instance_count: How many of them there are at most, at least 1.
        inference_components__models: Prefix of the archives of the components.
        notebook__instance_type: The machine that the notebook runs on.
        alarms__emails: Who gets a mail of each alarm, once they have confirmed it; nobody by default.
        account: Account to deploy to; given together with `region`, or neither for any.
        region: Region to deploy to.
        permissions_boundary: Name or ARN of the managed policy that bounds every role; none bounds them by default.
    """

    project: str
    stacks: tuple[str, ...]
    retain_data: bool
    dashboards: bool
    network__cidr: str
    network__zones: int
    training__instance_type: str
    training__instance_count: int
    distributed_training__instance_type: str
    real_time__instance_type: str
    real_time__instance_count: int
    real_time__max_instance_count: int
    real_time__invocations_per_minute: int
    real_time__model_artifact: str
    ab_testing__candidate_artifact: str
    ab_testing__candidate_percent: int
    async_inference__instance_type: str
    async_inference__max_instance_count: int
    async_inference__backlog_per_instance: int
    async_inference__model_artifact: str
    serverless__model_artifact: str
    serverless__memory_mb: int
    serverless__max_concurrency: int
    multi_model__instance_type: str
    multi_model__models: str
    multi_container__instance_type: str
    multi_container__models: str
    inference_pipeline__instance_type: str
    inference_pipeline__models: str
    inference_components__instance_type: str
    inference_components__max_instance_count: int
    inference_components__models: str
    notebook__instance_type: str
    alarms__emails: tuple[str, ...] = ()
    account: str | None = None
    region: str | None = None
    permissions_boundary: str | None = None

    @staticmethod
    def from_context(context: Mapping[str, Any]) -> "Settings":
        """Read the settings out of *context*, which holds keys of the CDK itself besides.

        Raises:
            ConfigurationError: A key is wrong, unknown or missing; all of them are listed.
        """
        own = {_key(field.name): field for field in fields(Settings)}
        problems = [
            f"{key} is no setting{nearest(key, own)}; the settings are {', '.join(own)}"
            for key in context
            if key not in own and not _belongs_to_the_cdk(key)
        ]
        values: dict[str, Any] = {}
        for key, field in own.items():
            if key in context:
                try:
                    values[field.name] = _PARSERS[str(field.type)](context[key])
                except ValueError as error:
                    problems.append(f"{key} must be {error}, got {context[key]!r}")
            elif field.default is MISSING:
                problems.append(f"{key} is missing; give it in the context of cdk.json or with -c {key}=…")
        wrong = {field.name for field in own.values() if field.name not in values and field.default is MISSING}
        wrong |= {field.name for key, field in own.items() if key in context and field.name not in values}
        settings = Settings(**values, **{name: _UNKNOWN[str(own[_key(name)].type)] for name in wrong})
        # What is wrong in itself is told above, and not once more by a rule.
        told = tuple(_key(name) for name in wrong)
        problems += [problem for problem in settings._problems() if problem.split()[0] not in told]
        if not problems:
            return settings
        raise ConfigurationError("The CDK context", problems)

    def _problems(self) -> list[str]:
        problems = []
        if not re.fullmatch(r"[A-Za-z](-?[A-Za-z0-9]){0,99}", self.project):
            problems.append(f"project must be a letter, then letters, digits and single dashes, got {self.project!r}")
        for stack in self.stacks:
            if stack not in STACKS:
                problems.append(f"stacks must be among {', '.join(STACKS)}, got {stack!r}{nearest(stack, STACKS)}")
            elif "foundation" not in self.stacks:
                problems.append(f"stacks must hold 'foundation' too, because {stack!r} stands on it")
        problems += filter(
            None,
            (
                cidr_problem("network.cidr", self.network__cidr),
                between("network.zones", self.network__zones, 2, 6),
                whole("training.instance_count", self.training__instance_count, 1),
                whole("real_time.instance_count", self.real_time__instance_count, 1),
                at_least(
                    "real_time.max_instance_count",
                    self.real_time__max_instance_count,
                    "real_time.instance_count",
                    self.real_time__instance_count,
                ),
                whole("real_time.invocations_per_minute", self.real_time__invocations_per_minute, 1),
                between("ab_testing.candidate_percent", self.ab_testing__candidate_percent, 0, 100),
                one_of("serverless.memory_mb", self.serverless__memory_mb, tuple(range(1024, 6145, 1024))),
                between("serverless.max_concurrency", self.serverless__max_concurrency, 1, 200),
                whole("async_inference.max_instance_count", self.async_inference__max_instance_count, 1),
                whole("async_inference.backlog_per_instance", self.async_inference__backlog_per_instance, 1),
                whole("inference_components.max_instance_count", self.inference_components__max_instance_count, 1),
                *(address("alarms.emails", email) for email in self.alarms__emails),
                unique("alarms.emails", self.alarms__emails),
                *(_problem(_key(field.name), getattr(self, field.name)) for field in fields(self)),
            ),
        )
        if (self.account is None) != (self.region is None):
            given, absent = ("account", "region") if self.account else ("region", "account")
            problems.append(f"{given} is given without {absent}; give both, or neither for a stack of any environment")
        if self.account is not None and not re.fullmatch(r"\d{12}", self.account):
            problems.append(f"account must be twelve digits, got {self.account!r}")
        if self.region is not None and not re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-\d", self.region):
            problems.append(f"region must be shaped like eu-west-1, got {self.region!r}")
        boundary = self.permissions_boundary
        if boundary is not None and not re.fullmatch(_POLICY, boundary):
            problems.append(f"permissions_boundary must be the name or the ARN of a managed policy, got {boundary!r}")
        return problems


def _problem(key: str, value: Any) -> str | None:
    """What is wrong with a value of which the last word of its key says what it is."""
    match key.rpartition(".")[2]:
        case "instance_type":
            return _first_problem("name", key, lambda: InstanceType(value))
        case "model_artifact" | "candidate_artifact":
            shaped = matches(key, value, r".+\.tar\.gz", shape="a gzipped tar, shaped path/model.tar.gz")
            return shaped or _first_problem("key", key, lambda: S3Object(bucket_name="", bucket_arn="", key=value))
        case "models":
            return _first_problem("prefix", key, lambda: S3Location(bucket_name="", bucket_arn="", prefix=value))
    return None


def _first_problem(argument: str, key: str, make: Callable[[], object]) -> str | None:
    """What *make* refuses, with *key* in the place of *argument*."""
    try:
        make()
    except ConfigurationError as error:
        return error.problems[0].replace(argument, key, 1)
    return None


def _key(field_name: str) -> str:
    return field_name.replace("__", ".", 1)


def _belongs_to_the_cdk(key: str) -> bool:
    """Feature flags (`@aws-cdk/…`), switches and results of look-ups (`kind:…`), and what the CLI notes for itself."""
    return key.startswith("@") or ":" in key or key in ("acknowledged-issue-numbers", "cli-telemetry")


def _text(value: Any) -> str:
    if isinstance(value, str) and value:
        return value
    raise ValueError("a text that is not empty")


def _number(value: Any) -> int:
    # The command line gives every value as text.
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    raise ValueError("a whole number")


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise ValueError("true or false")


def _texts(value: Any) -> tuple[str, ...]:
    items = value.split(",") if isinstance(value, str) else value
    if isinstance(items, list) and items and all(isinstance(item, str) and item.strip() for item in items):
        return tuple(item.strip() for item in items)
    raise ValueError("a list of at least one text, or one text with commas")


_PARSERS = {
    str(str): _text,
    str(str | None): _text,
    str(int): _number,
    str(bool): _truth,
    str(tuple[str, ...]): _texts,
}
# Stands for a value that could not be read: a number that every rule takes for one known later, and texts that the
# rules on what belongs together are content with.
_UNKNOWN: Mapping[str, Any] = {
    str(str): "unknown",
    str(str | None): None,
    str(int): -1.8e289,
    str(bool): True,
    str(tuple[str, ...]): ("foundation",),
}
