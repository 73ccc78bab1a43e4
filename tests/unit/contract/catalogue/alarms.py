"""Alarms on SageMaker that are refused, or that never see data."""

from typing import Any

from . import Examples, Json
from .scaling_policies import alarm
from .scaling_targets import NAME, endpoint

BOTH: list[Json] = [{"Name": "EndpointName", "Value": NAME}, {"Name": "VariantName", "Value": "blue"}]


def latency(**changes: Any) -> Json:
    """An alarm on the latency of a real-time endpoint; a property that is None is left out."""
    own = {"MetricName": "ModelLatency", "Dimensions": BOTH, "AlarmActions": None, "Threshold": 500_000, **changes}
    return {**endpoint(), **alarm(**own)}


def waiting(**changes: Any) -> Json:
    return {**endpoint(asynchronous=True), **alarm(AlarmActions=None, **changes)}


def query(id: str = "m1", **changes: Any) -> Json:
    metric = {"Namespace": "AWS/SageMaker", "MetricName": "ModelLatency", "Dimensions": BOTH}
    statistics = {"Metric": metric, "Period": 60, "Stat": "p99"}
    return {"Id": id, "MetricStat": statistics, "ReturnData": False, **changes}


def sums(expression: str = "m1 / 1000", id: str = "e1", **changes: Any) -> Json:
    return {"Id": id, "Expression": expression, **changes}


def mathematics(*queries: Json, **changes: Any) -> Json:
    single = dict.fromkeys(("MetricName", "Namespace", "Dimensions", "Period", "Statistic"))
    return latency(**{**single, "Metrics": list(queries), **changes})


TOPIC = "arn:aws:sns:eu-west-1:123456789012:on-call"

EXAMPLES = {
    "AL101": Examples(
        fails={
            "no variant": latency(Dimensions=BOTH[:1]),
            "a misspelt metric": latency(MetricName="ModelLatencies"),
            "a metric of another namespace": latency(MetricName="CPUUtilization"),
            "a misspelt namespace": latency(Namespace="/aws/sagemaker/endpoints", MetricName="CPUUtilization"),
            "a letter that is missing": latency(Namespace="/aws/sagemaker/Endpoint", MetricName="CPUUtilization"),
            "in a query": mathematics(
                query(
                    MetricStat={
                        "Metric": {"Namespace": "AWS/SageMaker", "MetricName": "Latency"},
                        "Period": 60,
                        "Stat": "p99",
                    }
                ),
                sums(),
            ),
        },
        passes={
            "a metric and its dimensions": latency(),
            "a metric of machines": latency(Namespace="/aws/sagemaker/Endpoints", MetricName="CPUUtilization"),
            "a metric of one's own": latency(Namespace="Own", MetricName="Anything", Dimensions=[]),
            "a name that is a parameter": latency(MetricName={"Ref": "Metric"}),
        },
    ),
    "AL102": Examples(
        fails={"Ref of the endpoint": waiting(Dimensions=[{"Name": "EndpointName", "Value": {"Ref": "Endpoint"}}])},
        passes={"its name": waiting()},
    ),
    "AL103": Examples(
        fails={"a variant that is not there": latency(Dimensions=[BOTH[0], {"Name": "VariantName", "Value": "green"}])},
        passes={"a variant of the endpoint": latency()},
    ),
    "AL104": Examples(
        fails={
            "invocations of an asynchronous endpoint": waiting(MetricName="InvocationsPerInstance", Dimensions=BOTH),
            "the queue of a real-time endpoint": latency(MetricName="ApproximateBacklogSize", Dimensions=BOTH[:1]),
        },
        passes={"the queue of an asynchronous endpoint": waiting(MetricName="ApproximateBacklogSize")},
    ),
    "AL105": Examples(
        fails={"a minute and a half": latency(Period=90), "none": latency(Period=0)},
        passes={"a minute": latency(Period=60), "two minutes": latency(Period=120)},
    ),
    "AL106": Examples(
        fails={"ten seconds of a metric of minutes": latency(Period=10)},
        passes={
            "ten seconds of a metric of ten seconds": latency(
                MetricName="ConcurrentRequestsPerModel", Statistic="Maximum", Period=10
            )
        },
    ),
    "AL107": Examples(
        fails={
            "a day and a minute": latency(EvaluationPeriods=1441),
            "a week and an hour": latency(Period=3600, EvaluationPeriods=169),
        },
        passes={"a day": latency(EvaluationPeriods=1440), "a week": latency(Period=3600, EvaluationPeriods=168)},
    ),
    "AL108": Examples(
        fails={"three of two": latency(DatapointsToAlarm=3), "no period": latency(EvaluationPeriods=0)},
        passes={"two of two": latency(DatapointsToAlarm=2)},
    ),
    "AL109": Examples(
        fails={"both": latency(ExtendedStatistic="p99"), "neither": latency(Statistic=None)},
        passes={"an extended one": latency(Statistic=None, ExtendedStatistic="p99.9")},
    ),
    "AL110": Examples(
        fails={
            "a percentile as a plain one": latency(Statistic="p99"),
            "a misspelt one": latency(Statistic="Mean"),
            "an extended one of no form": latency(Statistic=None, ExtendedStatistic="99"),
        },
        passes={
            "an average": latency(),
            "a trimmed mean": latency(Statistic=None, ExtendedStatistic="tm90"),
            "a trimmed mean between bounds": latency(Statistic=None, ExtendedStatistic="TM(10%:90%)"),
        },
    ),
    "AL111": Examples(
        fails={"milliseconds of a metric in microseconds": latency(Unit="Milliseconds")},
        passes={"microseconds": latency(Unit="Microseconds")},
    ),
    "AL112": Examples(
        fails={"a period beside queries": mathematics(query(), sums(), Period=60)},
        passes={"queries alone": mathematics(query(), sums())},
    ),
    "AL113": Examples(
        fails={
            "a capital": mathematics(query("M1"), sums("M1 / 1000")),
            "one id twice": mathematics(query(), sums(id="m1")),
        },
        passes={"small letters": mathematics(query(), sums())},
    ),
    "AL114": Examples(
        fails={"an id that is not there": mathematics(query(), sums("m2 / 1000"))},
        passes={"functions of CloudWatch": mathematics(query(), sums("IF(m1 > 5, FILL(m1, 0), 0)"))},
    ),
    "AL115": Examples(
        fails={
            "two that return": mathematics(query(ReturnData=True), sums()),
            "none that returns": mathematics(query(), sums(ReturnData=False)),
        },
        passes={"one that returns": mathematics(query(), sums(ReturnData=True))},
    ),
    "AL116": Examples(
        fails={
            "a misspelt operator": latency(ComparisonOperator="GreaterThan"),
            "no threshold": latency(Threshold=None),
        },
        passes={"a threshold of zero": latency(Threshold=0)},
    ),
    "AL117": Examples(
        fails={"a name": latency(AlarmActions=["on-call"]), "six": latency(AlarmActions=[TOPIC] * 6)},
        passes={
            "five ARNs": latency(AlarmActions=[TOPIC] * 5),
            "a reference": latency(AlarmActions=[{"Ref": "Topic"}]),
        },
    ),
    "AL118": Examples(
        fails={"a misspelt way": latency(TreatMissingData="notbreaching")},
        passes={"a way": latency(TreatMissingData="notBreaching")},
    ),
    "AL119": Examples(
        fails={"above 1": waiting(ComparisonOperator="GreaterThanThreshold"), "from 2": waiting(Threshold=2)},
        passes={"from 1": waiting(), "above 0": waiting(ComparisonOperator="GreaterThanThreshold", Threshold=0)},
    ),
}
