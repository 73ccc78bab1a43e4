"""Training jobs whose image, hyperparameters or metrics do not work."""

from typing import Any

from . import Examples, Json
from .state_requests import KEY, cluster, job, train
from .training_requests import AUGMENTED, channel, in_jsonata, of, stored

ALGORITHM = "arn:aws:sagemaker:eu-west-1:123456789012:algorithm/own"
HUB = {"HF_MODEL_ID": "org/model"}


def software(**changes: Any) -> Json:
    members = {"TrainingImage": "image", "TrainingInputMode": "File", **changes}
    return {"AlgorithmSpecification": {name: value for name, value in members.items() if value is not None}}


def metric(regex: Any) -> Json:
    return train(job(**software(MetricDefinitions=[{"Name": "loss", "Regex": regex}])))


XGBOOST = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1"
SMDDP = {"sagemaker_distributed_dataparallel_enabled": "true"}
RULES = [{"RuleConfigurationName": "LossNotDecreasing", "RuleEvaluatorImage": "image"}]

EXAMPLES = {
    "ST221": Examples(
        fails={
            "both": train(job(EnableNetworkIsolation=True, **software(AlgorithmName=ALGORITHM))),
            "none": train(job(**software(TrainingImage=None))),
            "nothing at all": train(job(AlgorithmSpecification=None)),
        },
        passes={
            "an image": train(job()),
            "an algorithm": train(job(**software(TrainingImage=None, AlgorithmName="own"))),
            "an image that a path fills in": train(
                job(**software(TrainingImage=None, **{"TrainingImage.$": "$.image"}))
            ),
            "all that a path fills in": train(job(AlgorithmSpecification=None, **{"AlgorithmSpecification.$": "$.a"})),
        },
    ),
    "ST222": Examples(
        fails={"with a way out": train(job(**software(TrainingImage=None, AlgorithmName=ALGORITHM)))},
        passes={
            "isolated": train(
                job(EnableNetworkIsolation=True, **software(TrainingImage=None, AlgorithmName=ALGORITHM))
            ),
            "an expression decides": in_jsonata(
                EnableNetworkIsolation="{% $states.input.isolate %}",
                **software(TrainingImage=None, AlgorithmName=ALGORITHM),
            ),
        },
    ),
    "ST223": Examples(
        fails={"a name in the hub": train(job(Environment=HUB, EnableNetworkIsolation=True))},
        passes={
            "with a way out": train(job(Environment=HUB)),
            "a path": train(job(Environment={"HF_MODEL_ID": "/opt/ml/input/data/model"}, EnableNetworkIsolation=True)),
        },
    ),
    "ST224": Examples(
        fails={"a group that is open": metric("loss=([0-9.]+")},
        passes={
            "an expression": metric("loss=([0-9.]+)"),
            "a named group of another dialect": metric("loss=(?<value>[0-9.]+)"),
            "a text that a path fills in": train(
                job(**software(MetricDefinitions=[{"Name": "loss", "Regex.$": "$.regex"}]))
            ),
        },
    ),
    "ST225": Examples(
        fails={"no group": metric("loss=[0-9.]+"), "a group that holds nothing": metric("loss=(?:[0-9.]+)")},
        passes={"a group": metric("loss=([0-9.]+)")},
    ),
    "ST226": Examples(
        fails={
            "two ways": train(
                job(
                    HyperParameters={
                        "sagemaker_torch_distributed_enabled": "true",
                        "sagemaker_mpi_enabled": "true",
                    }
                )
            )
        },
        passes={
            "one way": train(
                job(
                    HyperParameters={
                        "sagemaker_torch_distributed_enabled": "true",
                        "sagemaker_distributed_dataparallel_enabled": "false",
                    }
                )
            )
        },
    ),
    "ST229": Examples(
        fails={
            "a CPU type": train(
                job(HyperParameters=SMDDP, ResourceConfig=cluster(InstanceType="ml.m5.xlarge", VolumeKmsKeyId=KEY))
            )
        },
        passes={
            "a type that runs it": train(
                job(HyperParameters=SMDDP, ResourceConfig=cluster(InstanceType="ml.p4d.24xlarge"))
            ),
            "turned off": train(job(HyperParameters={"sagemaker_distributed_dataparallel_enabled": "false"})),
            "a type that a path fills in": train(
                job(
                    HyperParameters=SMDDP,
                    ResourceConfig={"InstanceType.$": "$.type", "InstanceCount": 1, "VolumeSizeInGB": 50},
                )
            ),
        },
    ),
    "ST230": Examples(
        fails={
            "a misspelt channel": of(channel("trian"), **software(TrainingImage=XGBOOST)),
            "a list of another algorithm": of(channel("train_lst"), **software(TrainingImage=XGBOOST)),
        },
        passes={
            "its channels": of(channel("train"), channel("validation"), **software(TrainingImage=XGBOOST)),
            "a script": of(
                channel("own"), HyperParameters={"sagemaker_program": "train.py"}, **software(TrainingImage=XGBOOST)
            ),
            "an image of one's own of that name": of(
                channel("own"), **software(TrainingImage=f"123456789012.{XGBOOST.partition('.')[2]}")
            ),
            "a name that a path fills in": of(
                {"DataSource": stored(), "ChannelName.$": "$.name"}, **software(TrainingImage=XGBOOST)
            ),
        },
    ),
    "ST227": Examples(
        fails={"a job": train(job(**software(TrainingInputMode="Pipe"))), "a channel": of(channel(InputMode="Pipe"))},
        passes={
            "FastFile": train(job(**software(TrainingInputMode="FastFile"))),
            "an augmented manifest": of(channel(source=AUGMENTED), **software(TrainingInputMode="Pipe")),
        },
    ),
    "ST228": Examples(
        fails={
            "of Debugger": train(job(DebugRuleConfigurations=RULES)),
            "of Profiler": train(job(ProfilerRuleConfigurations=RULES)),
        },
        passes={"none": train(job()), "an empty list": train(job(DebugRuleConfigurations=[]))},
    ),
}
