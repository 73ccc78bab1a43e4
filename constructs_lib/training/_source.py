"""Uploads a packed training script and lets the job's role read it, and nothing beside it."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from constructs_lib._internal.place import place_of
from constructs_lib._internal.statements import Statement
from constructs_lib.foundation.s3_location import S3Object
from constructs_lib.training.channel_sources import S3Source
from constructs_lib.training.channels import Channel, InputMode
from constructs_lib.training.source_code import CODE_CHANNEL, SourceCode, compress, digest


@dataclass(frozen=True, kw_only=True, slots=True)
class BoundSource:
    """A script as one job uses it.

    Attributes:
        hyperparameters: What the image is told, before it is encoded.
        statements: The right to fetch the archive.
        channels: The channel that brings the archive to a container without a network.
    """

    hyperparameters: dict[str, Any]
    statements: tuple[Statement, ...]
    channels: tuple[Channel, ...]


def bind_source(scope: Construct, source: SourceCode, *, isolated: bool) -> BoundSource:
    """Make the asset of *source* in *scope*.

    An isolated container cannot fetch the archive itself, so that SageMaker brings it through a channel, as the
    SageMaker Python SDK does (`EstimatorBase._prepare_for_training`).
    """
    archive = source.pack()
    folder = Path(tempfile.mkdtemp(prefix="sourcedir-"))
    path = folder / "sourcedir.tar.gz"
    path.write_bytes(compress(archive))
    asset = s3_assets.Asset(scope, "Source", path=str(path), asset_hash=digest(archive))
    if asset.asset_path != str(path):
        # It was copied into the cloud assembly; without staging the CLI still needs it here.
        shutil.rmtree(folder)
    stored = S3Object(
        bucket_name=asset.s3_bucket_name,
        bucket_arn=asset.bucket.bucket_arn,
        key=asset.s3_object_key,
        key_arn=asset.bucket.encryption_key.key_arn if asset.bucket.encryption_key else None,
    )
    directory = stored.uri
    channels: tuple[Channel, ...] = ()
    if isolated:
        name = asset.s3_object_key.rpartition("/")[2]
        directory = f"/opt/ml/input/data/{CODE_CHANNEL}/{name}"
        channels = (Channel(name=CODE_CHANNEL, source=S3Source(at=stored), mode=InputMode.FILE),)
    return BoundSource(
        hyperparameters=source.hyperparameters(submit_directory=directory, region=place_of(scope).region),
        statements=stored.read_statements(),
        channels=channels,
    )
