"""What an installation of this app chooses, read from the CDK context and checked before anything is built.

`cdk.json` holds every key but `account` and `region`; `-c key=value` on the command line overrides one.
"""

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any

from constructs_lib._internal.checks import at_least, between, nearest, whole
from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.errors import ConfigurationError

STACKS = ("foundation", "training", "distributed-training", "tuning", "batch", "real-time")


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The choices, typed; a key of the context is the field's name, with a dot for the first double underscore.

    Attributes:
        project: What the names of the stacks begin with: a letter, then letters, digits and dashes.
        stacks: Which stacks there are, of `STACKS`; a list, or text with commas.
        retain_data: Whether buckets, keys and logs outlive their stacks.
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
            before the endpoint is deployed.
        account: Account to deploy to; given together with `region`, or neither for any.
        region: Region to deploy to.
    """

    project: str
    stacks: tuple[str, ...]
    retain_data: bool
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
    account: str | None = None
    region: str | None = None

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
        if not problems:
            settings = Settings(**values)
            problems = settings._problems()
            if not problems:
                return settings
        raise ConfigurationError("The CDK context", problems)

    def _problems(self) -> list[str]:
        problems = []
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,99}", self.project):
            problems.append(f"project must be a letter, then letters, digits and dashes, got {self.project!r}")
        for stack in self.stacks:
            if stack not in STACKS:
                problems.append(f"stacks must be among {', '.join(STACKS)}, got {stack!r}{nearest(stack, STACKS)}")
            elif "foundation" not in self.stacks:
                problems.append(f"stacks must hold 'foundation' too, because {stack!r} stands on it")
        problems += filter(
            None,
            (
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
                _instance_type_problem("training.instance_type", self.training__instance_type),
                _instance_type_problem("distributed_training.instance_type", self.distributed_training__instance_type),
                _instance_type_problem("real_time.instance_type", self.real_time__instance_type),
            ),
        )
        if (self.account is None) != (self.region is None):
            given, absent = ("account", "region") if self.account else ("region", "account")
            problems.append(f"{given} is given without {absent}; give both, or neither for a stack of any environment")
        if self.account is not None and not re.fullmatch(r"\d{12}", self.account):
            problems.append(f"account must be twelve digits, got {self.account!r}")
        if self.region is not None and not re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-\d", self.region):
            problems.append(f"region must be shaped like eu-west-1, got {self.region!r}")
        return problems


def _instance_type_problem(key: str, name: str) -> str | None:
    try:
        InstanceType(name)
    except ConfigurationError as error:
        return error.problems[0].replace("name", key, 1)
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
    raise ValueError("a list of texts, or one text with commas")


_PARSERS = {
    str(str): _text,
    str(str | None): _text,
    str(int): _number,
    str(bool): _truth,
    str(tuple[str, ...]): _texts,
}
