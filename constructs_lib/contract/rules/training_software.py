"""What a training job runs: an image or an algorithm, its hyperparameters, its metrics and what watches it."""

import re
from collections.abc import Iterator

from .._algorithms import channels_of
from .._jobs import trainings
from .._nearest import nearest
from ..instance_facts import SMDDP_TYPES
from . import UNKNOWN, Fault, Severity, Template, boolean, rule

_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference"
_ALGORITHM = f"{_API}/API_AlgorithmSpecification.html"
_METRIC = f"{_API}/API_MetricDefinition.html"

# The hyperparameters that start one kind of distribution each, as sagemaker-training reads them.
# https://github.com/aws/sagemaker-training-toolkit/blob/master/src/sagemaker_training/params.py
_DISTRIBUTIONS = (
    "sagemaker_distributed_dataparallel_enabled",
    "sagemaker_mpi_enabled",
    "sagemaker_multi_worker_mirrored_strategy_enabled",
    "sagemaker_parameter_server_enabled",
    "sagemaker_torch_distributed_enabled",
)


@rule("ST221", "a job runs an image or an algorithm, one of the two", source=_ALGORITHM)
def image_or_algorithm(template: Template) -> Iterator[Fault]:
    for job in trainings(template):
        if job.has("ServerlessJobConfig") or job.get("AlgorithmSpecification") is UNKNOWN:
            continue
        software = job.below("AlgorithmSpecification")
        given = [name for name in ("AlgorithmName", "TrainingImage") if software.has(name)]
        if len(given) != 1:
            yield software.fault(
                "",
                "AlgorithmSpecification must have exactly one of AlgorithmName and TrainingImage, got "
                f"{' and '.join(given) or 'none'}",
                fix="keep one of them",
            )


@rule(
    "ST222",
    "an algorithm of the Marketplace runs isolated",
    source=f"{_GUIDE}/mkt-algo-model-internet-free.html",
    severity=Severity.WARNING,
)
def isolated_algorithm(template: Template) -> Iterator[Fault]:
    for job in trainings(template):
        name = job.get("AlgorithmSpecification.AlgorithmName")
        if (
            isinstance(name, str)
            and ":algorithm/" in name
            and boolean(job.get("EnableNetworkIsolation", False)) is False
        ):
            yield job.fault(
                "EnableNetworkIsolation",
                "EnableNetworkIsolation should be true for an algorithm that is given by its ARN: one of the "
                "Marketplace is refused without it",
                fix="write true, or acknowledge it for an algorithm of your own",
            )


@rule("ST223", "an isolated job downloads no model from a hub", source=f"{_GUIDE}/mkt-algo-model-internet-free.html")
def isolated_download(template: Template) -> Iterator[Fault]:
    for job in trainings(template):
        name = job.get("Environment.HF_MODEL_ID")
        # A path is a model that a channel brings.
        if boolean(job.get("EnableNetworkIsolation")) and isinstance(name, str) and not name.startswith("/"):
            yield job.fault(
                "Environment.HF_MODEL_ID",
                f"HF_MODEL_ID makes the script download {name!r}, which EnableNetworkIsolation cuts off",
                fix="bring the model through a channel and name its path, or take the isolation out",
                value=name,
            )


@rule("ST224", "the expression of a metric compiles", source=_METRIC)
def metric_compiles(template: Template) -> Iterator[Fault]:
    for job in trainings(template):
        for metric in job.items("AlgorithmSpecification.MetricDefinitions"):
            text = metric.get("Regex")
            problem = _compiled(text) if isinstance(text, str) else None
            if isinstance(problem, re.error):
                yield metric.fault(
                    "Regex",
                    f"Regex must be a regular expression, got {text!r}: {problem.msg}",
                    fix="close what is open; escape what is literal",
                    value=text,
                )


@rule("ST225", "the expression of a metric has a group for the value", source=_METRIC)
def metric_group(template: Template) -> Iterator[Fault]:
    for job in trainings(template):
        for metric in job.items("AlgorithmSpecification.MetricDefinitions"):
            text = metric.get("Regex")
            compiled = _compiled(text) if isinstance(text, str) else None
            if isinstance(compiled, re.Pattern) and compiled.groups == 0:
                yield metric.fault(
                    "Regex",
                    f"Regex must have a group that holds the value, got {text!r}",
                    fix=r"put the number in parentheses, as in loss=([0-9.]+)",
                    value=text,
                )


def _compiled(text: str) -> "re.Pattern[str] | re.error":
    try:
        # Other dialects leave out the P of a named group.
        return re.compile(re.sub(r"\(\?<(?=[A-Za-z])", "(?P<", text))
    except re.error as error:
        return error


@rule(
    "ST226",
    "a job is distributed in one way",
    source=f"{_GUIDE}/distributed-training.html",
    severity=Severity.WARNING,
)
def one_distribution(template: Template) -> Iterator[Fault]:
    for job in trainings(template):
        member = "StaticHyperParameters" if job.has("StaticHyperParameters") else "HyperParameters"
        parameters = job.below(member)
        given = [name for name in _DISTRIBUTIONS if boolean(parameters.get(name))]
        if len(given) > 1:
            yield parameters.fault(
                given[1],
                f"{member} should turn on one distribution, got {' and '.join(given)}",
                fix="keep the one that the script is written for",
            )


@rule(
    "ST229",
    "the data-parallel library of SageMaker runs on types that it supports",
    source=f"{_GUIDE}/distributed-data-parallel-support.html",
    severity=Severity.WARNING,
)
def data_parallel_types(template: Template) -> Iterator[Fault]:
    """(TRAPS 33)"""
    for job in trainings(template):
        member = "StaticHyperParameters" if job.has("StaticHyperParameters") else "HyperParameters"
        if not boolean(job.get(f"{member}.sagemaker_distributed_dataparallel_enabled")):
            continue
        resources = job.below("ResourceConfig")
        # Of instance groups, one may do another part of the work.
        kind = resources.get("InstanceType")
        if isinstance(kind, str) and kind not in SMDDP_TYPES:
            yield resources.fault(
                "InstanceType",
                f"InstanceType should be one of {', '.join(SMDDP_TYPES)} where {member} turn on "
                f"sagemaker_distributed_dataparallel_enabled, got {kind}",
                fix="take one of those types, or torchrun (sagemaker_torch_distributed_enabled)",
                value=kind,
            )


@rule(
    "ST230",
    "a channel of a built-in algorithm is one that it reads",
    source=f"{_GUIDE}/common-info-all-im-models.html",
    severity=Severity.WARNING,
)
def unknown_channel(template: Template) -> Iterator[Fault]:
    """(TRAPS 37)"""
    for job in trainings(template):
        image = job.get("AlgorithmSpecification.TrainingImage")
        read = channels_of(image) if isinstance(image, str) else ()
        # XGBoost runs a script too, which may read any channel.
        scripted = not job.lacks("HyperParameters.sagemaker_program", "StaticHyperParameters.sagemaker_program")
        for channel in job.items("InputDataConfig") if read and not scripted else ():
            name = channel.get("ChannelName")
            if isinstance(name, str) and name not in read:
                close = nearest(name, read)
                hint = f"; did you mean {close}?" if close else ""
                yield channel.fault(
                    "ChannelName",
                    f"ChannelName should be one of {', '.join(read)}, which the algorithm reads, got {name!r}{hint}",
                    fix=f"write {close or 'one of those'}",
                    value=name,
                )


@rule(
    "ST227",
    "data is streamed through FastFile mode",
    source=f"{_GUIDE}/model-access-training-data.html",
    severity=Severity.WARNING,
)
def pipe_mode(template: Template) -> Iterator[Fault]:
    for job in trainings(template):
        channels = job.items("InputDataConfig")
        # An augmented manifest has no other mode.
        if any(one.get("DataSource.S3DataSource.S3DataType") == "AugmentedManifestFile" for one in channels):
            continue
        places = [(job, "AlgorithmSpecification.TrainingInputMode"), *((one, "InputMode") for one in channels)]
        for structure, path in places:
            if structure.get(path) == "Pipe":
                yield structure.fault(
                    path,
                    f"{path.rpartition('.')[2]} should be FastFile, which replaces it, got Pipe",
                    fix="write FastFile where the algorithm takes it",
                    value="Pipe",
                )


@rule(
    "ST228",
    "no rules of Debugger or Profiler, which AWS is ending",
    source=f"{_GUIDE}/train-debugger.html",
    severity=Severity.WARNING,
)
def debugger_rules(template: Template) -> Iterator[Fault]:
    for job in trainings(template):
        for name in ("DebugRuleConfigurations", "ProfilerRuleConfigurations"):
            if job.get(name):
                yield job.fault(
                    name,
                    f"{name} should be left out: the rules of SageMaker Debugger are ending",
                    fix="take it out; look at metrics, TensorBoard or MLflow",
                )
