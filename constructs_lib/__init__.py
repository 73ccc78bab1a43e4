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
    from constructs_lib.endpoints.async_endpoint import AsyncEndpoint as AsyncEndpoint
    from constructs_lib.endpoints.component_specification import ComponentSpecification as ComponentSpecification
    from constructs_lib.endpoints.component_specification import ComputeRequirements as ComputeRequirements
    from constructs_lib.endpoints.component_specification import Placement as Placement
    from constructs_lib.endpoints.component_specification import PlacementStrategy as PlacementStrategy
    from constructs_lib.endpoints.component_variant import ComponentVariant as ComponentVariant
    from constructs_lib.endpoints.component_variant import ManagedInstanceScaling as ManagedInstanceScaling
    from constructs_lib.endpoints.component_variant import ScaleInStrategy as ScaleInStrategy
    from constructs_lib.endpoints.data_capture import CaptureMode as CaptureMode
    from constructs_lib.endpoints.data_capture import DataCapture as DataCapture
    from constructs_lib.endpoints.deployment import AllAtOnce as AllAtOnce
    from constructs_lib.endpoints.deployment import Canary as Canary
    from constructs_lib.endpoints.deployment import CapacitySize as CapacitySize
    from constructs_lib.endpoints.deployment import DeploymentPolicy as DeploymentPolicy
    from constructs_lib.endpoints.deployment import Linear as Linear
    from constructs_lib.endpoints.deployment import Rolling as Rolling
    from constructs_lib.endpoints.endpoint_base import EndpointBase as EndpointBase
    from constructs_lib.endpoints.endpoint_base import EndpointEvent as EndpointEvent
    from constructs_lib.endpoints.endpoint_base import ImportedEndpoint as ImportedEndpoint
    from constructs_lib.endpoints.hosted_endpoint import HostedEndpoint as HostedEndpoint
    from constructs_lib.endpoints.hosted_endpoint import VariantProperty as VariantProperty
    from constructs_lib.endpoints.inference_component import Adapter as Adapter
    from constructs_lib.endpoints.inference_component import InferenceComponent as InferenceComponent
    from constructs_lib.endpoints.inference_component_endpoint import (
        InferenceComponentEndpoint as InferenceComponentEndpoint,
    )
    from constructs_lib.endpoints.inference_pipeline_endpoint import (
        InferencePipelineEndpoint as InferencePipelineEndpoint,
    )
    from constructs_lib.endpoints.metric import MetricOptions as MetricOptions
    from constructs_lib.endpoints.metrics_config import MetricsConfig as MetricsConfig
    from constructs_lib.endpoints.multi_container_endpoint import EndpointContainer as EndpointContainer
    from constructs_lib.endpoints.multi_container_endpoint import MultiContainerEndpoint as MultiContainerEndpoint
    from constructs_lib.endpoints.multi_model_endpoint import MultiModelEndpoint as MultiModelEndpoint
    from constructs_lib.endpoints.production_variant import ProductionVariant as ProductionVariant
    from constructs_lib.endpoints.real_time_endpoint import RealTimeEndpoint as RealTimeEndpoint
    from constructs_lib.endpoints.rollback import AutoRollback as AutoRollback
    from constructs_lib.endpoints.serverless_endpoint import ServerlessEndpoint as ServerlessEndpoint
    from constructs_lib.endpoints.serverless_variant import ServerlessVariant as ServerlessVariant
    from constructs_lib.endpoints.variant_options import InstancePool as InstancePool
    from constructs_lib.endpoints.variant_options import InstancePools as InstancePools
    from constructs_lib.endpoints.variant_options import PrefixAwareRouting as PrefixAwareRouting
    from constructs_lib.endpoints.variant_options import RoutingStrategy as RoutingStrategy
    from constructs_lib.errors import ConfigurationError as ConfigurationError
    from constructs_lib.features.data_catalog import DataCatalog as DataCatalog
    from constructs_lib.features.feature import Feature as Feature
    from constructs_lib.features.feature import FeatureType as FeatureType
    from constructs_lib.features.feature_group import FeatureGroup as FeatureGroup
    from constructs_lib.features.feature_group_base import FeatureGroupBase as FeatureGroupBase
    from constructs_lib.features.feature_group_base import FeatureStoreOperation as FeatureStoreOperation
    from constructs_lib.features.offline_store import OfflineStore as OfflineStore
    from constructs_lib.features.offline_store import TableFormat as TableFormat
    from constructs_lib.features.online_store import OnlineStore as OnlineStore
    from constructs_lib.features.online_store import StorageType as StorageType
    from constructs_lib.features.online_store import TimeToLive as TimeToLive
    from constructs_lib.features.throughput import Throughput as Throughput
    from constructs_lib.foundation.artifact_store import ArtifactStore as ArtifactStore
    from constructs_lib.foundation.data_key import DataKey as DataKey
    from constructs_lib.foundation.execution_role import ExecutionRole as ExecutionRole
    from constructs_lib.foundation.network import Network as Network
    from constructs_lib.foundation.network_base import NetworkBase as NetworkBase
    from constructs_lib.foundation.s3_location import S3Location as S3Location
    from constructs_lib.foundation.s3_location import S3Object as S3Object
    from constructs_lib.models.composition import ModelKind as ModelKind
    from constructs_lib.models.container import Container as Container
    from constructs_lib.models.metrics_endpoint import MetricsEndpoint as MetricsEndpoint
    from constructs_lib.models.model import Model as Model
    from constructs_lib.models.model_artifact import ModelArtifact as ModelArtifact
    from constructs_lib.models.model_artifact import ModelCompression as ModelCompression
    from constructs_lib.models.model_artifact import MultiModelArtifact as MultiModelArtifact
    from constructs_lib.models.model_base import ModelBase as ModelBase
    from constructs_lib.models.model_package import ModelPackage as ModelPackage
    from constructs_lib.models.multi_container_model import MultiContainerModel as MultiContainerModel
    from constructs_lib.models.multi_model import MultiModel as MultiModel
    from constructs_lib.models.pipeline_model import PipelineModel as PipelineModel
    from constructs_lib.notebooks.notebook_base import NotebookInstanceBase as NotebookInstanceBase
    from constructs_lib.notebooks.notebook_base import NotebookInstanceStatus as NotebookInstanceStatus
    from constructs_lib.notebooks.notebook_instance import NotebookInstance as NotebookInstance
    from constructs_lib.notebooks.notebook_scripts import NotebookScripts as NotebookScripts
    from constructs_lib.scaling.async_scaling import AsyncScaling as AsyncScaling
    from constructs_lib.scaling.component_scaling import ComponentScaling as ComponentScaling
    from constructs_lib.scaling.concurrency_scaling import ConcurrencyScaling as ConcurrencyScaling
    from constructs_lib.scaling.instance_scaling import VariantScaling as VariantScaling
    from constructs_lib.scaling.options import SuspendedState as SuspendedState
    from constructs_lib.scaling.options import TrackingOptions as TrackingOptions
    from constructs_lib.scaling.preview.scaling_preview import ScalingPreview as ScalingPreview
    from constructs_lib.scaling.preview.scaling_replay import ScalingReplay as ScalingReplay
    from constructs_lib.scaling.preview.traffic_trace import TrafficTrace as TrafficTrace
    from constructs_lib.scaling.step_adjustment import AdjustmentType as AdjustmentType
    from constructs_lib.scaling.step_adjustment import StepAdjustment as StepAdjustment
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
    from constructs_lib.training.transform_job import TransformJob as TransformJob
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
    "Adapter": "endpoints.inference_component",
    "AdjustmentType": "scaling.step_adjustment",
    "AlgorithmFacts": "containers.algorithm_facts",
    "AllAtOnce": "endpoints.deployment",
    "ArtifactStore": "foundation.artifact_store",
    "AssemblyType": "training.transform_data",
    "AsyncEndpoint": "endpoints.async_endpoint",
    "AsyncScaling": "scaling.async_scaling",
    "AthenaInput": "training.processing_datasets",
    "AthenaResultCompressionType": "training.processing_datasets",
    "AthenaResultFormat": "training.processing_datasets",
    "AutoParameter": "training.parameter_ranges",
    "AutoRollback": "endpoints.rollback",
    "BatchDataCapture": "training.transform_data",
    "BatchStrategy": "training.transform_data",
    "Canary": "endpoints.deployment",
    "CapacitySize": "endpoints.deployment",
    "CaptureMode": "endpoints.data_capture",
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
    "ComponentScaling": "scaling.component_scaling",
    "ComponentSpecification": "endpoints.component_specification",
    "ComponentVariant": "endpoints.component_variant",
    "Compression": "training.channels",
    "ComputeRequirements": "endpoints.component_specification",
    "ConcurrencyScaling": "scaling.concurrency_scaling",
    "Condition": "training.conditions",
    "ConfigurationError": "errors",
    "Container": "models.container",
    "ContainerCommand": "training.container_command",
    "ContainerImage": "containers.container_image",
    "ContinuousParameterRange": "training.parameter_ranges",
    "CreateModelStep": "training.model_steps",
    "CustomizationTechnique": "training.serverless",
    "DataCapture": "endpoints.data_capture",
    "DataCatalog": "features.data_catalog",
    "DataKey": "foundation.data_key",
    "DataProcessing": "training.transform_data",
    "Debugger": "training.debugging",
    "DeploymentPolicy": "endpoints.deployment",
    "Device": "containers.framework_images",
    "Distribution": "training.distribution",
    "EndpointBase": "endpoints.endpoint_base",
    "EndpointContainer": "endpoints.multi_container_endpoint",
    "EndpointEvent": "endpoints.endpoint_base",
    "EvaluationType": "training.serverless",
    "ExecutionRole": "foundation.execution_role",
    "Experiment": "training.tracking",
    "Fail": "training.steps",
    "Feature": "features.feature",
    "FeatureGroup": "features.feature_group",
    "FeatureGroupBase": "features.feature_group_base",
    "FeatureStoreOperation": "features.feature_group_base",
    "FeatureType": "features.feature",
    "HeterogeneousCluster": "training.cluster",
    "HostedEndpoint": "endpoints.hosted_endpoint",
    "HyperParameterScalingType": "training.parameter_ranges",
    "ImagePurpose": "containers.framework_images",
    "ImportedEndpoint": "endpoints.endpoint_base",
    "InferenceComponent": "endpoints.inference_component",
    "InferenceComponentEndpoint": "endpoints.inference_component_endpoint",
    "InferencePipelineEndpoint": "endpoints.inference_pipeline_endpoint",
    "InputMode": "training.channels",
    "InstanceGroup": "training.machines",
    "InstancePlacement": "training.placement",
    "InstancePool": "endpoints.variant_options",
    "InstancePools": "endpoints.variant_options",
    "InstancePreference": "training.preferred_instances",
    "InstanceType": "compute.instance_type",
    "IntegerParameterRange": "training.parameter_ranges",
    "Job": "training.job",
    "JobArtifact": "training.references",
    "JoinSource": "training.transform_data",
    "Linear": "endpoints.deployment",
    "Machines": "training.machines",
    "ManagedInstanceScaling": "endpoints.component_variant",
    "ManagedSpot": "training.spot",
    "Map": "training.steps",
    "MetricOptions": "endpoints.metric",
    "MetricsConfig": "endpoints.metrics_config",
    "MetricsEndpoint": "models.metrics_endpoint",
    "Mlflow": "training.tracking",
    "Model": "models.model",
    "ModelApprovalStatus": "training.model_steps",
    "ModelArtifact": "models.model_artifact",
    "ModelBase": "models.model_base",
    "ModelCompression": "models.model_artifact",
    "ModelKind": "models.composition",
    "ModelPackage": "models.model_package",
    "ModelPackageConfig": "training.tracking",
    "ModelPackageGroup": "training.model_registry",
    "ModelPackageGroupBase": "training.model_registry",
    "ModelParallel": "training.model_parallel",
    "MultiContainerEndpoint": "endpoints.multi_container_endpoint",
    "MultiContainerModel": "models.multi_container_model",
    "MultiModel": "models.multi_model",
    "MultiModelArtifact": "models.model_artifact",
    "MultiModelEndpoint": "endpoints.multi_model_endpoint",
    "Network": "foundation.network",
    "NetworkBase": "foundation.network_base",
    "NotebookInstance": "notebooks.notebook_instance",
    "NotebookInstanceBase": "notebooks.notebook_base",
    "NotebookInstanceStatus": "notebooks.notebook_base",
    "NotebookScripts": "notebooks.notebook_scripts",
    "ObjectiveType": "training.tuning_strategy",
    "OfflineStore": "features.offline_store",
    "OnlineStore": "features.online_store",
    "OutputCompression": "training.output",
    "Parallel": "training.steps",
    "ParameterRange": "training.parameter_ranges",
    "Peft": "training.serverless",
    "PipelineModel": "models.pipeline_model",
    "Placement": "endpoints.component_specification",
    "PlacementStrategy": "endpoints.component_specification",
    "PreferredInstances": "training.preferred_instances",
    "PrefixAwareRouting": "endpoints.variant_options",
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
    "Rolling": "endpoints.deployment",
    "RoutingStrategy": "endpoints.variant_options",
    "Rule": "training.debugging",
    "S3DataDistribution": "training.channel_sources",
    "S3Location": "foundation.s3_location",
    "S3Object": "foundation.s3_location",
    "S3UploadMode": "training.processing_outputs",
    "SageMakerContract": "contract.plugin",
    "ScaleInStrategy": "endpoints.component_variant",
    "ScalingPreview": "scaling.preview.scaling_preview",
    "ScalingReplay": "scaling.preview.scaling_replay",
    "ServerlessEndpoint": "endpoints.serverless_endpoint",
    "ServerlessJob": "training.serverless",
    "ServerlessTrainingJob": "training.serverless_training_job",
    "ServerlessVariant": "endpoints.serverless_variant",
    "SourceCode": "training.source_code",
    "SplitType": "training.transform_data",
    "StepAdjustment": "scaling.step_adjustment",
    "StorageType": "features.online_store",
    "SuspendedState": "scaling.options",
    "TableFormat": "features.offline_store",
    "TargetPlatformAccelerator": "training.compilation_target",
    "TargetPlatformArch": "training.compilation_target",
    "TargetPlatformOs": "training.compilation_target",
    "TensorBoard": "training.tracking",
    "TensorCollection": "training.debugging",
    "Throughput": "features.throughput",
    "TimeToLive": "features.online_store",
    "TrackingOptions": "scaling.options",
    "TrafficTrace": "scaling.preview.traffic_trace",
    "TrainingJob": "training.training_job",
    "TrainingWorkflow": "training.training_workflow",
    "TransformInput": "training.transform_data",
    "TransformJob": "training.transform_job",
    "TransformOutput": "training.transform_data",
    "TuningDefinition": "training.tuning_definition",
    "TuningInstanceConfig": "training.tuning_definition",
    "TuningJob": "training.tuning_job",
    "TuningObjective": "training.tuning_strategy",
    "TuningStrategy": "training.tuning_strategy",
    "UltraServer": "training.placement",
    "VariantProperty": "endpoints.hosted_endpoint",
    "VariantScaling": "scaling.instance_scaling",
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
