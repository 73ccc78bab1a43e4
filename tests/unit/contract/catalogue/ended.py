"""What AWS has ended, or is ending."""

from . import Examples
from .endpoint_configs import variant, variants
from .models import changed, joined
from .security_studio import notebook
from .shapes import component, model, resource
from .state_requests import KEY, cluster, job, train

NOTEBOOK = notebook()
REGISTRY = "763104351884.dkr.ecr.eu-west-1.amazonaws.com"
SCHEDULE = resource(
    "MonitoringSchedule",
    MonitoringScheduleConfig={
        "MonitoringJobDefinitionName": "definition",
        "MonitoringType": "DataQuality",
        "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
    },
    MonitoringScheduleName="schedule",
)
LABELS = {
    "LabelingJobName.$": "$.name",
    "LabelAttributeName": "label",
    "InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://bucket/manifest"}}},
    "OutputConfig": {"S3OutputPath": "s3://bucket/out"},
    "RoleArn": "arn:aws:iam::123456789012:role/label",
    "HumanTaskConfig.$": "$.humans",
}

EXAMPLES = {
    "SM291": Examples(
        fails={
            "on a notebook": changed(NOTEBOOK, AcceleratorTypes=["ml.eia2.medium"]),
            "on a variant": variants(variant(AcceleratorType="ml.eia2.medium", InstanceType="ml.g5.xlarge")),
            "an image": model(Image=f"{REGISTRY}/tensorflow-inference-eia:2.3"),
            "in a state machine": train(
                {
                    "EndpointConfigName": "c",
                    "ProductionVariants": [variant(AcceleratorType="ml.eia2.medium", InstanceType="ml.g5.xlarge")],
                },
                "arn:aws:states:::sagemaker:createEndpointConfig",
            ),
        },
        passes={"a notebook": NOTEBOOK, "an image for machines": model(Image=f"{REGISTRY}/tensorflow-inference:2.19")},
    ),
    "SM292": Examples(
        fails={
            "a fleet": resource(
                "DeviceFleet",
                DeviceFleetName="fleet",
                RoleArn="arn:aws:iam::123456789012:role/service-role/fleet",
                OutputConfig={"S3OutputLocation": "s3://bucket/out"},
            ),
        },
        passes={"a model": model(), "a call of another kind": train(job())},
    ),
    "SM293": Examples(
        fails={
            "a variant": variants(variant(InstanceType="ml.p3.2xlarge")),
            "a job": train(job(ResourceConfig=cluster(InstanceType="ml.m4.xlarge", VolumeKmsKeyId=KEY))),
            "a specification": component(
                Specification=None,
                Specifications=[
                    {
                        "InstanceType": kind,
                        "ModelName": "model",
                        "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 1024},
                    }
                    for kind in ("ml.inf1.xlarge", "ml.g6.xlarge")
                ],
            ),
        },
        passes={
            "a living generation": variants(variant(InstanceType="ml.m5.xlarge")),
            "a parameter": variants(variant(InstanceType={"Ref": "Type"})),
        },
    ),
    "SM294": Examples(
        fails={
            "a schedule": SCHEDULE,
            "a labeling job": train(LABELS, "arn:aws:states:::sagemaker:createLabelingJob.sync"),
        },
        passes={"a training job": train(job()), "a model": model()},
    ),
    "SM295": Examples(
        fails={
            "MXNet": model(Image=f"{REGISTRY}/mxnet-inference:1.9.0"),
            "TorchServe, in the region of the stack": model(
                Image=joined(
                    "763104351884.dkr.ecr.", {"Ref": "AWS::Region"}, ".amazonaws.com/pytorch-inference:2.6.0-cpu-py312"
                )
            ),
            "a job": train(
                job(
                    AlgorithmSpecification={
                        "TrainingImage": f"{REGISTRY}/mxnet-training:1.9.0",
                        "TrainingInputMode": "File",
                    }
                )
            ),
        },
        passes={
            "an image that is kept up": model(Image=f"{REGISTRY}/djl-inference:0.33.0-lmi15.0.0-cu128"),
            "an image of one's own": model(Image="123456789012.dkr.ecr.eu-west-1.amazonaws.com/own-mxnet:1"),
            "an image that is a parameter": model(Image={"Ref": "Image"}),
        },
    ),
}
