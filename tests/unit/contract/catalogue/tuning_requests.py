"""Tuning jobs that search what cannot be searched."""

from typing import Any

from . import Examples, Json
from .state_requests import JOB, train

TUNE = "arn:aws:states:::aws-sdk:sagemaker:createHyperParameterTuningJob"
OBJECTIVE = {"Type": "Minimize", "MetricName": "loss"}
METRICS = [{"Name": "loss", "Regex": "loss=([0-9.]+)"}]
_COPIED = ("RoleArn", "OutputDataConfig", "VpcConfig", "ResourceConfig", "StoppingCondition")
SOFTWARE = {"TrainingImage": "image", "TrainingInputMode": "File", "MetricDefinitions": METRICS}


def given(members: Json) -> Json:
    return {name: value for name, value in members.items() if value is not None}


def definition(**changes: Any) -> Json:
    copied = {name: JOB[name] for name in _COPIED}
    return given({"AlgorithmSpecification": SOFTWARE, **copied, **changes})


def config(**changes: Any) -> Json:
    members = {
        "Strategy": "Bayesian",
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 10, "MaxParallelTrainingJobs": 2},
        "HyperParameterTuningJobObjective": OBJECTIVE,
        **changes,
    }
    return given(members)


def tune(own: Any = None, /, **changes: Any) -> Json:
    request = {
        "HyperParameterTuningJobName.$": "$$.Execution.Name",
        "HyperParameterTuningJobConfig": own or config(),
        "TrainingJobDefinition": definition(),
        **changes,
    }
    return train(given(request), TUNE)


def several(*definitions: Json) -> Json:
    return tune(TrainingJobDefinition=None, TrainingJobDefinitions=list(definitions))


def numbers(low: Any, high: Any, scale: str = "Auto", name: str = "rate") -> Json:
    one = {"Name": name, "MinValue": low, "MaxValue": high, "ScalingType": scale}
    return {"ContinuousParameterRanges": [one]}


def searched(ranges: Json, **changes: Any) -> Json:
    return tune(config(ParameterRanges=ranges, **changes))


FIRST, SECOND = definition(DefinitionName="first"), definition(DefinitionName="second")
CATEGORIES = {"CategoricalParameterRanges": [{"Name": "rate", "Values": ["1", "2"]}]}


def hyperband(low: int, high: int, **changes: Any) -> Json:
    bounds = {"HyperbandStrategyConfig": {"MinResource": low, "MaxResource": high}}
    return tune(config(**{"Strategy": "Hyperband", "StrategyConfig": bounds, **changes}))


EXAMPLES = {
    "ST231": Examples(
        fails={
            "both": tune(TrainingJobDefinitions=[FIRST]),
            "none": tune(TrainingJobDefinition=None),
        },
        passes={
            "one": tune(),
            "a list": several(FIRST, SECOND),
            "one that a path fills in": tune(TrainingJobDefinition=None, **{"TrainingJobDefinition.$": "$.job"}),
        },
    ),
    "ST232": Examples(
        fails={"a name twice": several(FIRST, FIRST), "no name": several(FIRST, definition())},
        passes={"two names": several(FIRST, SECOND)},
    ),
    "ST233": Examples(
        fails={
            "down": searched(numbers("0.2", "0.1")),
            "level": searched(numbers("0.1", "0.1")),
            "of a definition": several(definition(DefinitionName="first", HyperParameterRanges=numbers("2", "1"))),
        },
        passes={
            "up": searched(numbers("0.1", "0.2")),
            "a bound that a path fills in": searched(
                {"ContinuousParameterRanges": [{"Name": "rate", "MinValue": "1", "MaxValue.$": "$.most"}]}
            ),
        },
    ),
    "ST234": Examples(
        fails={
            "from zero": searched(numbers("0", "1", "Logarithmic")),
            "reversed up to one": searched(numbers("0", "1", "ReverseLogarithmic")),
            "reversed from below zero": searched(numbers("-0.1", "0.9", "ReverseLogarithmic")),
        },
        passes={
            "above zero": searched(numbers("0.001", "1", "Logarithmic")),
            "reversed below one": searched(numbers("0", "0.999", "ReverseLogarithmic")),
            "linear from zero": searched(numbers("0", "1", "Linear")),
        },
    ),
    "ST235": Examples(
        fails={
            "two ranges": searched({**numbers("0.1", "1"), **CATEGORIES}),
            "static too": tune(
                config(ParameterRanges=numbers("0.1", "1")),
                TrainingJobDefinition=definition(StaticHyperParameters={"rate": "0.1"}),
            ),
        },
        passes={
            "static others": tune(
                config(ParameterRanges=numbers("0.1", "1")),
                TrainingJobDefinition=definition(StaticHyperParameters={"epochs": "3"}),
            ),
        },
    ),
    "ST236": Examples(
        fails={
            "a metric that is not defined": tune(
                config(HyperParameterTuningJobObjective={"Type": "Minimize", "MetricName": "error"})
            ),
            "of a definition": several(
                definition(DefinitionName="first", TuningObjective={"Type": "Minimize", "MetricName": "error"})
            ),
        },
        passes={
            "a metric that is": tune(),
            "a metric of a built-in algorithm": tune(
                config(HyperParameterTuningJobObjective={"Type": "Minimize", "MetricName": "validation:error"}),
                TrainingJobDefinition=definition(
                    AlgorithmSpecification={"TrainingImage": "image", "TrainingInputMode": "File"}
                ),
            ),
        },
    ),
    "ST237": Examples(
        fails={"none": tune(config(HyperParameterTuningJobObjective=None))},
        passes={
            "one": tune(),
            "one of the definition": tune(
                config(HyperParameterTuningJobObjective=None),
                TrainingJobDefinition=definition(TuningObjective=OBJECTIVE),
            ),
        },
    ),
    "ST238": Examples(
        fails={
            "stopped early": hyperband(1, 10, TrainingJobEarlyStoppingType="Auto"),
            "its bounds for another": hyperband(1, 10, Strategy="Random"),
            "bounds that are level": hyperband(10, 10),
        },
        passes={"its bounds": hyperband(1, 10, TrainingJobEarlyStoppingType="Off"), "another strategy": tune()},
    ),
    "ST239": Examples(
        fails={"numbers": searched(numbers("0.1", "1"), Strategy="Grid")},
        passes={
            "categories": searched(CATEGORIES, Strategy="Grid"),
            "numbers for another": searched(numbers("1", "2")),
        },
    ),
    "ST240": Examples(
        fails={
            "both": tune(
                TrainingJobDefinition=definition(
                    HyperParameterTuningResourceConfig={
                        "InstanceType": "ml.m5.xlarge",
                        "InstanceCount": 1,
                        "VolumeSizeInGB": 50,
                    }
                )
            ),
            "none": tune(TrainingJobDefinition=definition(ResourceConfig=None)),
        },
        passes={"one": tune()},
    ),
}
