"""`AWS::SNS::Topic`, whose key MiniStack does not take over from a template."""

from ministack.services import sns

from ..api import Request

TOPIC = "AWS::SNS::Topic"


def encrypt(arn: str, properties: Request) -> None:
    """Let a topic encrypt with the key of its template, which whoever publishes then has to be allowed as well."""
    attributes = sns._topics[arn]["attributes"]
    if key := properties.get("KmsMasterKeyId"):
        attributes["KmsMasterKeyId"] = key
    else:
        attributes.pop("KmsMasterKeyId", None)
