"""Where each way to distribute a job can run."""

from collections.abc import Sequence
from dataclasses import dataclass

from constructs_lib._internal.checks import is_token

# Read in SM_DATAPARALLEL_SUPPORTED_INSTANCE_TYPES of the SageMaker Python SDK 2.257.7 (sagemaker/fw_utils.py).
_SMDDP_TYPES = ("ml.p3.16xlarge", "ml.p3dn.24xlarge", "ml.p4d.24xlarge", "ml.p4de.24xlarge")
# https://docs.aws.amazon.com/sagemaker/latest/dg/distributed-model-parallel-support-v2.html
_SMP_TYPES = ("ml.p4d.24xlarge", "ml.p4de.24xlarge", "ml.p5.48xlarge", "ml.p5e.48xlarge", "ml.p5en.48xlarge")


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
    """

    frameworks: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    accelerators: bool = False
    trainium: bool = False
    min_count: int = 1
    python_script: bool = False

    def problems(
        self,
        *,
        subject: str,
        instance_types: Sequence[str],
        count: int,
        framework: str | None,
        entry_point: str | None,
    ) -> list[str]:
        """What is missing, one sentence each; what is not known is taken as right."""
        found = []
        for name in instance_types:
            if problem := None if is_token(name) else self._type_problem(name):
                found.append(f"{subject} {problem}, got {name}")
        if not is_token(count) and count < self.min_count:
            found.append(f"{subject} needs at least {self.min_count} instances, got {count}")
        if framework is not None and self.frameworks and not any(one in framework for one in self._images()):
            found.append(f"{subject} runs with {' or '.join(self.frameworks)}, got an image of {framework}")
        if self.python_script and entry_point is not None and not entry_point.endswith(".py"):
            found.append(f"{subject} starts a Python script, got entry_point {entry_point!r}")
        return found

    def _type_problem(self, name: str) -> str | None:
        family = name.split(".")[1]
        if self.types and name not in self.types:
            return f"runs on {', '.join(self.types)}"
        if family.startswith("trn"):
            return None if self.trainium else "does not run on Trainium, where Distribution.torch() is the way"
        if self.accelerators and not family.startswith(("g", "p")):
            return "needs GPUs or Trainium"
        return None

    def _images(self) -> tuple[str, ...]:
        # Images of Hugging Face hold PyTorch or TensorFlow, and may not say which.
        return (*self.frameworks, *(("huggingface",) if {"pytorch", "tensorflow"} & set(self.frameworks) else ()))


ANYWHERE = Requirements()
TORCHRUN = Requirements(frameworks=("pytorch",), accelerators=True, trainium=True, python_script=True)
HOROVOD = Requirements(frameworks=("tensorflow", "pytorch", "mxnet"))
SMDDP = Requirements(frameworks=("pytorch", "tensorflow"), types=_SMDDP_TYPES, min_count=2)
MODEL_PARALLEL = Requirements(frameworks=("pytorch",), types=_SMP_TYPES, python_script=True)
# On one node the images train without a parameter server and say nothing.
PARAMETER_SERVER = Requirements(frameworks=("tensorflow", "mxnet"), min_count=2)
MULTI_WORKER_MIRRORED = Requirements(frameworks=("tensorflow",))
