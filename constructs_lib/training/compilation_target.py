"""What SageMaker Neo compiles and for which machine."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from constructs_lib._internal.checks import is_token, require
from constructs_lib._internal.kinds import field_problems
from constructs_lib._internal.rendering import given
from constructs_lib._internal.statements import Statement
from constructs_lib.foundation.s3_location import S3Object


class CompilationFramework(StrEnum):
    """What a model was trained with."""

    TENSORFLOW = "TENSORFLOW"
    KERAS = "KERAS"
    MXNET = "MXNET"
    ONNX = "ONNX"
    PYTORCH = "PYTORCH"
    XGBOOST = "XGBOOST"
    TFLITE = "TFLITE"
    DARKNET = "DARKNET"
    SKLEARN = "SKLEARN"


class TargetPlatformOs(StrEnum):
    """The system of a machine."""

    ANDROID = "ANDROID"
    LINUX = "LINUX"


class TargetPlatformArch(StrEnum):
    """The processor of a machine."""

    X86_64 = "X86_64"
    X86 = "X86"
    ARM64 = "ARM64"
    ARM_EABI = "ARM_EABI"
    ARM_EABIHF = "ARM_EABIHF"


class TargetPlatformAccelerator(StrEnum):
    """The accelerator of a machine."""

    INTEL_GRAPHICS = "INTEL_GRAPHICS"
    MALI = "MALI"
    NVIDIA = "NVIDIA"
    NNA = "NNA"


# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InputConfig.html: DataInputConfig, FrameworkVersion.
_WITHOUT_SHAPES = (CompilationFramework.XGBOOST, CompilationFramework.SKLEARN)
_VERSIONED = (
    CompilationFramework.MXNET,
    CompilationFramework.PYTORCH,
    CompilationFramework.TENSORFLOW,
    CompilationFramework.TFLITE,
)
# API_OutputConfig.html: what NVIDIA accelerators need.
_NVIDIA_OPTIONS = ("gpu-code", "trt-ver", "cuda-ver")
# Ended with Elastic Inference (TRAPS 39).
_ENDED = {"ml_eia2": "ml_g4dn"}


class CompilationInput(ABC):
    """What is compiled; a `from_*` method makes one."""

    @staticmethod
    def from_artifact(
        artifact: S3Object,
        framework: CompilationFramework,
        *,
        data_input_config: str | None = None,
        framework_version: str | None = None,
    ) -> "CompilationInput":
        """A model archive.

        Args:
            artifact: The archive, a gzipped tar; the job's role gets to read it.
            framework: What it was trained with.
            data_input_config: Name and shape of each input as JSON, such as `{"input0": [1, 3, 224, 224]}`; XGBoost and
                scikit-learn need none.
            framework_version: Such as `1.13`, for MXNet, PyTorch, TensorFlow and TensorFlow Lite.

        Raises:
            ConfigurationError: The archive has another ending, the shapes are missing, or the framework has no version.
        """
        return ArtifactInput(
            artifact=artifact,
            framework=framework,
            data_input_config=data_input_config,
            framework_version=framework_version,
        )

    @staticmethod
    def from_model_package(model_package_version_arn: str) -> "CompilationInput":
        """A version of a model package, shaped `arn:aws:sagemaker:…:model-package/<group>/<version>`."""
        return ModelPackageInput(model_package_version_arn=model_package_version_arn)

    @property
    def trained_with(self) -> CompilationFramework | None:
        """The framework of the model; None where only the model package knows."""
        return None

    @abstractmethod
    def render(self) -> dict[str, Any]:
        """The `InputConfig` or `ModelPackageVersionArn` member."""

    @abstractmethod
    def statements(self) -> tuple[Statement, ...]:
        """What the job's role needs to read it."""


@dataclass(frozen=True, kw_only=True)
class ArtifactInput(CompilationInput):
    """A model archive; `CompilationInput.from_artifact` makes one and says what its arguments mean."""

    artifact: S3Object
    framework: CompilationFramework
    data_input_config: str | None = None
    framework_version: str | None = None

    def __post_init__(self) -> None:
        require("CompilationInput", field_problems(self))
        key, framework = self.artifact.key, self.framework
        packed = is_token(key) or key.endswith(".tar.gz")
        shapes = self.data_input_config is not None or framework in _WITHOUT_SHAPES
        versioned = self.framework_version is None or framework in _VERSIONED
        require(
            "CompilationInput",
            None if packed else f"artifact must be one archive that ends in .tar.gz, got {key!r}",
            None if shapes else f"data_input_config must name the inputs of a {framework.value} model, got None",
            None
            if versioned
            else f"framework_version must be None for {framework.value}, got {self.framework_version!r}; "
            f"{', '.join(each.value for each in _VERSIONED)} take one",
        )

    @property
    def trained_with(self) -> CompilationFramework | None:
        return self.framework

    def render(self) -> dict[str, Any]:
        return {
            "InputConfig": given(
                S3Uri=self.artifact.uri,
                DataInputConfig=self.data_input_config,
                Framework=self.framework.value,
                FrameworkVersion=self.framework_version,
            )
        }

    def statements(self) -> tuple[Statement, ...]:
        return self.artifact.read_statements()


@dataclass(frozen=True, kw_only=True)
class ModelPackageInput(CompilationInput):
    """A version of a model package; `CompilationInput.from_model_package` makes one."""

    model_package_version_arn: str

    def __post_init__(self) -> None:
        require("CompilationInput", field_problems(self))

    def render(self) -> dict[str, Any]:
        return {"ModelPackageVersionArn": self.model_package_version_arn}

    def statements(self) -> tuple[Statement, ...]:
        return (Statement(actions=("sagemaker:DescribeModelPackage",), resources=(self.model_package_version_arn,)),)


@dataclass(frozen=True, kw_only=True)
class CompilationTarget:
    """What the compiled model runs on; `CompilationTarget.device("ml_g4dn")` or `platform(...)` makes one.

    Attributes:
        target_device: A device or family of machines, as the API spells it; None where a platform is described.
        os: The system of a platform.
        arch: Its processor.
        accelerator: Its accelerator, if it has one.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputConfig.html
    """

    target_device: str | None = None
    os: TargetPlatformOs | None = None
    arch: TargetPlatformArch | None = None
    accelerator: TargetPlatformAccelerator | None = None

    def __post_init__(self) -> None:
        require("CompilationTarget", field_problems(self))
        platform = self.os is not None and self.arch is not None
        described = platform or self.os is not None or self.arch is not None or self.accelerator is not None
        instead = _ENDED.get(self.target_device or "")
        require(
            "CompilationTarget",
            "target_device must be None where os, arch or accelerator is given; they exclude each other"
            if self.target_device is not None and described
            else None,
            "target_device, or os and arch, must be given" if self.target_device is None and not platform else None,
            f"target_device {self.target_device} has ended with Elastic Inference; take {instead}" if instead else None,
        )

    @staticmethod
    def device(target_device: str) -> "CompilationTarget":
        """A device or family of machines, such as `ml_g4dn`, `jetson_xavier` or `coreml`."""
        return CompilationTarget(target_device=target_device)

    @staticmethod
    def platform(
        os: TargetPlatformOs, arch: TargetPlatformArch, accelerator: TargetPlatformAccelerator | None = None
    ) -> "CompilationTarget":
        """A machine that has no name of its own among the devices."""
        return CompilationTarget(os=os, arch=arch, accelerator=accelerator)

    def render(self) -> dict[str, Any]:
        """The `TargetDevice` or `TargetPlatform` member."""
        if self.target_device is not None or self.os is None or self.arch is None:
            return {"TargetDevice": self.target_device}
        accelerator = self.accelerator.value if self.accelerator else None
        return {"TargetPlatform": given(Os=self.os.value, Arch=self.arch.value, Accelerator=accelerator)}

    def problems(self, framework: CompilationFramework | None, options: Mapping[str, Any] | str | None) -> list[str]:
        """What does not go together, one sentence each."""
        problems = []
        if self.accelerator is TargetPlatformAccelerator.NVIDIA and not isinstance(options, str):
            missing = [name for name in _NVIDIA_OPTIONS if name not in (options or {})]
            if missing:
                problems.append(f"compiler_options must hold {', '.join(missing)} for an NVIDIA accelerator")
        takes = (CompilationFramework.TENSORFLOW, CompilationFramework.PYTORCH)
        if self.target_device == "coreml" and framework is not None and framework not in takes:
            problems.append(f"input must be a TENSORFLOW or PYTORCH model for target coreml, got {framework.value}")
        return problems
