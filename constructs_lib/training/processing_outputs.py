"""What a processing job writes."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from constructs_lib._internal.arns import name_in_arn
from constructs_lib._internal.checks import has, require
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.place import Place
from constructs_lib._internal.statements import Statement
from constructs_lib.foundation.s3_location import S3Location
from constructs_lib.training.processing_inputs import PROCESSING_FOLDER, local_path_problem

if TYPE_CHECKING:
    from constructs_lib.features.feature_group_base import FeatureGroupBase


class S3UploadMode(StrEnum):
    """When what the container writes goes to S3."""

    END_OF_JOB = "EndOfJob"
    CONTINUOUS = "Continuous"


@dataclass(frozen=True, kw_only=True)
class ProcessingOutput(ABC):
    """One output of a processing job; a `to_*` method makes one.

    Attributes:
        name: Unique in the job.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingOutput.html
    """

    name: str

    def __post_init__(self) -> None:
        require(f"ProcessingOutput {self.name!r}", field_problems(self))

    @staticmethod
    def to_s3(
        name: str,
        location: S3Location,
        *,
        local_path: str | None = None,
        upload_mode: S3UploadMode = S3UploadMode.END_OF_JOB,
        app_managed: bool = False,
    ) -> "ProcessingOutput":
        """Copies a folder of the container to S3.

        Args:
            name: Unique in the job.
            location: Where it goes; the job's role gets to write there.
            local_path: The folder, under `/opt/ml/processing/`; None takes `/opt/ml/processing/output/<name>`.
            upload_mode: When it goes.
            app_managed: The container writes to S3 itself, and SageMaker does not.

        Raises:
            ConfigurationError: The folder lies elsewhere.
        """
        return S3ProcessingOutput(
            name=name, location=location, local_path=local_path, upload_mode=upload_mode, app_managed=app_managed
        )

    @staticmethod
    def to_feature_store(name: str, feature_group: "FeatureGroupBase | str") -> "ProcessingOutput":
        """Notes a feature group into which the container itself puts records; the job's role gets to put them.

        Args:
            name: Unique in the job.
            feature_group: The group, whose online store may have a key, which the role then gets to use; or the name of
                one without a key.
        """
        return FeatureStoreOutput(name=name, feature_group=feature_group)

    @property
    def folder(self) -> str | None:
        """The folder in the container; None where there is none."""
        return None

    @abstractmethod
    def render(self) -> dict[str, Any]:
        """The member of `Outputs`."""

    @abstractmethod
    def statements(self, place: Place) -> tuple[Statement, ...]:
        """What the job's role needs to write it."""


@dataclass(frozen=True, kw_only=True)
class S3ProcessingOutput(ProcessingOutput):
    """A folder copied to S3; `ProcessingOutput.to_s3` makes one and says what its arguments mean."""

    location: S3Location
    local_path: str | None = None
    upload_mode: S3UploadMode = S3UploadMode.END_OF_JOB
    app_managed: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        require(f"ProcessingOutput {self.name!r}", local_path_problem(self.local_path))

    @property
    def folder(self) -> str | None:
        return self.local_path if self.local_path is not None else f"{PROCESSING_FOLDER}output/{self.name}"

    def render(self) -> dict[str, Any]:
        return {
            "OutputName": self.name,
            **({"AppManaged": True} if self.app_managed else {}),
            "S3Output": {
                "S3Uri": self.location.destination,
                "LocalPath": self.folder,
                "S3UploadMode": self.upload_mode.value,
            },
        }

    def statements(self, place: Place) -> tuple[Statement, ...]:
        return self.location.write_statements()


@dataclass(frozen=True, kw_only=True)
class FeatureStoreOutput(ProcessingOutput):
    """Records for a feature group; `ProcessingOutput.to_feature_store` makes one."""

    feature_group: "FeatureGroupBase | str"

    def __post_init__(self) -> None:
        super().__post_init__()
        fix = "a feature group such as FeatureGroup(…), or the name of one"
        problem = has("feature_group", self.feature_group, "feature_group_arn", fix, optional=False)
        require(f"ProcessingOutput {self.name!r}", None if isinstance(self.feature_group, str) else problem)

    def render(self) -> dict[str, Any]:
        # The API takes such an output only where the container writes by itself.
        return {
            "OutputName": self.name,
            "AppManaged": True,
            "FeatureStoreOutput": {"FeatureGroupName": self._name},
        }

    def statements(self, place: Place) -> tuple[Statement, ...]:
        actions = ("sagemaker:DescribeFeatureGroup", "sagemaker:PutRecord")
        if not isinstance(self.feature_group, str):
            return self.feature_group.statements(*actions)
        arn = place.arn("sagemaker", f"feature-group/{name_in_arn(self.feature_group)}")
        return (Statement(actions=actions, resources=(arn,)),)

    @property
    def _name(self) -> str:
        group = self.feature_group
        return group if isinstance(group, str) else group.feature_group_name
