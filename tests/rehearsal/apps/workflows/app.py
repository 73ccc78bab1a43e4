"""A workflow with every kind of job in it, what starts it and what tells of it, out of plain CDK."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1"

app = cdk.App(builtin_cloud_formation_validation=False)
stack = cdk.Stack(app, "Workflows")
bucket = s3.Bucket(stack, "Artifacts")
role = iam.Role(
    stack,
    "Role",
    assumed_by=iam.CompositePrincipal(
        *[iam.ServicePrincipal(f"{name}.amazonaws.com") for name in ("sagemaker", "states", "events", "scheduler")]
    ),
)
role.add_to_policy(iam.PolicyStatement(actions=["*"], resources=["*"]))
group = sagemaker.CfnModelPackageGroup(stack, "Group", model_package_group_name="ranker")
# On AWS a group that has versions cannot be deleted.
group.apply_removal_policy(cdk.RemovalPolicy.RETAIN)


def at(path: str) -> str:
    return f"s3://{bucket.bucket_name}/{path}"


def named(prefix: str) -> str:
    return f"{{% '{prefix}-' & $substring($hash($states.context.Execution.Id, 'SHA-1'), 0, 20) %}}"


def task(action: str, arguments: dict[str, Any], following: str | None = None, **more: Any) -> dict[str, Any]:
    after = {"Next": following} if following else {"End": True}
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::{action}",
        "Arguments": arguments,
        "Output": "{% $states.input %}",
        **after,
        **more,
    }


def branch(**states: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": next(iter(states)), "States": states}


algorithm = {
    "TrainingImage": IMAGE,
    "TrainingInputMode": "File",
    "MetricDefinitions": [{"Name": "validation:accuracy", "Regex": "accuracy=([0-9.]+)"}],
}
training = {
    "RoleArn": role.role_arn,
    "AlgorithmSpecification": algorithm,
    "InputDataConfig": [
        {
            "ChannelName": "train",
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": at("data/train/")}},
        }
    ],
    "OutputDataConfig": {"S3OutputPath": at("models/")},
    "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 50},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200},
    "EnableManagedSpotTraining": True,
    "CheckpointConfig": {"S3Uri": at("checkpoints")},
}
processing = {
    "ProcessingJobName": named("process"),
    "RoleArn": role.role_arn,
    "AppSpecification": {"ImageUri": IMAGE},
    "ProcessingResources": {
        "ClusterConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30}
    },
    "ProcessingOutputConfig": {
        "Outputs": [
            {
                "OutputName": "test",
                "S3Output": {
                    "S3Uri": at("data/test"),
                    "LocalPath": "/opt/ml/processing/test",
                    "S3UploadMode": "EndOfJob",
                },
            }
        ]
    },
}
tuning = {
    "HyperParameterTuningJobName": "{% 't-' & $substring($hash($states.context.Execution.Id, 'SHA-1'), 0, 20) %}",
    "HyperParameterTuningJobConfig": {
        "Strategy": "Random",
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "validation:accuracy"},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 1},
        "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "lr", "MinValue": "0.1", "MaxValue": "0.5"}]},
    },
    "TrainingJobDefinition": training,
}
compilation = {
    "CompilationJobName": named("compile"),
    "RoleArn": role.role_arn,
    "InputConfig": {"S3Uri": at("models/model.tar.gz"), "Framework": "PYTORCH", "DataInputConfig": "{}"},
    "OutputConfig": {"S3OutputLocation": at("compiled"), "TargetDevice": "ml_c5"},
    "StoppingCondition": {"MaxRuntimeInSeconds": 900},
}
artifact = "{% $Trained.ModelArtifacts.S3ModelArtifacts %}"
transform = {
    "TransformJobName": named("transform"),
    "ModelName": named("ranker"),
    "TransformInput": {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": at("data/test/")}}},
    "TransformOutput": {"S3OutputPath": at("answers")},
    "TransformResources": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1},
}
package = {
    "ModelPackageGroupName": "ranker",
    "ModelApprovalStatus": "PendingManualApproval",
    "InferenceSpecification": {
        "Containers": [{"Image": IMAGE, "ModelDataUrl": artifact}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    },
}
metric = "$Trained.FinalMetricDataList[MetricName = 'validation:accuracy'].Value"
# A schedule gives no threshold.
threshold = "($exists($states.input.threshold) ? $states.input.threshold : 0.5)"
model = {"ModelName": named("ranker"), "ExecutionRoleArn": role.role_arn}
definition = {
    "QueryLanguage": "JSONata",
    "StartAt": "Both",
    "States": {
        "Both": {
            "Type": "Parallel",
            "Branches": [
                branch(Process=task("sagemaker:createProcessingJob.sync", processing)),
                branch(Tune=task("sagemaker:createHyperParameterTuningJob.sync", tuning)),
                branch(
                    Compile=task("aws-sdk:sagemaker:createCompilationJob", compilation, "Pause"),
                    Pause={"Type": "Wait", "Seconds": 30, "Next": "Look"},
                    Look=task(
                        "aws-sdk:sagemaker:describeCompilationJob",
                        {"CompilationJobName": named("compile")},
                        "Compiled?",
                        Output="{% $states.result.CompilationJobStatus %}",
                    ),
                    **{
                        "Compiled?": {
                            "Type": "Choice",
                            "Choices": [{"Condition": "{% $states.input = 'COMPLETED' %}", "Next": "Compiled"}],
                            "Default": "Pause",
                        },
                        "Compiled": {"Type": "Succeed"},
                    },
                ),
            ],
            "Output": "{% $states.input %}",
            "Next": "Train",
        },
        "Train": task(
            "sagemaker:createTrainingJob.sync",
            {"TrainingJobName": named("train"), **training},
            "Good?",
            Assign={"Trained": "{% $states.result %}"},
        ),
        "Good?": {
            "Type": "Choice",
            "Choices": [{"Condition": f"{{% {metric} > {threshold} %}}", "Next": "Model"}],
            "Default": "Bad",
        },
        "Bad": {"Type": "Fail", "Error": "TooBad"},
        "Model": task(
            "sagemaker:createModel",
            {**model, "PrimaryContainer": {"Image": IMAGE, "ModelDataUrl": artifact}},
            "Register",
        ),
        "Register": task("aws-sdk:sagemaker:createModelPackage", package, "Transform"),
        "Transform": task("sagemaker:createTransformJob.sync", transform),
    },
}
machine = sfn.CfnStateMachine(
    stack, "Machine", role_arn=role.role_arn, definition_string=stack.to_json_string(definition)
)
machine.node.add_dependency(group)
silent = {"StartAt": "Nothing", "States": {"Nothing": {"Type": "Pass", "End": True}}}
sfn.CfnStateMachine(stack, "Silent", role_arn=role.role_arn, definition_string=stack.to_json_string(silent))

topic = sns.Topic(stack, "Topic")
topic.add_to_resource_policy(
    iam.PolicyStatement(
        actions=["sns:Publish"], resources=[topic.topic_arn], principals=[iam.ServicePrincipal("events.amazonaws.com")]
    )
)
events.CfnRule(
    stack,
    "Ended",
    event_pattern={
        "source": ["aws.sagemaker", "aws.states"],
        "detail-type": ["SageMaker Training Job State Change", "Step Functions Execution Status Change"],
    },
    targets=[events.CfnRule.TargetProperty(arn=topic.topic_arn, id="Topic")],
)
events.CfnRule(
    stack,
    "Nightly",
    schedule_expression="cron(0 3 * * ? *)",
    targets=[events.CfnRule.TargetProperty(arn=machine.attr_arn, id="Machine", role_arn=role.role_arn)],
)
scheduler.CfnSchedule(
    stack,
    "Weekly",
    schedule_expression="rate(7 days)",
    flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
    target=scheduler.CfnSchedule.TargetProperty(
        arn=machine.attr_arn, role_arn=role.role_arn, input='{"threshold": 0.1}'
    ),
)
app.synth()
