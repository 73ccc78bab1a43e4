"""How SageMaker writes ARNs."""

from constructs_lib._internal.checks import is_token


def name_in_arn(name: str) -> str:
    """*name* as it stands in an ARN: in lower case, and IAM compares ARNs letter by letter.

    A name that is known at deployment only is taken as it is, because CloudFormation cannot write it in lower case.
    """
    return name if is_token(name) else name.lower()
