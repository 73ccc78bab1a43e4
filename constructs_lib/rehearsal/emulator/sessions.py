"""Requests to S3, KMS and Step Functions with credentials of a role: each has to be allowed, and is kept.

MiniStack serves them to anybody. Where the account itself asks, as the rehearsal does for most of its steps, nothing is
looked at.
"""

import uuid
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ministack.core import iam_actions
from ministack.services import kms, s3, stepfunctions

from . import neighbours
from .api import Answer, ApiError
from .callers import Caller, caller

Handler = Callable[..., Awaitable[Answer]]

# What is decrypted to be read, and what is encrypted as it is written.
_READS, _WRITES = ("s3:GetObject", "s3:GetObjectVersion"), ("s3:PutObject",)
_SEALED_WITH = "x-amz-server-side-encryption-aws-kms-key-id"


@dataclass(frozen=True, slots=True)
class _Question:
    action: str
    resource: str
    place: str | None = None
    keys: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Request:
    service: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    query: dict[str, Any]

    def questions(self) -> Iterator[_Question]:
        """What the caller has to be allowed for this request to be served."""
        parts = (self.service, self.method, self.path, self.headers, self.body, self.query)
        action = iam_actions.extract_iam_action(*parts)
        if action is None:
            return
        account, region = neighbours.scope()
        resource = iam_actions.extract_resource_arn(*parts, region, account)
        if self.service != "s3":
            yield _Question(action, resource)
            return
        keys = iam_actions.s3_service_context(action, self.query, self.path, self.headers)
        yield _Question(action, resource, _place(resource, keys), keys)
        for more, other in iam_actions.s3_additional_checks(*parts[1:]):
            yield _Question(more, other, _place(other, {}))
        yield from self._sealed(action)

    def _sealed(self, action: str) -> Iterator[_Question]:
        """The use of the key that an object is encrypted with: S3 asks KMS in the name of the caller."""
        bucket, _, key = self.path.lstrip("/").partition("/")
        used, purpose = None, ""
        if action in _READS and self.method == "GET":
            used, purpose = neighbours.object_key(bucket, key), "kms:Decrypt"
        elif action in _WRITES:
            named = self.headers.get(_SEALED_WITH)
            used, purpose = neighbours.key_arn(named) if named else neighbours.bucket_key(bucket), "kms:GenerateDataKey"
        if used:
            yield _Question(purpose, used, keys={"kms:ViaService": f"s3.{neighbours.scope()[1]}.amazonaws.com"})


def install() -> None:
    """Put the questions before the services of MiniStack."""
    # MiniStack looks these up when a request comes, by path or by the name of a host.
    for service, module in (("s3", s3), ("kms", kms), ("states", stepfunctions)):
        module.handle_request = _guarded(service, module.handle_request)


def _guarded(service: str, serve: Handler) -> Handler:
    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any], **options: Any
    ) -> Answer:
        try:
            asking = caller(headers)
        except ApiError as error:
            return _denied(service, "", "", error.message, headers, error.code)
        refusal = _refused(asking, _Request(service, method, path, headers, body, query)) if asking else None
        return refusal or await serve(method, path, headers, body, query, **options)

    return handle


def _refused(asking: Caller, request: _Request) -> Answer | None:
    """The answer to a request that the caller may not make; None where it may."""
    for question in request.questions():
        found = asking.asks(question.action, question.resource, place=question.place, **question.keys)
        if not found.allowed:
            words = (
                f"User: {asking.arn} is not authorized to perform: {question.action} on resource: "
                f"{question.resource}: {found.reason}"
            )
            return _denied(request.service, question.action, asking.arn, words, request.headers)
    return None


def _denied(service: str, action: str, arn: str, words: str, headers: dict[str, str], code: str = "") -> Answer:
    answer: Answer = iam_actions.access_denied_response(
        service, action, arn, str(uuid.uuid4()), error_code=code, message=words, headers=headers
    )
    return answer


def _place(resource: str, keys: dict[str, str]) -> str | None:
    """The folder of an object, or what is listed; None at the top of a bucket, and for another resource."""
    if "s3:prefix" in keys:
        return keys["s3:prefix"]
    key = resource.removeprefix("arn:aws:s3:::").partition("/")[2]
    return key[: key.rfind("/") + 1] or None
