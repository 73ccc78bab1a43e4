"""Jobs, by resources and by state machines: encryption, isolation and secrets."""

from collections.abc import Iterator

from .._secured_jobs import MONITORING, Job, is_ebs_only, jobs
from . import UNKNOWN, Fault, Severity, Template, boolean, known, member, number, rule

_CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html"
_TRAFFIC = "https://docs.aws.amazon.com/sagemaker/latest/dg/train-encrypt.html"
_NETWORK = "https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html"
_AT_REST = "https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html"

_ENCRYPT, _ISOLATE = "EnableInterContainerTrafficEncryption", "EnableNetworkIsolation"
_SCHEDULE = "MonitoringScheduleConfig.MonitoringJobDefinition"
# The controls of AWS Security Hub: traffic between containers, and isolation.
_BY_KIND = {"DataQuality": (9, 11), "ModelBias": (15, 12), "ModelQuality": (13, 25), "ModelExplainability": (10, 20)}


@rule("SE101", "the instances of a job encrypt what they send each other", source=_TRAFFIC, severity=Severity.WARNING)
def traffic(template: Template) -> Iterator[Fault]:
    for job in template.once(jobs):
        count = job.get(f"{job.cluster}.InstanceCount") if job.cluster else None
        several = number(count) or 0
        groups = job.get(f"{job.cluster}.InstanceGroups") if job.cluster else None
        if isinstance(groups, list):
            several = sum(number(member(group, "InstanceCount")) or 0 for group in groups)
        path, flag = job.flag(_ENCRYPT)
        # Transform instances do not talk to each other, and monitoring has controls of its own.
        talks = job.cluster not in ("", "TransformResources") and job.resource.type not in MONITORING
        if talks and several > 1 and _is_off(flag):
            yield _off(job, path, f"its {several} instances talk to each other in the clear", flag)


@rule("SE102", "a job runs in a VPC or cut off from the network", source=_NETWORK, severity=Severity.WARNING)
def open_network(template: Template) -> Iterator[Fault]:
    for job in template.once(jobs):
        # The network of a transform job is that of its model.
        if job.cluster == "TransformResources" or job.resource.type in MONITORING:
            continue
        _, flag = job.flag(_ISOLATE)
        path, vpc = job.flag("VpcConfig")
        whole = job.get(job.network) if job.network else None
        if vpc is None and whole is not UNKNOWN and _is_off(flag):
            yield job.resource.fault(
                job.at(path),
                f"{path} or {_ISOLATE} must be there, or {job.name} reaches the internet, got neither",
                fix="give it subnets and security groups, or set EnableNetworkIsolation to true",
            )


@rule("SE103", "the output of a job is encrypted with a key of one's own", source=_AT_REST, severity=Severity.WARNING)
def output_key(template: Template) -> Iterator[Fault]:
    for job in template.once(jobs):
        output = job.get(job.output)
        path = f"{job.output}.{job.output_key}"
        if isinstance(output, dict) and known(output) and job.get(path) is None:
            yield job.resource.fault(
                job.at(path),
                f"{path} must be there, or {job.name} writes with the key that AWS manages, got none",
                fix="give the ARN of a key",
            )


@rule("SE104", "the volumes of a job are encrypted with a key of one's own", source=_AT_REST, severity=Severity.WARNING)
def volume_key(template: Template) -> Iterator[Fault]:
    """(TRAPS 13)"""
    for job in template.once(jobs):
        path = f"{job.cluster}.VolumeKmsKeyId"
        if job.cluster and is_ebs_only(job.get(f"{job.cluster}.InstanceType")) and job.get(path) is None:
            yield job.resource.fault(
                job.at(path),
                f"{path} must be there, or the volumes of {job.name} have a key that AWS manages, got none",
                fix="give the ARN of a key",
            )


@rule("SE105", "monitoring encrypts what its containers send each other", source=_CONTROLS, severity=Severity.WARNING)
def monitoring_traffic(template: Template) -> Iterator[Fault]:
    for job in _monitoring(template):
        path, flag = job.flag(_ENCRYPT)
        kind = MONITORING.get(job.resource.type, "")
        control = _BY_KIND[kind][0] if kind else 22
        alone = kind == "ModelBias" and number(job.get("JobResources.ClusterConfig.InstanceCount")) == 1
        if _is_off(flag) and not alone:
            yield _off(job, path, f"its traffic is in the clear (SageMaker.{control})", flag)


@rule("SE106", "monitoring is cut off from the network", source=_CONTROLS, severity=Severity.WARNING)
def monitoring_isolation(template: Template) -> Iterator[Fault]:
    for job in _monitoring(template):
        path, flag = job.flag(_ISOLATE)
        kind = MONITORING.get(job.resource.type, "")
        if _is_off(flag):
            control = _BY_KIND[kind][1] if kind else 14
            yield _off(job, path, f"it reaches the network (SageMaker.{control})", flag)


def _monitoring(template: Template) -> Iterator[Job]:
    yield from (job for job in template.once(jobs) if job.resource.type in MONITORING)
    for schedule in template.of_type("AWS::SageMaker::MonitoringSchedule"):
        definition = schedule.get(_SCHEDULE)
        if isinstance(definition, dict) and known(definition):
            name = f"the monitoring schedule {schedule.logical_id}"
            yield Job(schedule, name, _SCHEDULE, definition, "MonitoringResources.ClusterConfig", "NetworkConfig", "")


def _is_off(flag: object) -> bool:
    return flag is None or boolean(flag) is False


def _off(job: Job, path: str, why: str, flag: object) -> Fault:
    name = path.rpartition(".")[2]
    return job.resource.fault(
        job.at(path),
        f"{name} must be true for {job.name}, or {why}, got {'none' if flag is None else flag}",
        fix="set it to true",
        value=flag,
    )
