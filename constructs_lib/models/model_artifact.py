"""Where the weights of a model lie, and how SageMaker brings them to its machines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

from constructs_lib._internal.checks import is_a, is_token, known_at_synth, require
from constructs_lib._internal.kinds import field_problems, kind_problems
from constructs_lib._internal.statements import Statement
from constructs_lib.foundation.s3_location import S3Location, S3Object

_LOCATION = "a place in a bucket, such as store.location('models/current')"
_OBJECT = "one object, such as store.artifact('models/m.tar.gz')"


class Archive(Protocol):
    """One gzipped tar: an `S3Object`, or what a job of the same workflow leaves, which has a key only while it runs."""

    @property
    def uri(self) -> str:
        """Its address."""

    def read_statements(self) -> Sequence[Statement]:
        """What reading it takes."""


class ModelCompression(StrEnum):
    """How an artifact is packed."""

    NONE = "None"
    GZIP = "Gzip"


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelArtifact:
    """Weights with more to say of them than their place; make one with a `from_*` method.

    A plain `S3Object` (a gzipped tar) or `S3Location` (a folder) says the same with nothing else set. All of these are
    served by instances only: no serverless endpoint, transform job, multi-model endpoint or Marketplace product takes
    the API's `ModelDataSource`.

    Attributes:
        source: The object or the prefix.
        compression: How it is packed.
        accept_eula: Whether you accept the licence that the model comes under, having read it.
        hub_content_arn: The reference in a private hub that gives access to a model of JumpStart's public one.
        etag: The ETag that the object must have; None takes what is there.
        manifest: A CSV file that lists the places of the artifact's parts.
        manifest_etag: The ETag that the manifest must have.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3ModelDataSource.html
    """

    source: Archive | S3Location
    compression: ModelCompression
    accept_eula: bool = False
    hub_content_arn: str | None = None
    etag: str | None = None
    manifest: S3Object | None = None
    manifest_etag: str | None = None

    def __post_init__(self) -> None:
        alone = self.manifest is None and self.manifest_etag is not None
        require(
            "ModelArtifact",
            field_problems(self),
            known_at_synth("accept_eula", self.accept_eula, "nobody accepts a licence later"),
            "manifest_etag must come with manifest, whose ETag it is" if alone else None,
        )

    @staticmethod
    def from_archive(
        archive: Archive, *, accept_eula: bool = False, hub_content_arn: str | None = None, etag: str | None = None
    ) -> "ModelArtifact":
        """A gzipped tar, which SageMaker unpacks.

        Raises:
            ConfigurationError: It is no object, or none that ends in `.tar.gz`.
        """
        require("ModelArtifact.from_archive", _archive_problem("archive", archive))
        return ModelArtifact(
            source=archive,
            compression=ModelCompression.GZIP,
            accept_eula=accept_eula,
            hub_content_arn=hub_content_arn,
            etag=etag,
        )

    @staticmethod
    def from_object(
        file: S3Object, *, accept_eula: bool = False, hub_content_arn: str | None = None, etag: str | None = None
    ) -> "ModelArtifact":
        """One file as it is, which the container finds under its own name in `/opt/ml/model`.

        Raises:
            ConfigurationError: It is no object.
        """
        require(
            "ModelArtifact.from_object", is_a("file", file, S3Object, "one object, such as store.artifact('m.bin')")
        )
        return ModelArtifact(
            source=file,
            compression=ModelCompression.NONE,
            accept_eula=accept_eula,
            hub_content_arn=hub_content_arn,
            etag=etag,
        )

    @staticmethod
    def from_prefix(
        location: S3Location | Archive,
        *,
        accept_eula: bool = False,
        hub_content_arn: str | None = None,
        etag: str | None = None,
        manifest: S3Object | None = None,
        manifest_etag: str | None = None,
    ) -> "ModelArtifact":
        """All files below a prefix, as they are; also what a job with uncompressed output leaves.

        Raises:
            ConfigurationError: It is one object, or its name is that of an archive.
        """
        require("ModelArtifact.from_prefix", _prefix_problem("location", location))
        return ModelArtifact(
            source=location if isinstance(location, S3Location) else _Folder(location),
            compression=ModelCompression.NONE,
            accept_eula=accept_eula,
            hub_content_arn=hub_content_arn,
            etag=etag,
            manifest=manifest,
            manifest_etag=manifest_etag,
        )

    @staticmethod
    def from_models(location: S3Location, *, cache: bool = True) -> "MultiModelArtifact":
        """Many models, each a gzipped tar below a prefix; a call names the one that it wants.

        Args:
            location: Where they lie. A model that is put there later is served without a change.
            cache: Keeps models in memory once they are loaded; False suits many that are called seldom.

        Raises:
            ConfigurationError: It is one object, or its name is that of an archive (TRAPS 27).
        """
        return MultiModelArtifact(location=location, cache=cache)

    def data_source(self) -> dict[str, Any]:
        """The `S3DataSource` member."""
        is_prefix = isinstance(self.source, S3Location | _Folder)
        source: dict[str, Any] = {
            "S3Uri": self.source.uri,
            "S3DataType": "S3Prefix" if is_prefix else "S3Object",
            "CompressionType": self.compression.value,
        }
        if self.accept_eula:
            source["ModelAccessConfig"] = {"AcceptEula": True}
        if self.hub_content_arn is not None:
            source["HubAccessConfig"] = {"HubContentArn": self.hub_content_arn}
        if self.manifest is not None:
            source["ManifestS3Uri"] = self.manifest.uri
        if self.etag is not None:
            source["ETag"] = self.etag
        if self.manifest_etag is not None:
            source["ManifestEtag"] = self.manifest_etag
        return source

    def render(self) -> dict[str, Any]:
        """The members of the container."""
        return {"ModelDataSource": {"S3DataSource": self.data_source()}}

    def read_statements(self) -> tuple[Statement, ...]:
        """Read the artifact, and list it where it is a prefix (TRAPS 15)."""
        return (*self.source.read_statements(), *(self.manifest.read_statements() if self.manifest else ()))


@dataclass(frozen=True, kw_only=True, slots=True)
class MultiModelArtifact:
    """Many models below one prefix; `ModelArtifact.from_models(…)` makes one.

    Attributes:
        location: Where the archives lie.
        cache: Whether models stay in memory once they are loaded.

    Raises:
        ConfigurationError: The location is one object, or its name is that of an archive (TRAPS 27).

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MultiModelConfig.html
    """

    location: S3Location
    cache: bool = True

    def __post_init__(self) -> None:
        require(
            "ModelArtifact.from_models",
            is_a(
                "models",
                self.location,
                S3Location,
                "the prefix that the archives lie below, such as store.location('models')",
            ),
            kind_problems("cache", self.cache, bool),
            known_at_synth("cache", self.cache, "it is written as Enabled or Disabled"),
        )
        require("ModelArtifact.from_models", _prefix_problem("models", self.location))

    def render(self) -> dict[str, Any]:
        """The members of the container; the address ends in a slash (TRAPS 27)."""
        return {
            "Mode": "MultiModel",
            "ModelDataUrl": self.location.uri,
            "MultiModelConfig": {"ModelCacheSetting": "Enabled" if self.cache else "Disabled"},
        }

    def read_statements(self) -> tuple[Statement, ...]:
        """List the prefix and read what is below it (TRAPS 15)."""
        return self.location.read_statements()


@dataclass(frozen=True, slots=True)
class _Folder:
    """What a job with uncompressed output leaves, its address with the slash that ends a prefix."""

    job: Archive

    @property
    def uri(self) -> str:
        expression = self.job.uri.removeprefix("{%").removesuffix("%}").strip()
        return f"{{% $replace({expression}, /([^\\/])$/, '$1/') %}}"

    def read_statements(self) -> Sequence[Statement]:
        return self.job.read_statements()


Artifact: TypeAlias = Archive | S3Location | ModelArtifact | MultiModelArtifact


def artifact_problem(field: str, artifact: Any) -> str | None:
    """What is wrong with the weights of a container."""
    if isinstance(artifact, ModelArtifact | MultiModelArtifact):
        return None
    if isinstance(artifact, S3Location):
        return _prefix_problem(field, artifact)
    return _archive_problem(field, artifact)


def additional_problem(field: str, artifact: Any) -> str | None:
    """What is wrong with weights beside the main ones."""
    if isinstance(artifact, MultiModelArtifact):
        return f"{field} must be one model's data; ModelArtifact.from_models(…) is for artifact"
    return artifact_problem(field, artifact)


def render_artifact(artifact: Artifact) -> dict[str, Any]:
    """The members of the container: a plain archive as ever, all else through `ModelDataSource`."""
    if isinstance(artifact, ModelArtifact | MultiModelArtifact):
        return artifact.render()
    if isinstance(artifact, S3Location):
        return ModelArtifact.from_prefix(artifact).render()
    return {"ModelDataUrl": artifact.uri}


def render_additional(artifact: Artifact) -> dict[str, Any]:
    """The `S3DataSource` of a source beside the main one."""
    match artifact:
        case ModelArtifact():
            return artifact.data_source()
        case S3Location():
            return ModelArtifact.from_prefix(artifact).data_source()
        case MultiModelArtifact():
            raise AssertionError("a container refuses this before")
        case _:
            return ModelArtifact.from_archive(artifact).data_source()


def _archive_problem(field: str, artifact: Any) -> str | None:
    if isinstance(artifact, S3Object):
        # What a workflow fills in at the end may end so.
        if is_token(artifact.key) or artifact.key.endswith((".tar.gz", "%}")):
            return None
        return (
            f"{field} must be a gzipped tar, shaped path/model.tar.gz, got {artifact.key!r}; "
            "ModelArtifact.from_object(…) serves a file as it is, store.location(…) a folder"
        )
    return None if _is_left_by_a_job(artifact) else f"{field} must be {_OBJECT}, got {artifact!r}"


def _prefix_problem(field: str, location: Any) -> str | None:
    if not isinstance(location, S3Location):
        return None if _is_left_by_a_job(location) else f"{field} must be {_LOCATION}, got {location!r}"
    if not re.search(r"\.(tar|tar\.gz|tgz)$", location.prefix):
        return None
    return f"{field} must be a prefix and no archive, got {location.prefix!r}; an archive is one object"


def _is_left_by_a_job(artifact: Any) -> bool:
    """Told by its JSONata: the layer of the jobs lies above this one."""
    return isinstance(getattr(artifact, "uri", None), str) and artifact.uri.startswith("{%")
