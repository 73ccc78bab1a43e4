"""What every kind of job has in common: what it needs is looked up before, what it leaves is written at its end."""

import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field

from .. import instances, neighbours, permissions
from ..api import Request, refused
from ..behaviour import after, before, when_done
from ..records import Record
from ..rules import access, file_systems
from ..sagemaker import SageMaker

# The job that is ending, whose role writes; a thread ends one at a time.
_ending: ContextVar[tuple[str, "Needs"]] = ContextVar("job_that_is_ending")


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """Objects that a job reads.

    Attributes:
        given_in: Where the request names them, as in `input data source of channel train`.
        url: An object, or what the names of several begin with.
        is_prefix: Whether it is the latter, which the role must list.
    """

    given_in: str
    url: str
    is_prefix: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """Objects that a job writes.

    Attributes:
        url: One of them, or one as good as any.
        place: The folder that all of them are in, as the request gives it.
        key: The KMS key that the request names for it.
    """

    url: str
    place: str
    key: str | None = None

    @classmethod
    def within(cls, place: str, key: str | None = None) -> "Output":
        """Objects whose names the job's own code decides."""
        return cls(url=below(place, "object"), place=place, key=key)


@dataclass(frozen=True, kw_only=True, slots=True)
class Needs:
    """What a job reaches out for, and the role that must be let in.

    Attributes:
        role: The ARN of the execution role; None for a job without one, such as a serverless one.
        images: What is pulled.
        inputs: What is read.
        outputs: What is written.
        volumes: An instance type and the key that the request names for its volume.
        vpc: The `VpcConfig`, empty where there is none.
        file_systems: Each `FileSystemDataSource`, with where the request names it.
    """

    role: str | None
    images: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    volumes: tuple[tuple[str | None, str | None], ...] = ()
    vpc: Request = field(default_factory=dict)
    file_systems: tuple[tuple[str, Request], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A kind of job.

    Attributes:
        noun: As in the names of its operations.
        needs: What a request reaches out for; several where one job stands for several.
        work: Writes what the job leaves, into S3 and into its record; what it raises makes the job Failed.
        started: The member of Describe that is the time at which it began to run; it `ended` likewise.
        defaults: Members that Describe has even where the request left them out.
    """

    noun: str
    needs: Callable[[SageMaker, Request], Iterable[Needs]]
    work: Callable[[SageMaker, Record], None]
    started: str
    ended: str
    defaults: Request = field(default_factory=dict)


def register(job: Job) -> None:
    """Let the control plane know this kind of job."""
    operation = f"Create{job.noun}"

    @before(operation)
    def _reachable(sagemaker: SageMaker, request: Request) -> None:
        arn = sagemaker.arn(job.noun, str(request[sagemaker.nouns[job.noun].name_member]))
        for needs in job.needs(sagemaker, request):
            _require(operation, arn, needs)

    @after(operation)
    def _begin(sagemaker: SageMaker, record: Record, request: Request) -> None:
        for member, value in job.defaults.items():
            record.values.setdefault(member, value)

    @when_done(job.noun)
    def _end(sagemaker: SageMaker, record: Record, status: str) -> None:
        record.values[job.ended] = time.time()
        if status == record.noun.done:
            record.values[job.started] = record.values["CreationTime"]
            for needs in job.needs(sagemaker, record.values):
                _ending.set((operation, needs))
                if needs.role:
                    access.ask_to_log(needs.role, f"{job.noun}s", f"{record.name}/algo-1", needs.vpc)
            job.work(sagemaker, record)


def _require(operation: str, arn: str, needs: Needs) -> None:
    access.require_network(operation, needs.vpc)
    for instance_type, key in needs.volumes:
        if key and instance_type and instances.has_local_storage(instance_type):
            raise refused(
                f"{operation}: VolumeKmsKeyId cannot be given for instance type {instance_type}, which keeps its data "
                "on local storage that is encrypted by the machine."
            )
    if needs.role is None:
        return
    role = needs.role
    permissions.require_role(operation, role, arn)
    access.require_interfaces(operation, role, needs.vpc)
    for key in {key for _, key in needs.volumes if key}:
        access.require_volume_key(operation, role, key)
    for image in needs.images:
        access.require_image(operation, role, image)
    for read in needs.inputs:
        _require_objects(operation, role, read, needs.vpc)
    for given_in, source in needs.file_systems:
        file_systems.require_mountable(operation, given_in, source, needs.vpc, role)
    for output in needs.outputs:
        access.require_writable(operation, role, output.url, output.key, output.place, needs.vpc)


def _require_objects(operation: str, role: str, read: Input, vpc: Request) -> None:
    bucket, prefix = neighbours.split_s3(read.url)
    found = neighbours.object_keys(bucket, prefix)
    if not (found if read.is_prefix else prefix in found):
        region = neighbours.scope()[1]
        raise refused(
            f'{operation}: No S3 objects found under S3 URL "{read.url}" given in {read.given_in}. '
            f"Please ensure that the bucket exists in the selected region ({region}), that objects exist under that "
            f'S3 prefix, and that the role "{role}" has "s3:ListBucket" permissions on bucket "{bucket}".'
        )
    if read.is_prefix:
        access.require_listable(operation, role, bucket, prefix, vpc)
    access.require_readable(
        operation, role, bucket, found[:1] if read.is_prefix else [prefix], prefix if read.is_prefix else None, vpc
    )


def below(folder: str, name: str) -> str:
    """The URL of *name* in a folder that may or may not end in a slash."""
    return f"{folder.rstrip('/')}/{name}"


def write(url: str, content: bytes) -> None:
    """Put an object where the job that is ending leaves it, with the rights of its role.

    Raises:
        ApiError: The role may not, so the job fails.
    """
    operation, needs = _ending.get()
    output = next((each for each in needs.outputs if url.startswith(below(each.place, ""))), Output(url=url, place=url))
    if needs.role:
        access.require_writable(operation, needs.role, url, output.key, output.place, needs.vpc)
    neighbours.put_object(*neighbours.split_s3(url), content)
