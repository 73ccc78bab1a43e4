"""Deep learning on Amazon SageMaker as typed AWS CDK constructs.

Everything public is a name of this module. A name is looked up when it is first used: importing the module starts no
Node process and reads no AWS CDK, so that the checker and the rehearsal may be used without either.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.compute.instance_type import InstanceType as InstanceType
    from constructs_lib.containers.container_image import ContainerImage as ContainerImage
    from constructs_lib.endpoints.data_capture import DataCapture as DataCapture
    from constructs_lib.endpoints.production_variant import ProductionVariant as ProductionVariant
    from constructs_lib.endpoints.real_time_endpoint import RealTimeEndpoint as RealTimeEndpoint
    from constructs_lib.errors import ConfigurationError as ConfigurationError
    from constructs_lib.foundation.artifact_store import ArtifactStore as ArtifactStore
    from constructs_lib.foundation.data_key import DataKey as DataKey
    from constructs_lib.foundation.execution_role import ExecutionRole as ExecutionRole
    from constructs_lib.foundation.network import Network as Network
    from constructs_lib.foundation.network_base import NetworkBase as NetworkBase
    from constructs_lib.foundation.s3_location import S3Location as S3Location
    from constructs_lib.foundation.s3_location import S3Object as S3Object
    from constructs_lib.models.container import Container as Container
    from constructs_lib.models.model import Model as Model
    from constructs_lib.scaling.variant_scaling import VariantScaling as VariantScaling
    from constructs_lib.training.channels import Channel as Channel
    from constructs_lib.training.channels import InputMode as InputMode
    from constructs_lib.training.channels import S3DataDistribution as S3DataDistribution
    from constructs_lib.training.cluster import Cluster as Cluster
    from constructs_lib.training.training_job import TrainingJob as TrainingJob
    from constructs_lib.training.training_workflow import TrainingWorkflow as TrainingWorkflow

# Where each public name is defined; a test compares this with the imports above.
_HOMES = {
    "ArtifactStore": "foundation.artifact_store",
    "Channel": "training.channels",
    "Cluster": "training.cluster",
    "ConfigurationError": "errors",
    "Container": "models.container",
    "ContainerImage": "containers.container_image",
    "DataCapture": "endpoints.data_capture",
    "DataKey": "foundation.data_key",
    "S3DataDistribution": "training.channels",
    "ExecutionRole": "foundation.execution_role",
    "InputMode": "training.channels",
    "InstanceType": "compute.instance_type",
    "Model": "models.model",
    "Network": "foundation.network",
    "NetworkBase": "foundation.network_base",
    "ProductionVariant": "endpoints.production_variant",
    "RealTimeEndpoint": "endpoints.real_time_endpoint",
    "S3Location": "foundation.s3_location",
    "S3Object": "foundation.s3_location",
    "TrainingJob": "training.training_job",
    "TrainingWorkflow": "training.training_workflow",
    "VariantScaling": "scaling.variant_scaling",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
