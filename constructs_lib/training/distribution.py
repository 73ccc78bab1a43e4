"""How the nodes and devices of one job share the work: no member of the API, but reserved hyperparameters (TRAPS 33).

The names and values are those that the SageMaker Python SDK 2.257.7 sends (`Framework._distribution_configuration` in
sagemaker/estimator.py, `_pytorch_distribution_configuration` in sagemaker/pytorch/estimator.py) and that the images
read (sagemaker-training 5.1.4, params.py and runner.py; sagemaker-pytorch-training 3.0.0, training.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from constructs_lib._internal.checks import is_token, nearest, require
from constructs_lib._internal.kinds import argument_problems
from constructs_lib.training.distribution_rules import (
    ANYWHERE,
    DG,
    HOROVOD,
    MODEL_PARALLEL,
    MULTI_WORKER_MIRRORED,
    PARAMETER_SERVER,
    SMDDP,
    TORCHRUN,
    Requirements,
)
from constructs_lib.training.machines import InstanceGroup, Machines, device_of
from constructs_lib.training.model_parallel import ModelParallel


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution:
    """One way to distribute a job; make one with `torch`, `mpi`, `horovod`, `smddp`, `model_parallel_v2`,
    `parameter_server` or `multi_worker_mirrored`. A job has one at most, so they exclude each other.

    Attributes:
        method: The name of the method that made it, for the words of an error.
        parameters: The reserved hyperparameters, before they are encoded.
        requirements: Where it can run.
        names_instance_type: Whether the image wants to be told the type of the machines.
        instance_group: The group of a `HeterogeneousCluster` that does the distributed work.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/distributed-training.html
    """

    method: str
    parameters: Mapping[str, Any] = field(hash=False)
    requirements: Requirements
    names_instance_type: bool = False
    instance_group: str | None = None

    @staticmethod
    def torch() -> "Distribution":
        """`torchrun` on each node, one process a GPU or Neuron core: PyTorch on GPUs or Trainium, a `.py` script."""
        return Distribution(
            method="torch",
            parameters={"sagemaker_torch_distributed_enabled": True},
            requirements=TORCHRUN,
            names_instance_type=True,
        )

    @staticmethod
    def mpi(
        *,
        processes_per_host: int | None = None,
        custom_mpi_options: str = "",
        instance_group: str | None = None,
    ) -> "Distribution":
        """`mpirun` from the first node.

        Args:
            processes_per_host: At least 1; None means one a GPU, or one where there is none.
            custom_mpi_options: More options for `mpirun`, such as `-x NCCL_DEBUG=INFO`.
            instance_group: The group of a `HeterogeneousCluster` that does it; needed there.
        """
        return _mpi("mpi", ANYWHERE, processes_per_host, custom_mpi_options, instance_group)

    @staticmethod
    def horovod(
        *,
        processes_per_host: int | None = None,
        custom_mpi_options: str = "",
        instance_group: str | None = None,
    ) -> "Distribution":
        """Horovod, which `mpirun` starts: TensorFlow, PyTorch or MXNet; the arguments are those of `mpi`."""
        return _mpi("horovod", HOROVOD, processes_per_host, custom_mpi_options, instance_group)

    @staticmethod
    def smddp(*, custom_mpi_options: str = "", instance_group: str | None = None) -> "Distribution":
        """SageMaker's data parallelism library: PyTorch or TensorFlow, on the types it is built for, two nodes or more.

        Args:
            custom_mpi_options: More options for `mpirun`.
            instance_group: The group of a `HeterogeneousCluster` that does it; needed there.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/distributed-data-parallel-support.html
        """
        require("Distribution.smddp", argument_problems(Distribution.smddp, locals()))
        return Distribution(
            method="smddp",
            parameters={
                "sagemaker_distributed_dataparallel_enabled": True,
                "sagemaker_distributed_dataparallel_custom_mpi_options": custom_mpi_options,
            },
            requirements=SMDDP,
            names_instance_type=True,
            instance_group=instance_group,
        )

    @staticmethod
    def model_parallel_v2(parameters: ModelParallel | None = None) -> "Distribution":
        """SageMaker's model parallelism library, version 2, under `torchrun`, for PyTorch; None keeps all defaults.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/distributed-model-parallel-support-v2.html
        """
        require("Distribution.model_parallel_v2", argument_problems(Distribution.model_parallel_v2, locals()))
        rendered = (parameters or ModelParallel()).render()
        # An empty `mp_parameters` is left out, as the SDK does.
        smp = {"mp_parameters": rendered} if rendered else {}
        return Distribution(
            method="model_parallel_v2",
            parameters={
                **smp,
                "sagemaker_distributed_dataparallel_enabled": False,
                "sagemaker_torch_distributed_enabled": True,
            },
            requirements=MODEL_PARALLEL,
            names_instance_type=True,
        )

    @staticmethod
    def parameter_server() -> "Distribution":
        """Parameter servers beside the workers on each node: TensorFlow or MXNet, two nodes or more, one GPU each."""
        return Distribution(
            method="parameter_server",
            parameters={"sagemaker_parameter_server_enabled": True},
            requirements=PARAMETER_SERVER,
        )

    @staticmethod
    def multi_worker_mirrored() -> "Distribution":
        """TensorFlow's `MultiWorkerMirroredStrategy`, from TensorFlow 2.9 on; the image writes its `TF_CONFIG`."""
        return Distribution(
            method="multi_worker_mirrored",
            parameters={"sagemaker_multi_worker_mirrored_strategy_enabled": True},
            requirements=MULTI_WORKER_MIRRORED,
        )

    @property
    def takes_instance_group(self) -> bool:
        """Whether it can be limited to a group; the SDK refuses that for all but MPI and SMDDP."""
        return self.method in ("mpi", "horovod", "smddp")

    def leaves_gpus_idle(self, machines: Machines) -> bool:
        """Whether it is a parameter server on GPUs: each node then runs one worker, which takes one GPU."""
        gpus = any(device_of(kind) == "gpu" for kind in machines.instance_types)
        return gpus and self.method == "parameter_server"

    def hyperparameters(self, machines: Machines) -> dict[str, Any]:
        """The reserved hyperparameters of a job on *machines*, before they are encoded."""
        values = dict(self.parameters)
        types = self._types(machines)
        if self.names_instance_type and len(types) == 1:
            values["sagemaker_instance_type"] = types[0]
        if self.instance_group is not None:
            values["sagemaker_distribution_instance_groups"] = [self.instance_group]
        return values

    def problems(
        self,
        machines: Machines,
        *,
        framework: str | None,
        framework_version: str | None,
        entry_point: str | None,
        device: str | None = None,
    ) -> list[str]:
        """Why the job cannot run so, one sentence each.

        Args:
            machines: The machines of the job.
            framework: What the image holds, such as `pytorch`; None when that is not known.
            framework_version: Its version; None when that is not known.
            entry_point: The script; None when the image brings its own.
            device: What the image is built for, as `ContainerImage.device`.
        """
        group = self._group(machines)
        count = group.count if group else machines.largest_count
        found = self.requirements.problems(
            subject=f"distribution {self.method}",
            instance_types=self._types(machines),
            count=count,
            framework=framework,
            framework_version=framework_version,
            entry_point=entry_point,
            device=device,
        )
        return [*found, *self._group_problems(machines)]

    def doubt(self, framework: str | None, framework_version: str | None) -> str | None:
        """What no documentation says of this version of the framework; None when there is no doubt."""
        return self.requirements.doubt(f"distribution {self.method}", framework, framework_version)

    def lacks_library(self, repository: str | None) -> str | None:
        """Why an image of AWS's may lack the library; None when there is no doubt, and for an image of your own."""
        library = self.requirements.library_repository
        if library is None or repository is None or repository == library:
            return None
        return (
            f"distribution {self.method} needs a library that is documented for the images of {library}, which the "
            f"SageMaker SDK takes instead of {repository}; see {DG}/distributed-model-parallel-support-v2.html"
        )

    def leaves_devices_idle(self, device: str | None) -> bool:
        """Whether it starts a process for each GPU in an image that is built for CPUs."""
        return device == "cpu" and self.requirements.accelerators

    def _group(self, machines: Machines) -> InstanceGroup | None:
        return next((group for group in machines.groups if group.name == self.instance_group), None)

    def _types(self, machines: Machines) -> list[str]:
        group = self._group(machines)
        return [group.instance_type.name] if group else [kind.name for kind in machines.instance_types]

    def _group_problems(self, machines: Machines) -> list[str]:
        names = [group.name for group in machines.groups]
        chosen = self.instance_group
        if chosen is None:
            if self.takes_instance_group and len(names) > 1:
                return [f"distribution {self.method} must name one instance_group, because the groups differ: {names}"]
            return []
        if not names:
            return [f"instance_group of the distribution needs a HeterogeneousCluster, got {chosen!r} without one"]
        if chosen not in names and not is_token(chosen):
            return [
                f"instance_group of the distribution is no group of the cluster: {chosen!r}{nearest(chosen, names)}"
            ]
        return []


def _mpi(
    method: str,
    requirements: Requirements,
    processes_per_host: int | None,
    custom_mpi_options: str,
    instance_group: str | None,
) -> Distribution:
    require(f"Distribution.{method}", argument_problems(_mpi, locals()))
    few = processes_per_host is not None and not is_token(processes_per_host) and processes_per_host < 1
    require(
        f"Distribution.{method}",
        f"processes_per_host must be at least 1, got {processes_per_host}" if few else None,
    )
    parameters: dict[str, Any] = {"sagemaker_mpi_enabled": True}
    if processes_per_host is not None:
        parameters["sagemaker_mpi_num_of_processes_per_host"] = processes_per_host
    parameters["sagemaker_mpi_custom_mpi_options"] = custom_mpi_options
    return Distribution(method=method, parameters=parameters, requirements=requirements, instance_group=instance_group)
