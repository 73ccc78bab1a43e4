"""Secrets in templates. None of these is one."""

from . import Examples, Json
from .security_jobs import job
from .shapes import model


def variable(**values: object) -> Json:
    return model(Environment=values)


EXAMPLES = {
    "SE401": Examples(
        fails={
            "a password": variable(DB_PASSWORD="hunter2"),
            "a secret access key": variable(AWS_SECRET_ACCESS_KEY="abcdef"),
            "a hyperparameter": job(HyperParameters={"apiKey": "abcdef"}),
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
