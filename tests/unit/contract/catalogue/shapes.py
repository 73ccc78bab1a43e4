"""Resources of SageMaker that are not as their type has them."""

from typing import Any

from . import Examples, Json


def model(**container: Any) -> Json:
    properties = {
        "ExecutionRoleArn": "arn:aws:iam::123456789012:role/model",
        "PrimaryContainer": {"Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/own:1", **container},
    }
    return {"Model": {"Type": "AWS::SageMaker::Model", "Properties": properties}}


EXAMPLES = {
    "SM101": Examples(
        fails={"a misspelt property": model(ModelDataUri="s3://bucket/model.tar.gz")},
        passes={"the property's name": model(ModelDataUrl="s3://bucket/model.tar.gz")},
    ),
    "SM102": Examples(
        fails={"a source without its location": model(ModelDataSource={})},
        passes={
            "a source with its location": model(
                ModelDataSource={
                    "S3DataSource": {"S3Uri": "s3://bucket/m/", "S3DataType": "S3Prefix", "CompressionType": "None"}
                }
            )
        },
    ),
}
