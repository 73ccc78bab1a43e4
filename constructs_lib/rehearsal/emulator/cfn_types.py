"""What CloudFormation, and not the API model, says about the types of SageMaker. Imports nothing of MiniStack."""

# The nouns that have a type: a training job, for one, has none. A test compares them with those of aws-cdk-lib.
SAGEMAKER_TYPES = frozenset(
    [
        "AIWorkloadConfig",
        "Action",
        "Algorithm",
        "App",
        "AppImageConfig",
        "Artifact",
        "Cluster",
        "ClusterSchedulerConfig",
        "CodeRepository",
        "Context",
        "DataQualityJobDefinition",
        "DeviceFleet",
        "Domain",
        "Endpoint",
        "EndpointConfig",
        "Experiment",
        "FeatureGroup",
        "Hub",
        "HumanTaskUi",
        "Image",
        "ImageVersion",
        "InferenceComponent",
        "InferenceExperiment",
        "MlflowApp",
        "MlflowTrackingServer",
        "Model",
        "ModelBiasJobDefinition",
        "ModelCard",
        "ModelExplainabilityJobDefinition",
        "ModelPackage",
        "ModelPackageGroup",
        "ModelQualityJobDefinition",
        "MonitoringSchedule",
        "NotebookInstance",
        "NotebookInstanceLifecycleConfig",
        "PartnerApp",
        "Pipeline",
        "ProcessingJob",
        "Project",
        "Space",
        "StudioLifecycleConfig",
        "TrialComponent",
        "UserProfile",
        "Workforce",
        "Workteam",
    ]
)

# Where even other tags make another resource; everywhere else tags change in place.
TAGS_REPLACE = frozenset(
    [
        "DataQualityJobDefinition",
        "FeatureGroup",
        "ModelBiasJobDefinition",
        "ModelExplainabilityJobDefinition",
        "ModelQualityJobDefinition",
        "ProcessingJob",
        "StudioLifecycleConfig",
    ]
)

# What the API changes in place and CloudFormation does not.
CREATE_ONLY = {"NotebookInstance": frozenset(["PlatformIdentifier"])}

# What runs: CloudFormation stops it before it changes or deletes it, and starts it again after a change.
STOPPED_TO_CHANGE = frozenset(["NotebookInstance"])

# What Ref answers where it is not the ARN.
REFS = {"Domain": "DomainId", "FeatureGroup": "FeatureGroupName", "Pipeline": "PipelineName"}

# Properties that a template may state and that no operation takes.
ECHOED = {"InferenceComponent": frozenset(["EndpointArn"])}
