"""What a tuning job searches, by which strategy, and towards what."""

from collections.abc import Iterator

from .._jobs import definitions, tunings
from .._structure import Structure, repeated
from . import Fault, Template, number, rule

_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference"
_DEFINITION = f"{_API}/API_HyperParameterTrainingJobDefinition.html"
_SCALES = f"{_GUIDE}/automatic-model-tuning-define-ranges.html"

_KINDS = ("IntegerParameterRanges", "ContinuousParameterRanges", "CategoricalParameterRanges")


def _ranges(tuning: Structure, *kinds: str) -> list[Structure]:
    """The ranges of all definitions, and those of the job itself."""
    spaces = [tuning.below("HyperParameterTuningJobConfig.ParameterRanges")]
    spaces += [definition.below("HyperParameterRanges") for definition in definitions(tuning)]
    return [one for space in spaces for kind in kinds for one in space.items(kind)]


@rule("ST231", "a tuning job has one definition or a list", source=f"{_API}/API_CreateHyperParameterTuningJob.html")
def definition_choice(template: Template) -> Iterator[Fault]:
    for tuning in tunings(template):
        given = [name for name in ("TrainingJobDefinition", "TrainingJobDefinitions") if tuning.has(name)]
        # A job that starts warm from an identical one still has its own.
        if len(given) != 1:
            yield tuning.fault(
                "",
                "a tuning job must have either TrainingJobDefinition or TrainingJobDefinitions, got "
                f"{' and '.join(given) or 'none'}",
                fix="keep one of them",
            )


@rule("ST232", "definitions in a list have names of their own", source=_DEFINITION)
def definition_names(template: Template) -> Iterator[Fault]:
    for tuning in tunings(template):
        listed = tuning.items("TrainingJobDefinitions")
        for definition in listed:
            if definition.lacks("DefinitionName"):
                yield definition.fault(
                    "DefinitionName",
                    "DefinitionName must be given in TrainingJobDefinitions, got none",
                    fix="name the definition",
                )
        for definition, name in repeated(listed, "DefinitionName"):
            yield definition.fault(
                "DefinitionName",
                f"DefinitionName must be unique in a tuning job, got {name!r} twice",
                fix="give each definition a name of its own",
                value=name,
            )


@rule("ST233", "a range goes up", source=_SCALES)
def range_order(template: Template) -> Iterator[Fault]:
    for tuning in tunings(template):
        for one in _ranges(tuning, "IntegerParameterRanges", "ContinuousParameterRanges"):
            low, high = number(one.get("MinValue")), number(one.get("MaxValue"))
            if low is not None and high is not None and low >= high:
                yield one.fault(
                    "MinValue",
                    f"MinValue must be below MaxValue ({high}), got {low}",
                    fix="swap them, or make a static hyperparameter of it",
                    value=low,
                )


@rule("ST234", "a logarithmic scale has a range that it can show", source=_SCALES)
def scale_range(template: Template) -> Iterator[Fault]:
    for tuning in tunings(template):
        for one in _ranges(tuning, "IntegerParameterRanges", "ContinuousParameterRanges"):
            low, high = number(one.get("MinValue")), number(one.get("MaxValue"))
            scale = one.get("ScalingType")
            if scale == "Logarithmic" and low is not None and low <= 0:
                yield one.fault(
                    "ScalingType",
                    f"ScalingType Logarithmic must have a MinValue above 0, got {low}",
                    fix="raise MinValue, or write Linear",
                    value=scale,
                )
            if scale == "ReverseLogarithmic" and ((low is not None and low < 0) or (high is not None and high >= 1)):
                yield one.fault(
                    "ScalingType",
                    f"ScalingType ReverseLogarithmic must have a range from 0 to below 1, got {low} to {high}",
                    fix="narrow the range, or write Linear",
                    value=scale,
                )


@rule("ST235", "a hyperparameter is searched once, and is not static too", source=_DEFINITION)
def searched_once(template: Template) -> Iterator[Fault]:
    for tuning in tunings(template):
        for definition in definitions(tuning) or [tuning]:
            spaces = [
                definition.below("HyperParameterRanges"),
                tuning.below("HyperParameterTuningJobConfig.ParameterRanges"),
            ]
            own = [one for space in spaces for kind in _KINDS for one in space.items(kind)]
            for one, name in repeated(own, "Name"):
                yield one.fault(
                    "Name",
                    f"Name must be unique over the ranges of a definition, got {name!r} twice",
                    fix="keep one range of it",
                    value=name,
                )
            static = definition.below("StaticHyperParameters")
            for one in own:
                name = one.get("Name")
                if isinstance(name, str) and "." not in name and static.has(name):
                    yield one.fault(
                        "Name",
                        f"Name must not be that of a static hyperparameter, got {name!r}, which is in "
                        "StaticHyperParameters",
                        fix="take it out of one of the two",
                        value=name,
                    )


@rule("ST236", "the objective is a metric that the image's definitions give", source=_DEFINITION)
def objective_defined(template: Template) -> Iterator[Fault]:
    for tuning in tunings(template):
        for definition in definitions(tuning):
            metrics = definition.get("AlgorithmSpecification.MetricDefinitions")
            own = definition.items("AlgorithmSpecification.MetricDefinitions")
            names = [one.get("Name") for one in own]
            literal = [name for name in names if isinstance(name, str)]
            path, structure = "TuningObjective.MetricName", definition
            if definition.lacks("TuningObjective"):
                path, structure = "HyperParameterTuningJobConfig.HyperParameterTuningJobObjective.MetricName", tuning
            wanted = structure.get(path)
            # Without definitions the metric may be one of a built-in algorithm.
            if not literal or not isinstance(metrics, list) or len(literal) != len(metrics):
                continue
            if isinstance(wanted, str) and wanted not in literal:
                yield structure.fault(
                    path,
                    f"MetricName must be one of {', '.join(literal)}, the metrics of the definition, got {wanted!r}",
                    fix="name one of them, or define it",
                    value=wanted,
                )


@rule("ST237", "an objective is there", source=_DEFINITION)
def objective_given(template: Template) -> Iterator[Fault]:
    for tuning in tunings(template):
        for definition in definitions(tuning):
            if definition.lacks("TuningObjective") and tuning.lacks(
                "HyperParameterTuningJobConfig.HyperParameterTuningJobObjective"
            ):
                yield definition.fault(
                    "TuningObjective",
                    "an objective must be given in TuningObjective or HyperParameterTuningJobObjective, got none",
                    fix="say which metric is to be raised or lowered",
                )


@rule(
    "ST238",
    "early stopping is left to Hyperband, and its bounds are for it",
    source=f"{_API}/API_HyperParameterTuningJobConfig.html",
)
def hyperband(template: Template) -> Iterator[Fault]:
    for tuning in tunings(template):
        config = tuning.below("HyperParameterTuningJobConfig")
        strategy = config.get("Strategy")
        bounds = config.below("StrategyConfig.HyperbandStrategyConfig")
        low, high = number(bounds.get("MinResource")), number(bounds.get("MaxResource"))
        if strategy == "Hyperband" and config.get("TrainingJobEarlyStoppingType") == "Auto":
            yield config.fault(
                "TrainingJobEarlyStoppingType",
                "TrainingJobEarlyStoppingType must be Off where Strategy is Hyperband, got Auto",
                fix="write Off",
                value="Auto",
            )
        if isinstance(strategy, str) and strategy != "Hyperband" and bounds.values:
            yield config.fault(
                "StrategyConfig.HyperbandStrategyConfig",
                f"HyperbandStrategyConfig must be given only where Strategy is Hyperband, got {strategy}",
                fix="take it out",
            )
        if low is not None and high is not None and low >= high:
            yield bounds.fault(
                "MinResource",
                f"MinResource must be below MaxResource ({high}), got {low}",
                fix="lower it, or raise MaxResource",
                value=low,
            )


@rule("ST239", "a grid is of categories only", source=f"{_GUIDE}/automatic-model-tuning-how-it-works.html")
def grid(template: Template) -> Iterator[Fault]:
    for tuning in tunings(template):
        if tuning.get("HyperParameterTuningJobConfig.Strategy") != "Grid":
            continue
        for one in _ranges(tuning, "IntegerParameterRanges", "ContinuousParameterRanges"):
            yield one.fault(
                "Name",
                f"a range must be categorical where Strategy is Grid, got {one.get('Name')!r} as a range of numbers",
                fix="list its values in CategoricalParameterRanges, or take another strategy",
                value=one.get("Name"),
            )


@rule("ST240", "machines of a tuning job are given once", source=_DEFINITION)
def tuning_machines(template: Template) -> Iterator[Fault]:
    for tuning in tunings(template):
        for definition in definitions(tuning):
            names = ("ResourceConfig", "HyperParameterTuningResourceConfig")
            given = [name for name in names if definition.has(name)]
            if len(given) != 1:
                yield definition.fault(
                    "",
                    f"a definition must have either {' or '.join(names)}, got {' and '.join(given) or 'none'}",
                    fix="keep one of them",
                )
