"""Processing and transform jobs that do not work, and names of jobs."""

from typing import Any

from . import Examples, Json
from .models import called
from .shapes import resource
from .state_requests import KEY, VPC, job, machine, steps, task, train
from .training_requests import in_jsonata

PROCESS = "arn:aws:states:::aws-sdk:sagemaker:createProcessingJob"
TRANSFORM = "arn:aws:states:::sagemaker:createTransformJob.sync"
BELOW = "/opt/ml/processing/data"
DISK = {"VolumeSizeInGB": 30, "VolumeKmsKeyId": KEY}
STORE = {"FeatureStoreOutput": {"FeatureGroupName": "group"}}


def stored(path: Any = BELOW) -> Json:
    return {"S3Uri": "s3://bucket/in", "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File"}


def read(name: Any = "in", **members: Any) -> Json:
    return {"InputName": name, **(members or {"S3Input": stored()})}


def kept(path: Any = BELOW) -> Json:
    return {"S3Uri": "s3://bucket/out", "LocalPath": path, "S3UploadMode": "EndOfJob"}


def written(name: str = "out", **members: Any) -> Json:
    return {"OutputName": name, **(members or {"S3Output": kept()})}


def processing(*inputs: Json, outputs: Any = (), **changes: Any) -> Json:
    cluster = {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, **DISK}
    members = {
        "ProcessingJobName.$": "$$.Execution.Name",
        "ProcessingInputs": list(inputs),
        "ProcessingOutputConfig": {"Outputs": list(outputs), "KmsKeyId": KEY},
        "ProcessingResources": {"ClusterConfig": cluster},
        "NetworkConfig": {"VpcConfig": VPC},
        "AppSpecification": {"ImageUri": "image"},
        "RoleArn": "arn:aws:iam::123456789012:role/process",
        **changes,
    }
    return train(members, PROCESS)


def transform(**changes: Any) -> Json:
    members = {
        "TransformJobName.$": "$$.Execution.Name",
        "ModelName": "model",
        "TransformInput": {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in"}}},
        "TransformOutput": {"S3OutputPath": "s3://bucket/out", "KmsKeyId": KEY},
        "TransformResources": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeKmsKeyId": KEY},
        **changes,
    }
    return train(members, TRANSFORM)


def machines(**members: Any) -> Json:
    return {"ClusterConfig": {**DISK, **members}}


def two(first: str, second: str) -> Json:
    """Two training jobs, one after the other, with these names."""
    states = {
        "First": {**task(job(**{"TrainingJobName.$": first})), "Next": "Second"},
        "Second": task(job(**{"TrainingJobName.$": second})),
    }
    del states["First"]["End"]
    return machine({"StartAt": "First", "States": states})


def mapped(name: str) -> Json:
    inner = steps(task(job(**{"TrainingJobName.$": name})))
    return machine({"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": True, "ItemProcessor": inner}}})


SPLIT = {
    "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in"}},
    "SplitType": "Line",
}
NAME = "$$.Execution.Name"
RESOURCE = resource(
    "ProcessingJob",
    AppSpecification={"ImageUri": "image"},
    RoleArn="arn:aws:iam::123456789012:role/process",
    ProcessingResources=machines(InstanceType="ml.m5.xlarge", InstanceCount=1),
    ProcessingInputs=[read("in", S3Input=stored("/data"))],
    NetworkConfig={"VpcConfig": VPC},
)

EXAMPLES = {
    "ST251": Examples(
        fails={
            "an input twice": processing(read(), read()),
            "an output twice": processing(outputs=[written(), written()]),
        },
        passes={"other names": processing(read(), read("more"), outputs=[written(), written("more")])},
    ),
    "ST252": Examples(
        fails={"none": processing(read(AppManaged=False))},
        passes={"one": processing(read()), "one that a path fills in": processing(read(**{"S3Input.$": "$.data"}))},
    ),
    "ST253": Examples(
        fails={
            "both": processing(outputs=[written(S3Output=kept(), AppManaged=True, **STORE)]),
            "none": processing(outputs=[written(AppManaged=False)]),
        },
        passes={"one": processing(outputs=[written()])},
    ),
    "ST254": Examples(
        fails={"not managed": processing(outputs=[written(**STORE)])},
        passes={"managed": processing(outputs=[written(AppManaged=True, **STORE)])},
    ),
    "ST255": Examples(
        fails={
            "an input elsewhere": processing(read(S3Input=stored("/data"))),
            "an output elsewhere": processing(outputs=[written(S3Output=kept("/data"))]),
            "no path": processing(read(S3Input={"S3Uri": "s3://bucket/in", "S3DataType": "S3Prefix"})),
            "a resource": called("Job", RESOURCE),
        },
        passes={
            "below": processing(read(), outputs=[written()]),
            "elsewhere, by the application": processing(read(AppManaged=True, S3Input=stored("/data"))),
            "a path that a path fills in": processing(
                read(S3Input={"S3Uri": "s3://bucket/in", "S3DataType": "S3Prefix", "LocalPath.$": "$.path"})
            ),
        },
    ),
    "ST256": Examples(
        fails={
            "both": processing(
                ProcessingResources=machines(
                    InstanceType="ml.m5.xlarge",
                    InstanceCount=1,
                    InstancePreferences=[{"InstanceType": "ml.m5.xlarge", "InstanceCount": 1}],
                )
            ),
            "none": processing(ProcessingResources=machines(InstanceCount=1)),
        },
        passes={
            "a type": processing(),
            "preferences": processing(
                ProcessingResources=machines(
                    InstancePreferences=[{"InstanceType": "ml.m5.xlarge", "InstanceCount": 1}],
                )
            ),
        },
    ),
    "ST257": Examples(
        fails={
            "one above": transform(MaxPayloadInMB=101),
            "several above": transform(MaxPayloadInMB=51, MaxConcurrentTransforms=2),
            "many of the usual size": transform(MaxConcurrentTransforms=17),
        },
        passes={
            "one": transform(MaxPayloadInMB=100),
            "several": transform(MaxPayloadInMB=50, MaxConcurrentTransforms=2),
            "without a limit": transform(MaxPayloadInMB=0, MaxConcurrentTransforms=100),
            "a size that a path fills in": transform(MaxConcurrentTransforms=100, **{"MaxPayloadInMB.$": "$.size"}),
            "a number that a path fills in": transform(MaxPayloadInMB=100, **{"MaxConcurrentTransforms.$": "$.n"}),
        },
    ),
    "ST258": Examples(
        fails={"no split": transform(BatchStrategy="MultiRecord")},
        passes={
            "a split": transform(BatchStrategy="MultiRecord", TransformInput=SPLIT),
            "single records": transform(BatchStrategy="SingleRecord"),
        },
    ),
    "ST261": Examples(
        fails={
            "a text": train(job(**{"TrainingJobName.$": None}, TrainingJobName="own")),
            "a text in JSONata": in_jsonata(TrainingJobName="own"),
        },
        passes={
            "the execution's": train(job()),
            "an expression": in_jsonata(TrainingJobName="{% 'own-' & $states.context.Execution.Name %}"),
        },
    ),
    "ST262": Examples(
        fails={"one name twice": two(NAME, NAME), "one name of the input": two("$.name", "$.name")},
        passes={
            "two names": two(f"States.Format('a-{{}}', {NAME})", f"States.Format('b-{{}}', {NAME})"),
        },
    ),
    "ST263": Examples(
        fails={"the execution's": mapped(NAME)},
        passes={
            "the item's": mapped("States.Format('{}-{}', $$.Execution.Name, $$.Map.Item.Index)"),
            "a member of the item": mapped("$.name"),
        },
    ),
}
