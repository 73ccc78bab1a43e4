"""SageMaker Debugger and its profiler: what they record, and the rules that judge it while the job runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib._internal.checks import has, is_token, one_of, require, unique
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.statements import Statement
from constructs_lib.compute.instance_type import InstanceType
from constructs_lib.containers.bound_image import BoundImage
from constructs_lib.foundation.s3_location import S3Location

if TYPE_CHECKING:
    from constructs_lib.containers.container_image import ContainerImage

_AN_IMAGE = "a ContainerImage, such as ContainerImage.from_framework('debugger')"
# In the text of the member alone, and so in no API model.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProfilerConfig.html
_INTERVALS = (100, 200, 500, 1000, 5000, 60000)


@dataclass(frozen=True, kw_only=True, slots=True)
class TensorCollection:
    """Tensors that the hook saves.

    Attributes:
        name: Such as `losses` or `gradients`.
        parameters: Such as `{"save_interval": "100"}`, at most 20.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CollectionConfiguration.html
    """

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require("TensorCollection", field_problems(self))

    def render(self) -> dict[str, Any]:
        """The member of `CollectionConfigurations`."""
        parameters = {"CollectionParameters": dict(self.parameters)} if self.parameters else {}
        return {"CollectionName": self.name, **parameters}


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule that runs beside the job in a processing job of its own.

    Attributes:
        name: Unique among the rules of the job.
        evaluator_image: The container that evaluates it, which runs under the role of the job:
            `ContainerImage.from_framework("debugger")` holds AWS's rules but `DetailedProfilerProcessing`, which is in
            `"detailed-profiler"` (sagemaker 2.257.7, debugger/debugger.py); each is of the stack's own region.
        parameters: Such as `{"rule_to_invoke": "VanishingGradient"}`, at most 100.
        instance_type: The machine for a rule of your own; None for AWS's rules, which cost nothing.
        volume_gib: Its disk, for a rule of your own.
        location: Where its report goes; the job's role gets to write there. None means below the job's output.
        local_path: Where in its container the report is written.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DebugRuleConfiguration.html
    """

    name: str
    evaluator_image: "ContainerImage"
    parameters: Mapping[str, str] = field(default_factory=dict)
    instance_type: InstanceType | None = None
    volume_gib: int | None = None
    location: S3Location | None = None
    local_path: str | None = None

    def __post_init__(self) -> None:
        image = has("evaluator_image", self.evaluator_image, "bind", _AN_IMAGE, optional=False)
        require("Rule", field_problems(self), image)

    def render(self, image: BoundImage) -> dict[str, Any]:
        """The member of `DebugRuleConfigurations` or `ProfilerRuleConfigurations`; *image* is that of the rule."""
        rule: dict[str, Any] = {
            "RuleConfigurationName": self.name,
            "RuleEvaluatorImage": image.uri,
        }
        if self.local_path is not None:
            rule["LocalPath"] = self.local_path
        if self.location is not None:
            rule["S3OutputPath"] = self.location.uri
        if self.instance_type is not None:
            rule["InstanceType"] = self.instance_type.name
        if self.volume_gib is not None:
            rule["VolumeSizeInGB"] = self.volume_gib
        if self.parameters:
            rule["RuleParameters"] = dict(self.parameters)
        return rule


@dataclass(frozen=True, kw_only=True, slots=True)
class Debugger:
    """The hook that saves tensors, and the rules that look at them; closed to new customers in 2026.

    Attributes:
        location: Where in S3 the tensors go; the job's role gets to read and write there.
        local_path: Where in the container they are saved; None means `/opt/ml/output/tensors`.
        collections: What is saved, at most 20; empty leaves it to the script.
        parameters: Parameters of the hook, at most 20.
        rules: At most 20; their names differ.

    Raises:
        ConfigurationError: Two rules have one name.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DebugHookConfig.html
    """

    location: S3Location
    local_path: str | None = None
    collections: Sequence[TensorCollection] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    rules: Sequence[Rule] = ()

    def __post_init__(self) -> None:
        require("Debugger", field_problems(self))
        require("Debugger", _unique_rules(self.rules))

    def render(self, images: Sequence[BoundImage] = ()) -> dict[str, Any]:
        """The members of the request; *images* are those of the rules, in their order."""
        hook: dict[str, Any] = {"S3OutputPath": self.location.uri}
        if self.local_path is not None:
            hook["LocalPath"] = self.local_path
        if self.parameters:
            hook["HookParameters"] = dict(self.parameters)
        if self.collections:
            hook["CollectionConfigurations"] = [collection.render() for collection in self.collections]
        members: dict[str, Any] = {"DebugHookConfig": hook}
        if self.rules:
            members["DebugRuleConfigurations"] = [
                rule.render(image) for rule, image in zip(self.rules, images, strict=True)
            ]
        return members

    def statements(self) -> tuple[Statement, ...]:
        """Write the tensors; the rules read them under the same role."""
        return (*self.location.read_statements(), *self.location.write_statements(), *_reports(self.rules))


@dataclass(frozen=True, kw_only=True, slots=True)
class Profiler:
    """What of the machines is measured while they train; `Profiler.off()` measures nothing.

    Attributes:
        location: Where in S3 the measurements go; the job's role gets to read and write there. None means below the
            job's output.
        interval_milliseconds: 100, 200, 500, 1000, 5000 or 60000; None means 500.
        parameters: What of the framework is measured, as JSON texts under the names of the API, at most 20.
        rules: At most 20; their names differ. They are closed to new customers in 2026.
        disabled: Whether nothing is measured.

    Raises:
        ConfigurationError: The interval is another, two rules have one name, or something is asked of a profiler
            that is disabled.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProfilerConfig.html
    """

    location: S3Location | None = None
    interval_milliseconds: int | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    rules: Sequence[Rule] = ()
    disabled: bool = False

    def __post_init__(self) -> None:
        require("Profiler", field_problems(self))
        interval = self.interval_milliseconds
        asked = self.location or self.parameters or self.rules or interval is not None
        require(
            "Profiler",
            None if interval is None else one_of("interval_milliseconds", interval, _INTERVALS),
            _unique_rules(self.rules),
            "disabled must not be True beside what should be measured" if self.disabled and asked else None,
        )

    @staticmethod
    def off() -> "Profiler":
        """No measurement at all."""
        return Profiler(disabled=True)

    def render(self, images: Sequence[BoundImage] = ()) -> dict[str, Any]:
        """The members of the request; *images* are those of the rules, in their order."""
        if self.disabled:
            return {"ProfilerConfig": {"DisableProfiler": True}}
        config: dict[str, Any] = {"DisableProfiler": False}
        if self.location is not None:
            config["S3OutputPath"] = self.location.uri
        if self.interval_milliseconds is not None:
            config["ProfilingIntervalInMilliseconds"] = self.interval_milliseconds
        if self.parameters:
            config["ProfilingParameters"] = dict(self.parameters)
        members: dict[str, Any] = {"ProfilerConfig": config}
        if self.rules:
            members["ProfilerRuleConfigurations"] = [
                rule.render(image) for rule, image in zip(self.rules, images, strict=True)
            ]
        return members

    def statements(self) -> tuple[Statement, ...]:
        """Write the measurements; the rules read them under the same role."""
        here = (*self.location.read_statements(), *self.location.write_statements()) if self.location else ()
        return (*here, *_reports(self.rules))


def _rendered(rules: Sequence[Rule], images: Sequence[BoundImage]) -> list[dict[str, Any]]:
    return [rule.render(image) for rule, image in zip(rules, images, strict=True)]


def _unique_rules(rules: Sequence[Rule]) -> str | None:
    return unique("names of the rules", [rule.name for rule in rules if not is_token(rule.name)])


def _reports(rules: Sequence[Rule]) -> tuple[Statement, ...]:
    return tuple(statement for rule in rules if rule.location for statement in rule.location.write_statements())
