"""Secrets that a template shows to whoever may describe a model or a job."""

import re
from collections.abc import Iterator

from .._states import requests
from .._structure import Structure
from . import Fault, Severity, Template, known, rule

_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"

# Names end in one of these, as words of their own: MAX_TOKENS, tokenizer and pad_token are something else.
_SECRET = re.compile(
    r"(^|[_\-. ])(password|passwd|passphrase|secret|api_?key|access_?key|private_?key|secret_?key|auth_?token|"
    r"access_?token|api_?token|hub_?token|hf_?token|session_?token|credentials?)$",
    re.IGNORECASE,
)
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_VALUE = re.compile(
    r"(AKIA|ASIA)[0-9A-Z]{16}|hf_[A-Za-z0-9]{30,}|gh[pousr]_[A-Za-z0-9]{30,}|-----BEGIN [A-Z ]*PRIVATE KEY"
)
# What names a place to look rather than holding the secret.
_PLACE = re.compile(r"arn:.*|/.*|s3://.*|\$.*|[\d.]+|true|false|none|null|", re.IGNORECASE)

# The names below these are the user's own.
_HOLDERS = ("Environment", "HyperParameters", "StaticHyperParameters")

Pair = tuple[Structure, str, str]


@rule("SE401", "no secret is in an environment or among hyperparameters", source=_IAM, severity=Severity.WARNING)
def named_like_a_secret(template: Template) -> Iterator[Fault]:
    for holder, name, value in template.once(_pairs):
        if _SECRET.search(_WORDS.sub("_", name)) and not _PLACE.fullmatch(value) and not _VALUE.match(value):
            yield holder.fault(
                name,
                f"{name} must not be a literal secret: whoever sees the template or may describe this reads it",
                fix="give the ARN of a secret in Secrets Manager, and read it in the container",
            )


@rule("SE402", "no value is an access key, a token or a private key", source=_IAM, severity=Severity.WARNING)
def looks_like_a_secret(template: Template) -> Iterator[Fault]:
    for holder, name, value in template.once(_pairs):
        if _VALUE.match(value):
            yield holder.fault(
                name,
                f"{name} must not hold an access key, a token or a private key, and its value has the form of one",
                fix="revoke it; give the ARN of a secret in Secrets Manager, and read it in the container",
            )


def _pairs(template: Template) -> list[Pair]:
    """Every literal value of an environment or of hyperparameters, with its name and what holds it."""
    owners = [
        Structure(resource, "", resource.properties)
        for resource in template.resources.values()
        if resource.type.startswith("AWS::SageMaker::")
    ]
    owners += [
        Structure(request.machine, request.path, request.members, request.state.name)
        for request in template.once(requests)
        if request.members is not None
    ]
    return [
        (holder, name, value)
        for owner in owners
        for holder in _holders(owner)
        for name, value in holder.values.items()
        if isinstance(value, str) and known(value)
    ]


def _holders(structure: Structure) -> Iterator[Structure]:
    """The environments and hyperparameters in it, however deep."""
    for name, value in structure.values.items():
        if name in _HOLDERS:
            yield structure.below(name)
        elif isinstance(value, dict):
            yield from _holders(structure.below(name))
        elif isinstance(value, list):
            for item in structure.items(name):
                yield from _holders(item)
