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
    from constructs_lib.operations.alarm_thresholds import AlarmThresholds as AlarmThresholds
    from constructs_lib.operations.alarm_topic import AlarmTopic as AlarmTopic
    from constructs_lib.operations.dashboard import Dashboard as Dashboard
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
_MODULES = {
    "compute.instance_type": "InstanceType",
    "containers.algorithm_facts": "AlgorithmFacts",
    "containers.container_image": "ContainerImage",
    "containers.framework_images": "Device ImagePurpose",
    "contract.plugin": "SageMakerContract",
    "endpoints.async_endpoint": "AsyncEndpoint",
    "endpoints.component_specification": "ComponentSpecification ComputeRequirements Placement PlacementStrategy",
    "endpoints.component_variant": "ComponentVariant ManagedInstanceScaling ScaleInStrategy",
    "endpoints.data_capture": "CaptureMode DataCapture",
    "endpoints.deployment": "AllAtOnce Canary CapacitySize DeploymentPolicy Linear Rolling",
    "endpoints.endpoint_base": "EndpointBase EndpointEvent ImportedEndpoint",
    "endpoints.hosted_endpoint": "HostedEndpoint VariantProperty",
    "endpoints.inference_component": "Adapter InferenceComponent",
    "endpoints.inference_component_endpoint": "InferenceComponentEndpoint",
    "endpoints.inference_pipeline_endpoint": "InferencePipelineEndpoint",
    "endpoints.metric": "MetricOptions",
    "endpoints.metrics_config": "MetricsConfig",
    "endpoints.multi_container_endpoint": "EndpointContainer MultiContainerEndpoint",
    "endpoints.multi_model_endpoint": "MultiModelEndpoint",
    "endpoints.production_variant": "ProductionVariant",
    "endpoints.real_time_endpoint": "RealTimeEndpoint",
    "endpoints.rollback": "AutoRollback",
    "endpoints.serverless_endpoint": "ServerlessEndpoint",
    "endpoints.serverless_variant": "ServerlessVariant",
    "endpoints.variant_options": "InstancePool InstancePools PrefixAwareRouting RoutingStrategy",
    "errors": "ConfigurationError",
    "features.data_catalog": "DataCatalog",
    "features.feature": "Feature FeatureType",
    "features.feature_group": "FeatureGroup",
    "features.feature_group_base": "FeatureGroupBase FeatureStoreOperation",
    "features.offline_store": "OfflineStore TableFormat",
    "features.online_store": "OnlineStore StorageType TimeToLive",
    "features.throughput": "Throughput",
    "foundation.artifact_store": "ArtifactStore",
    "foundation.data_key": "DataKey",
    "foundation.execution_role": "ExecutionRole",
    "foundation.network": "Network",
    "foundation.network_base": "NetworkBase",
    "foundation.s3_location": "S3Location S3Object",
    "models.composition": "ModelKind",
    "models.container": "Container",
    "models.metrics_endpoint": "MetricsEndpoint",
    "models.model": "Model",
    "models.model_artifact": "ModelArtifact ModelCompression MultiModelArtifact",
    "models.model_base": "ModelBase",
    "models.model_package": "ModelPackage",
    "models.multi_container_model": "MultiContainerModel",
    "models.multi_model": "MultiModel",
    "models.pipeline_model": "PipelineModel",
    "notebooks.notebook_base": "NotebookInstanceBase NotebookInstanceStatus",
    "notebooks.notebook_instance": "NotebookInstance",
    "notebooks.notebook_scripts": "NotebookScripts",
    "operations.alarm_thresholds": "AlarmThresholds",
    "operations.alarm_topic": "AlarmTopic",
    "operations.dashboard": "Dashboard",
    "scaling.async_scaling": "AsyncScaling",
    "scaling.component_scaling": "ComponentScaling",
    "scaling.concurrency_scaling": "ConcurrencyScaling",
    "scaling.instance_scaling": "VariantScaling",
    "scaling.options": "SuspendedState TrackingOptions",
    "scaling.preview.scaling_preview": "ScalingPreview",
    "scaling.preview.scaling_replay": "ScalingReplay",
    "scaling.preview.traffic_trace": "TrafficTrace",
    "scaling.step_adjustment": "AdjustmentType StepAdjustment",
    "training.channel_sources": "S3DataDistribution",
    "training.channels": "Channel Compression InputMode RecordWrapper",
    "training.clarify_processing_job": "ClarifyProcessingJob",
    "training.cluster": "Cluster HeterogeneousCluster",
    "training.compilation_job": "CompilationJob",
    "training.compilation_target": (
        "CompilationFramework CompilationInput CompilationTarget TargetPlatformAccelerator TargetPlatformArch "
        "TargetPlatformOs"
    ),
    "training.conditions": "Condition",
    "training.container_command": "ContainerCommand",
    "training.debugging": "Debugger Profiler Rule TensorCollection",
    "training.distribution": "Distribution",
    "training.job": "Job",
    "training.machines": "InstanceGroup Machines",
    "training.model_parallel": "ModelParallel",
    "training.model_registry": "ModelPackageGroup ModelPackageGroupBase",
    "training.model_steps": "CreateModelStep ModelApprovalStatus RegisterModelStep",
    "training.output": "OutputCompression",
    "training.parameter_ranges": (
        "AutoParameter CategoricalParameterRange ContinuousParameterRange HyperParameterScalingType "
        "IntegerParameterRange ParameterRange"
    ),
    "training.placement": "InstancePlacement UltraServer",
    "training.preferred_instances": "InstancePreference PreferredInstances",
    "training.processing_cluster": "ProcessingCluster ProcessingInstancePreference",
    "training.processing_datasets": (
        "AthenaInput AthenaResultCompressionType AthenaResultFormat RedshiftInput "
        "RedshiftResultCompressionType RedshiftResultFormat"
    ),
    "training.processing_inputs": "ProcessingInput",
    "training.processing_job": "ProcessingJob",
    "training.processing_outputs": "ProcessingOutput S3UploadMode",
    "training.processing_script": "ProcessingScript",
    "training.references": "JobArtifact execution_input map_item",
    "training.serverless": "CustomizationTechnique EvaluationType Peft ServerlessJob",
    "training.serverless_training_job": "ServerlessTrainingJob",
    "training.source_code": "SourceCode",
    "training.spot": "Checkpoints ManagedSpot",
    "training.steps": "Choice Fail Map Parallel",
    "training.tracking": "Experiment Mlflow ModelPackageConfig TensorBoard",
    "training.training_job": "TrainingJob",
    "training.training_workflow": "TrainingWorkflow",
    "training.transform_data": (
        "AssemblyType BatchDataCapture BatchStrategy DataProcessing JoinSource SplitType TransformInput TransformOutput"
    ),
    "training.transform_job": "TransformJob",
    "training.tuning_definition": "TuningDefinition TuningInstanceConfig",
    "training.tuning_job": "TuningJob",
    "training.tuning_strategy": (
        "CompletionCriteria ObjectiveType TuningObjective TuningStrategy WarmStart WarmStartType"
    ),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names.split()}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
