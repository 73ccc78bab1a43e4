"""Where each way to distribute a job can run."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

from constructs_lib._internal.checks import is_token
from constructs_lib.contract.instance_facts import SMDDP_TYPES

# https://docs.aws.amazon.com/sagemaker/latest/dg/distributed-model-parallel-support-v2.html
_SMP_TYPES = ("ml.p4d.24xlarge", "ml.p4de.24xlarge", "ml.p5.48xlarge", "ml.p5e.48xlarge", "ml.p5en.48xlarge")


@dataclass(frozen=True, kw_only=True, slots=True)
class Versions:
    """The versions of one framework whose images hold what a way to distribute needs.

    Attributes:
        first: The first that does.
        ended: The first that does not any more; None when there is none.
        last_known: The last that is documented: what comes after it is doubted and not refused.
        source: Where this is written, for the words.
    """

    first: str
    ended: str | None = None
    last_known: str | None = None
    source: str

    def problem(self, version: str) -> str | None:
        """Why *version* cannot do it, as the end of a sentence."""
        if _before(version, self.first):
            return f"from {self.first} on"
        if self.ended is not None and not _before(version, self.ended):
            return f"before {self.ended} only"
        return None

    def is_doubtful(self, version: str) -> bool:
        """Whether nothing says that *version* can do it."""
        return self.last_known is not None and _before(self.last_known, version)


def _before(version: str, other: str) -> bool:
    """Whether *version* is older; a short one, such as `2.0`, is a tag that AWS moves on to the newest of its kind."""
    numbers, others = _numbers(version), _numbers(other)
    length = min(len(numbers), len(others))
    return numbers[:length] < others[:length]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirements:
    """What a way to distribute a job needs.

    Attributes:
        frameworks: What the image may hold; empty means anything.
        types: The machines; empty means any that `accelerators` and `trainium` allow.
        accelerators: Whether the machines need GPUs or Trainium.
        trainium: Whether it runs on Trainium.
        min_count: The fewest machines.
        python_script: Whether the entry point must be a Python script.
        versions: Framework to the versions that can do it; a framework that is not there can in all of them.
        trainium_versions: The same on Trainium, where that differs.
        library_repository: The repository of AWS's whose images hold the library; None where the framework's do.
    """

    frameworks: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    accelerators: bool = False
    trainium: bool = False
    min_count: int = 1
    python_script: bool = False
    versions: Mapping[str, Versions] = field(default_factory=dict, hash=False)
    trainium_versions: Mapping[str, Versions] = field(default_factory=dict, hash=False)
    library_repository: str | None = None

    def problems(
        self,
        *,
        subject: str,
        instance_types: Sequence[str],
        count: int,
        framework: str | None,
        framework_version: str | None,
        entry_point: str | None,
        device: str | None,
    ) -> list[str]:
        """What is missing, one sentence each; what is not known is taken as right."""
        found = []
        for name in instance_types:
            if problem := None if is_token(name) else self._type_problem(name):
                found.append(f"{subject} {problem}, got {name}")
        if not is_token(count) and count < self.min_count:
            found.append(f"{subject} needs at least {self.min_count} instances, got {count}")
        # Images of Hugging Face hold PyTorch or TensorFlow, and may not say which.
        unsaid = framework == "huggingface" and {"pytorch", "tensorflow"} & set(self.frameworks)
        known_framework = framework is None or unsaid or any(one in framework for one in self.frameworks)
        if self.frameworks and not known_framework:
            found.append(f"{subject} runs with {' or '.join(self.frameworks)}, got an image of {framework}")
        trainium = any(name.startswith("ml.trn") for name in instance_types)
        name = _below(framework)
        known = (self.trainium_versions if trainium else self.versions).get(name)
        if known and _is_version(framework_version) and (problem := known.problem(framework_version)):
            found.append(f"{subject} runs with {name} {problem}, got {framework_version}; see {known.source}")
        found += [f"{subject} {problem}" for problem in self._device_problems(device, instance_types)]
        if self.python_script and entry_point is not None and not entry_point.endswith(".py"):
            found.append(f"{subject} starts a Python script, got entry_point {entry_point!r}")
        return found

    def doubt(self, subject: str, framework: str | None, framework_version: str | None) -> str | None:
        """What no documentation says of this version of the framework; None when there is no doubt."""
        known = self.versions.get(_below(framework))
        if known is None or not _is_version(framework_version) or not known.is_doubtful(framework_version):
            return None
        return (
            f"{subject} is documented up to {_below(framework)} {known.last_known}, and nothing says that images of "
            f"{framework_version} hold what it needs; see {known.source}"
        )

    def _type_problem(self, name: str) -> str | None:
        family = name.split(".")[1]
        if self.types and name not in self.types:
            return f"runs on {', '.join(self.types)}"
        if family.startswith("trn"):
            return None if self.trainium else "does not run on Trainium, where Distribution.torch() is the way"
        if self.accelerators and not family.startswith(("g", "p")):
            return "needs GPUs or Trainium"
        return None

    def _device_problems(self, device: str | None, instance_types: Sequence[str]) -> list[str]:
        """Why an image that is built for *device* cannot use the devices of the machines."""
        uses_devices = self.accelerators or self.types
        known = [name for name in instance_types if not is_token(name)]
        if device is None or not uses_devices or not known:
            return []
        on_trainium = [name for name in known if name.startswith("ml.trn")]
        if on_trainium and device != "neuron":
            return [f"needs a Neuron image on {on_trainium[0]}, got one for {device.upper()}; see {_IMAGES}"]
        if device == "neuron" and len(on_trainium) < len(known):
            return [f"needs an image for GPUs on {known[0]}, got one for Neuron; see {_IMAGES}"]
        if self.types and device == "cpu":
            return [f"needs an image for GPUs, which alone hold its library, got one for CPU; see {_IMAGES}"]
        return []


def _below(framework: str | None) -> str:
    """The framework that scripts are distributed with: `pytorch` of `huggingface-pytorch`."""
    return (framework or "").removeprefix("huggingface-")


def _is_version(version: str | None) -> TypeGuard[str]:
    return version is not None and re.fullmatch(r"\d+(\.\d+)*", version) is not None


# Images for Neuron, for GPUs and for CPUs are listed apart.
_IMAGES = "https://aws.github.io/deep-learning-containers/reference/available_images/"
# TORCH_DISTRIBUTED_GPU_SUPPORTED_FRAMEWORK_VERSIONS, TRAINIUM_SUPPORTED_TORCH_DISTRIBUTED_FRAMEWORK_VERSIONS and
# SM_DATAPARALLEL_SUPPORTED_FRAMEWORK_VERSIONS of the SageMaker Python SDK 2.257.7 (sagemaker/fw_utils.py). It lists
# versions one by one; the newer ones of torchrun are held by every image since.
_SDK = "sagemaker 2.257.7, fw_utils.py"
_TORCHRUN_VERSIONS = {"pytorch": Versions(first="1.13.1", source=_SDK)}
_NEURON_VERSIONS = {"pytorch": Versions(first="1.11", source=_SDK)}
DG = "https://docs.aws.amazon.com/sagemaker/latest/dg"
_SMDDP_VERSIONS = {
    # The table of the page: framework images up to 2.3.0, those of the model parallelism library up to 2.4.1.
    "pytorch": Versions(first="1.6", last_known="2.4.1", source=f"{DG}/distributed-data-parallel-support.html"),
    # "tf 2.12 should not be supported: smdataparallel excludes support for tf>=2.12"
    "tensorflow": Versions(first="2.3", ended="2.12", source=_SDK),
}
_SMP_VERSIONS = {
    "pytorch": Versions(first="2.0.1", last_known="2.5.1", source=f"{DG}/distributed-model-parallel-support-v2.html")
}
# "available for TensorFlow 2.9 and later": the SDK's sagemaker/tensorflow/estimator.py.
_MIRRORED_VERSIONS = {"tensorflow": Versions(first="2.9", source="sagemaker 2.257.7, tensorflow/estimator.py")}

ANYWHERE = Requirements()
TORCHRUN = Requirements(
    frameworks=("pytorch",),
    accelerators=True,
    trainium=True,
    python_script=True,
    versions=_TORCHRUN_VERSIONS,
    trainium_versions=_NEURON_VERSIONS,
)
# No source says which images hold Horovod: none is refused.
HOROVOD = Requirements(frameworks=("tensorflow", "pytorch", "mxnet"))
SMDDP = Requirements(frameworks=("pytorch", "tensorflow"), types=SMDDP_TYPES, min_count=2, versions=_SMDDP_VERSIONS)
# The page of the supported frameworks names images of this repository alone, and the SDK takes them by itself
# (image_uris.py, framework `pytorch-smp`). Another page says that framework images hold the library too
# (model-parallel-use-api-v2.html), so that others are warned of and not refused.
MODEL_PARALLEL = Requirements(
    frameworks=("pytorch",),
    types=_SMP_TYPES,
    python_script=True,
    versions=_SMP_VERSIONS,
    library_repository="smdistributed-modelparallel",
)
# On one node the images train without a parameter server and say nothing.
PARAMETER_SERVER = Requirements(frameworks=("tensorflow", "mxnet"), min_count=2)
MULTI_WORKER_MIRRORED = Requirements(frameworks=("tensorflow",), versions=_MIRRORED_VERSIONS)
