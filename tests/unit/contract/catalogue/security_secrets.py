"""Secrets in templates. None of these is one."""

from typing import Any

from . import Examples, Json
from .models import IMAGE
from .security_hosting import makes_model
from .security_jobs import KEY, VPC, job
from .shapes import model
from .state_requests import train
from .tuning_requests import OBJECTIVE, TUNE, config, definition


def variable(**values: object) -> Json:
    return model(Environment=values)


def tunes(**changes: Any) -> Json:
    """A tuning job whose one definition, in a list, is as it should be but for *changes*."""
    right = {"OutputDataConfig": {"S3OutputPath": "s3://bucket/out", "KmsKeyId": KEY}, "VpcConfig": VPC}
    listed = [definition(DefinitionName="first", EnableInterContainerTrafficEncryption=True, **right, **changes)]
    request = {
        "HyperParameterTuningJobName.$": "$$.Execution.Name",
        "HyperParameterTuningJobConfig": config(HyperParameterTuningJobObjective=None),
        "TrainingJobDefinitions": [{**listed[0], "TuningObjective": OBJECTIVE}],
    }
    return train(request, TUNE)


EXAMPLES = {
    "SE401": Examples(
        fails={
            "a password": variable(DB_PASSWORD="hunter2"),
            "a secret access key": variable(AWS_SECRET_ACCESS_KEY="abcdef"),
            "a hyperparameter": job(HyperParameters={"apiKey": "abcdef"}),
            "a container of several in a state machine": makes_model(
                PrimaryContainer=None,
                Containers=[{"Image": IMAGE, "Environment": {"DB_PASSWORD": "hunter2"}}, {"Image": IMAGE}],
            ),
            "a definition of several": tunes(StaticHyperParameters={"apiKey": "abcdef"}),
        },
        passes={
            "a name of a secret": variable(DB_PASSWORD_ARN="arn:aws:secretsmanager:eu-west-1:123456789012:secret:db"),
            "an ARN": variable(DB_SECRET="arn:aws:secretsmanager:eu-west-1:123456789012:secret:db"),
            "words about text": variable(MAX_TOKENS="512", pad_token="<pad>", TOKENIZER="fast"),
            "a reference": variable(DB_PASSWORD={"Ref": "Password"}),
            "a dynamic reference": variable(DB_PASSWORD="{{resolve:ssm:/db/password}}"),
        },
    ),
    "SE402": Examples(
        fails={
            "the form of an access key": variable(USER="AKIA" + "ABCDEFGHIJKLMNOP"),
            "the form of a token": job(HyperParameters={"hub": "hf_" + "a" * 34}),
        },
        passes={"a word": variable(USER="AKIA")},
    ),
}
