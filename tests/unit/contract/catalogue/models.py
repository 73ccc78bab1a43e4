"""Models whose properties do not go together."""

from typing import Any

from . import Examples, Json
from .shapes import archive, model, resource
from .state_requests import train

IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/own:1"
ROLE = "arn:aws:iam::123456789012:role/model"
SAFE = {
    "ExecutionRoleArn": ROLE,
    "EnableNetworkIsolation": True,
    "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"]},
}


def called(name: str, example: Json) -> Json:
    """The one resource of *example* under another logical id, for a template of several."""
    (content,) = example.values()
    return {name: content}


def models(*containers: Json, **properties: Any) -> Json:
    """A model of several containers."""
    filled = [{"Image": IMAGE, **container} for container in containers]
    return resource("Model", **{**SAFE, "Containers": filled, **properties})


def open_model(**container: Any) -> Json:
    """A model that is in no VPC and not isolated."""
    return resource("Model", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": IMAGE, **container})


def changed(example: Json, **properties: Any) -> Json:
    """*example* with more properties."""
    (name, content), *_ = example.items()
    return {name: {**content, "Properties": {**content["Properties"], **properties}}}


def multi(**container: Any) -> Json:
    return model(Mode="MultiModel", **container)


def joined(*parts: Any) -> Json:
    return {"Fn::Join": ["", list(parts)]}


DIRECT = {"Mode": "Direct"}
CREATE = "arn:aws:states:::sagemaker:createModel"
BUCKET = {"Ref": "Bucket"}
HUB = {"HF_MODEL_ID": "org/model"}

EXAMPLES = {
    "SM201": Examples(
        fails={
            "both": changed(model(), Containers=[{"Image": IMAGE}]),
            "none": resource("Model", **SAFE),
            "none in a state machine": train({"ModelName": "m", **SAFE}, CREATE),
        },
        passes={
            "one container": model(),
            "several": models({}, {}),
            "one that a path fills in": train({"ModelName": "m", **SAFE, "PrimaryContainer.$": "$.container"}, CREATE),
            "one that a function gives": resource(
                "Model", **{**SAFE, "PrimaryContainer": {"Fn::FindInMap": ["A", "B", "C"]}}
            ),
        },
    ),
    "SM202": Examples(
        fails={"one of two": models({"ContainerHostname": "first"}, {})},
        passes={
            "all": models({"ContainerHostname": "first"}, {"ContainerHostname": "second"}),
            "none": models({}, {}),
            "a mode that is a parameter": models(
                {"ContainerHostname": "first"}, {}, InferenceExecutionConfig={"Mode": {"Ref": "Mode"}}
            ),
        },
    ),
    "SM203": Examples(
        fails={
            "one name twice": models(
                {"ContainerHostname": "same"}, {"ContainerHostname": "same"}, InferenceExecutionConfig=DIRECT
            )
        },
        passes={
            "two names": models({"ContainerHostname": "first"}, {"ContainerHostname": "second"}),
            "a parameter twice": models({"ContainerHostname": {"Ref": "A"}}, {"ContainerHostname": {"Ref": "A"}}),
        },
    ),
    "SM204": Examples(
        fails={
            "one without": models({"ContainerHostname": "first"}, {}, InferenceExecutionConfig=DIRECT),
            "all without": models({}, {}, InferenceExecutionConfig=DIRECT),
        },
        passes={
            "all with": models(
                {"ContainerHostname": "first"}, {"ContainerHostname": "second"}, InferenceExecutionConfig=DIRECT
            ),
            "without in a pipeline": models({}, {}, InferenceExecutionConfig={"Mode": "Serial"}),
        },
    ),
    "SM205": Examples(
        fails={
            "an archive": multi(ModelDataUrl="s3://bucket/models/one.tar.gz"),
            "an archive in a bucket of the template": multi(ModelDataUrl=joined("s3://", BUCKET, "/one.tar.gz")),
        },
        passes={
            "a prefix": multi(ModelDataUrl="s3://bucket/models/"),
            "an archive of a single model": model(ModelDataUrl="s3://bucket/models/one.tar.gz"),
        },
    ),
    "SM206": Examples(
        fails={"no slash": multi(ModelDataUrl="s3://bucket/models")},
        passes={
            "a slash": multi(ModelDataUrl=joined("s3://", BUCKET, "/models/")),
            "a single model": model(ModelDataUrl="s3://bucket/model"),
            "an end that is a parameter": multi(ModelDataUrl=joined("s3://bucket/", {"Ref": "Prefix"})),
        },
    ),
    "SM207": Examples(
        fails={
            "no location": multi(),
            "a location of the other kind": changed(
                archive(),
                PrimaryContainer={**archive()["Resource"]["Properties"]["PrimaryContainer"], "Mode": "MultiModel"},
            ),
        },
        passes={
            "a prefix": multi(ModelDataUrl="s3://bucket/models/"),
            "a location that is a parameter": multi(ModelDataUrl={"Ref": "Location"}),
            "a package": multi(ModelPackageName="package"),
        },
    ),
    "SM208": Examples(
        fails={"a single model": model(MultiModelConfig={"ModelCacheSetting": "Disabled"})},
        passes={
            "a multi-model": multi(
                ModelDataUrl="s3://bucket/models/", MultiModelConfig={"ModelCacheSetting": "Disabled"}
            )
        },
    ),
    "SM209": Examples(
        fails={
            "both": model(
                ModelDataUrl="s3://bucket/model.tar.gz",
                ModelDataSource=archive()["Resource"]["Properties"]["PrimaryContainer"]["ModelDataSource"],
            )
        },
        passes={"an archive": model(ModelDataUrl="s3://bucket/model.tar.gz"), "files": archive()},
    ),
    "SM210": Examples(
        fails={
            "no slash": archive(S3Uri="s3://bucket/m"),
            "no slash after a reference": archive(S3Uri=joined("s3://", BUCKET, "/m")),
        },
        passes={
            "a slash": archive(),
            "an object": archive(S3Uri="s3://bucket/m.tar.gz", S3DataType="S3Object", CompressionType="Gzip"),
            "an end that is a reference": archive(S3Uri=joined("s3://bucket/", {"Ref": "Prefix"})),
        },
    ),
    "SM211": Examples(
        fails={"a name in the hub": changed(model(Environment=HUB), EnableNetworkIsolation=True)},
        passes={
            "with a way out": changed(model(Environment=HUB), EnableNetworkIsolation=False),
            "a path": changed(model(Environment={"HF_MODEL_ID": "/opt/ml/model"}), EnableNetworkIsolation=True),
            "with an artifact": changed(
                model(Environment=HUB, ModelDataUrl="s3://bucket/model.tar.gz"), EnableNetworkIsolation=True
            ),
            "a name that is a parameter": changed(
                model(Environment={"HF_MODEL_ID": {"Ref": "Name"}}), EnableNetworkIsolation="true"
            ),
        },
    ),
}
