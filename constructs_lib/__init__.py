"""Deep learning on Amazon SageMaker as typed AWS CDK constructs.

Everything public is a name of this module. A name is looked up when it is first used: importing the module starts no
Node process and reads no AWS CDK, so that the checker and the rehearsal may be used without either.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.compute.instance_type import InstanceType as InstanceType
    from constructs_lib.containers.algorithm_facts import AlgorithmFacts as AlgorithmFacts
    from constructs_lib.containers.container_image import ContainerImage as ContainerImage
    from constructs_lib.containers.framework_images import Device as Device
    from constructs_lib.containers.framework_images import ImagePurpose as ImagePurpose
    from constructs_lib.contract.plugin import SageMakerContract as SageMakerContract
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
    from constructs_lib.training.channel_sources import S3DataDistribution as S3DataDistribution
    from constructs_lib.training.channels import Channel as Channel
    from constructs_lib.training.channels import Compression as Compression
    from constructs_lib.training.channels import InputMode as InputMode
    from constructs_lib.training.channels import RecordWrapper as RecordWrapper
    from constructs_lib.training.clarify_processing_job import ClarifyProcessingJob as ClarifyProcessingJob
    from constructs_lib.training.cluster import Cluster as Cluster
    from constructs_lib.training.cluster import HeterogeneousCluster as HeterogeneousCluster
    from constructs_lib.training.compilation_job import CompilationJob as CompilationJob
    from constructs_lib.training.compilation_target import CompilationFramework as CompilationFramework
    from constructs_lib.training.compilation_target import CompilationInput as CompilationInput
    from constructs_lib.training.compilation_target import CompilationTarget as CompilationTarget
    from constructs_lib.training.compilation_target import TargetPlatformAccelerator as TargetPlatformAccelerator
    from constructs_lib.training.compilation_target import TargetPlatformArch as TargetPlatformArch
    from constructs_lib.training.compilation_target import TargetPlatformOs as TargetPlatformOs
    from constructs_lib.training.conditions import Condition as Condition
    from constructs_lib.training.container_command import ContainerCommand as ContainerCommand
    from constructs_lib.training.debugging import Debugger as Debugger
    from constructs_lib.training.debugging import Profiler as Profiler
    from constructs_lib.training.debugging import Rule as Rule
    from constructs_lib.training.debugging import TensorCollection as TensorCollection
    from constructs_lib.training.distribution import Distribution as Distribution
    from constructs_lib.training.job import Job as Job
    from constructs_lib.training.machines import InstanceGroup as InstanceGroup
    from constructs_lib.training.machines import Machines as Machines
    from constructs_lib.training.model_parallel import ModelParallel as ModelParallel
    from constructs_lib.training.model_registry import ModelPackageGroup as ModelPackageGroup
    from constructs_lib.training.model_registry import ModelPackageGroupBase as ModelPackageGroupBase
    from constructs_lib.training.model_steps import CreateModelStep as CreateModelStep
    from constructs_lib.training.model_steps import ModelApprovalStatus as ModelApprovalStatus
    from constructs_lib.training.model_steps import RegisterModelStep as RegisterModelStep
    from constructs_lib.training.output import OutputCompression as OutputCompression
    from constructs_lib.training.parameter_ranges import AutoParameter as AutoParameter
    from constructs_lib.training.parameter_ranges import CategoricalParameterRange as CategoricalParameterRange
    from constructs_lib.training.parameter_ranges import ContinuousParameterRange as ContinuousParameterRange
    from constructs_lib.training.parameter_ranges import HyperParameterScalingType as HyperParameterScalingType
    from constructs_lib.training.parameter_ranges import IntegerParameterRange as IntegerParameterRange
    from constructs_lib.training.parameter_ranges import ParameterRange as ParameterRange
    from constructs_lib.training.placement import InstancePlacement as InstancePlacement
    from constructs_lib.training.placement import UltraServer as UltraServer
    from constructs_lib.training.preferred_instances import InstancePreference as InstancePreference
    from constructs_lib.training.preferred_instances import PreferredInstances as PreferredInstances
    from constructs_lib.training.processing_cluster import ProcessingCluster as ProcessingCluster
    from constructs_lib.training.processing_cluster import ProcessingInstancePreference as ProcessingInstancePreference
    from constructs_lib.training.processing_datasets import AthenaInput as AthenaInput
    from constructs_lib.training.processing_datasets import AthenaResultCompressionType as AthenaResultCompressionType
    from constructs_lib.training.processing_datasets import AthenaResultFormat as AthenaResultFormat
    from constructs_lib.training.processing_datasets import RedshiftInput as RedshiftInput
    from constructs_lib.training.processing_datasets import (
        RedshiftResultCompressionType as RedshiftResultCompressionType,
    )
    from constructs_lib.training.processing_datasets import RedshiftResultFormat as RedshiftResultFormat
    from constructs_lib.training.processing_inputs import ProcessingInput as ProcessingInput
    from constructs_lib.training.processing_job import ProcessingJob as ProcessingJob
    from constructs_lib.training.processing_outputs import ProcessingOutput as ProcessingOutput
    from constructs_lib.training.processing_outputs import S3UploadMode as S3UploadMode
    from constructs_lib.training.processing_script import ProcessingScript as ProcessingScript
    from constructs_lib.training.references import JobArtifact as JobArtifact
    from constructs_lib.training.references import execution_input as execution_input
    from constructs_lib.training.references import map_item as map_item
    from constructs_lib.training.serverless import CustomizationTechnique as CustomizationTechnique
    from constructs_lib.training.serverless import EvaluationType as EvaluationType
    from constructs_lib.training.serverless import Peft as Peft
    from constructs_lib.training.serverless import ServerlessJob as ServerlessJob
    from constructs_lib.training.serverless_training_job import ServerlessTrainingJob as ServerlessTrainingJob
    from constructs_lib.training.source_code import SourceCode as SourceCode
    from constructs_lib.training.spot import Checkpoints as Checkpoints
    from constructs_lib.training.spot import ManagedSpot as ManagedSpot
    from constructs_lib.training.steps import Choice as Choice
    from constructs_lib.training.steps import Fail as Fail
    from constructs_lib.training.steps import Map as Map
    from constructs_lib.training.steps import Parallel as Parallel
    from constructs_lib.training.tracking import Experiment as Experiment
    from constructs_lib.training.tracking import Mlflow as Mlflow
    from constructs_lib.training.tracking import ModelPackageConfig as ModelPackageConfig
    from constructs_lib.training.tracking import TensorBoard as TensorBoard
    from constructs_lib.training.training_job import TrainingJob as TrainingJob
    from constructs_lib.training.training_workflow import TrainingWorkflow as TrainingWorkflow
    from constructs_lib.training.transform_data import AssemblyType as AssemblyType
    from constructs_lib.training.transform_data import BatchDataCapture as BatchDataCapture
    from constructs_lib.training.transform_data import BatchStrategy as BatchStrategy
    from constructs_lib.training.transform_data import DataProcessing as DataProcessing
    from constructs_lib.training.transform_data import JoinSource as JoinSource
    from constructs_lib.training.transform_data import SplitType as SplitType
    from constructs_lib.training.transform_data import TransformInput as TransformInput
    from constructs_lib.training.transform_data import TransformOutput as TransformOutput
    from constructs_lib.training.transform_job import ExistingModel as ExistingModel
    from constructs_lib.training.transform_job import TransformJob as TransformJob
    from constructs_lib.training.transform_job import TransformModel as TransformModel
    from constructs_lib.training.tuning_definition import TuningDefinition as TuningDefinition
    from constructs_lib.training.tuning_definition import TuningInstanceConfig as TuningInstanceConfig
    from constructs_lib.training.tuning_job import TuningJob as TuningJob
    from constructs_lib.training.tuning_strategy import CompletionCriteria as CompletionCriteria
    from constructs_lib.training.tuning_strategy import ObjectiveType as ObjectiveType
    from constructs_lib.training.tuning_strategy import TuningObjective as TuningObjective
    from constructs_lib.training.tuning_strategy import TuningStrategy as TuningStrategy
    from constructs_lib.training.tuning_strategy import WarmStart as WarmStart
    from constructs_lib.training.tuning_strategy import WarmStartType as WarmStartType

# Where each public name is defined; a test compares this with the imports above.
_HOMES = {
    "AlgorithmFacts": "containers.algorithm_facts",
    "ArtifactStore": "foundation.artifact_store",
    "AssemblyType": "training.transform_data",
    "AthenaInput": "training.processing_datasets",
    "AthenaResultCompressionType": "training.processing_datasets",
    "AthenaResultFormat": "training.processing_datasets",
    "AutoParameter": "training.parameter_ranges",
    "BatchDataCapture": "training.transform_data",
    "BatchStrategy": "training.transform_data",
    "CategoricalParameterRange": "training.parameter_ranges",
    "Channel": "training.channels",
    "Checkpoints": "training.spot",
    "Choice": "training.steps",
    "ClarifyProcessingJob": "training.clarify_processing_job",
    "Cluster": "training.cluster",
    "CompilationFramework": "training.compilation_target",
    "CompilationInput": "training.compilation_target",
    "CompilationJob": "training.compilation_job",
    "CompilationTarget": "training.compilation_target",
    "CompletionCriteria": "training.tuning_strategy",
    "Compression": "training.channels",
    "Condition": "training.conditions",
    "ConfigurationError": "errors",
    "Container": "models.container",
    "ContainerCommand": "training.container_command",
    "ContainerImage": "containers.container_image",
    "ContinuousParameterRange": "training.parameter_ranges",
    "CreateModelStep": "training.model_steps",
    "CustomizationTechnique": "training.serverless",
    "DataCapture": "endpoints.data_capture",
    "DataKey": "foundation.data_key",
    "DataProcessing": "training.transform_data",
    "Debugger": "training.debugging",
    "Device": "containers.framework_images",
    "Distribution": "training.distribution",
    "EvaluationType": "training.serverless",
    "ExecutionRole": "foundation.execution_role",
    "ExistingModel": "training.transform_job",
    "Experiment": "training.tracking",
    "Fail": "training.steps",
    "HeterogeneousCluster": "training.cluster",
    "HyperParameterScalingType": "training.parameter_ranges",
    "ImagePurpose": "containers.framework_images",
    "InputMode": "training.channels",
    "InstanceGroup": "training.machines",
    "InstancePlacement": "training.placement",
    "InstancePreference": "training.preferred_instances",
    "InstanceType": "compute.instance_type",
    "IntegerParameterRange": "training.parameter_ranges",
    "Job": "training.job",
    "JobArtifact": "training.references",
    "JoinSource": "training.transform_data",
    "Machines": "training.machines",
    "ManagedSpot": "training.spot",
    "Map": "training.steps",
    "Mlflow": "training.tracking",
    "Model": "models.model",
    "ModelApprovalStatus": "training.model_steps",
    "ModelPackageConfig": "training.tracking",
    "ModelPackageGroup": "training.model_registry",
    "ModelPackageGroupBase": "training.model_registry",
    "ModelParallel": "training.model_parallel",
    "Network": "foundation.network",
    "NetworkBase": "foundation.network_base",
    "ObjectiveType": "training.tuning_strategy",
    "OutputCompression": "training.output",
    "Parallel": "training.steps",
    "ParameterRange": "training.parameter_ranges",
    "Peft": "training.serverless",
    "PreferredInstances": "training.preferred_instances",
    "ProcessingCluster": "training.processing_cluster",
    "ProcessingInput": "training.processing_inputs",
    "ProcessingInstancePreference": "training.processing_cluster",
    "ProcessingJob": "training.processing_job",
    "ProcessingOutput": "training.processing_outputs",
    "ProcessingScript": "training.processing_script",
    "ProductionVariant": "endpoints.production_variant",
    "Profiler": "training.debugging",
    "RealTimeEndpoint": "endpoints.real_time_endpoint",
    "RecordWrapper": "training.channels",
    "RedshiftInput": "training.processing_datasets",
    "RedshiftResultCompressionType": "training.processing_datasets",
    "RedshiftResultFormat": "training.processing_datasets",
    "RegisterModelStep": "training.model_steps",
    "Rule": "training.debugging",
    "S3DataDistribution": "training.channel_sources",
    "S3Location": "foundation.s3_location",
    "S3Object": "foundation.s3_location",
    "S3UploadMode": "training.processing_outputs",
    "SageMakerContract": "contract.plugin",
    "ServerlessJob": "training.serverless",
    "ServerlessTrainingJob": "training.serverless_training_job",
    "SourceCode": "training.source_code",
    "SplitType": "training.transform_data",
    "TargetPlatformAccelerator": "training.compilation_target",
    "TargetPlatformArch": "training.compilation_target",
    "TargetPlatformOs": "training.compilation_target",
    "TensorBoard": "training.tracking",
    "TensorCollection": "training.debugging",
    "TrainingJob": "training.training_job",
    "TrainingWorkflow": "training.training_workflow",
    "TransformInput": "training.transform_data",
    "TransformJob": "training.transform_job",
    "TransformModel": "training.transform_job",
    "TransformOutput": "training.transform_data",
    "TuningDefinition": "training.tuning_definition",
    "TuningInstanceConfig": "training.tuning_definition",
    "TuningJob": "training.tuning_job",
    "TuningObjective": "training.tuning_strategy",
    "TuningStrategy": "training.tuning_strategy",
    "UltraServer": "training.placement",
    "VariantScaling": "scaling.variant_scaling",
    "WarmStart": "training.tuning_strategy",
    "WarmStartType": "training.tuning_strategy",
    "execution_input": "training.references",
    "map_item": "training.references",
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
