"""What is watched and shown of a workflow and of what starts it."""

from collections.abc import Iterator

from constructs_lib.operations.panels import Line, Panel
from constructs_lib.operations.watch import Watch

# https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
STATES = "AWS/States"
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
QUEUES = "AWS/SQS"

_ENDS = (
    ("Failed", "ExecutionsFailed", "An execution failed", 1),
    ("TimedOut", "ExecutionsTimedOut", "An execution timed out", 1),
    ("Aborted", "ExecutionsAborted", "An execution was stopped", 1),
    # Step Functions tries again by itself; a quarter of an hour of it is a quota that is too small.
    ("Throttled", "ExecutionThrottled", "Executions wait for a quota of Step Functions", 3),
)


def workflow_watches(machine_arn: str, queue_name: str | None) -> Iterator[Watch]:
    """What is watched of a state machine, and of the queue of starts that did not happen, where there is one."""
    for id, name, about, periods in _ENDS:
        yield Watch(
            id=id,
            about=about,
            namespace=STATES,
            name=name,
            dimensions={"StateMachineArn": machine_arn},
            statistic="Sum",
            threshold=1,
            reached=True,
            periods=periods,
        )
    if queue_name is not None:
        yield Watch(
            id="NotStarted",
            about="A start did not happen; its event is in the queue, and this rings until that is empty",
            namespace=QUEUES,
            name="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": queue_name},
            statistic="Maximum",
            threshold=1,
            reached=True,
            # A queue publishes late, and after some hours in which nothing moves not at all, with messages in it too.
            # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
            missing="ignore",
        )


def workflow_panels(machine_arn: str, queue_name: str | None) -> list[Panel]:
    """The graphs of a state machine, and of the queue of starts that did not happen, where there is one."""
    dimensions = {"StateMachineArn": machine_arn}

    def line(name: str, statistic: str, label: str, unit: float = 1) -> Line:
        return Line(namespace=STATES, name=name, dimensions=dimensions, statistic=statistic, label=label, unit=unit)

    ends = (
        ("ExecutionsStarted", "started"),
        ("ExecutionsSucceeded", "succeeded"),
        ("ExecutionsFailed", "failed"),
        ("ExecutionsTimedOut", "timed out"),
        ("ExecutionsAborted", "stopped"),
        ("ExecutionThrottled", "changes of state that waited"),
    )
    # Executions are few, and take long.
    hour, minute_in_ms = 3600, 60_000
    queued = {"QueueName": queue_name} if queue_name is not None else None
    return [
        Panel(
            title="Executions",
            unit="an hour",
            lines=[line(name, "Sum", label) for name, label in ends],
            period_seconds=hour,
        ),
        Panel(
            title="Time of executions",
            unit="minutes",
            lines=[
                line("ExecutionTime", "Average", "mean", minute_in_ms),
                line("ExecutionTime", "Maximum", "longest", minute_in_ms),
            ],
            period_seconds=hour,
        ),
        Panel(
            title="Starts that did not happen",
            unit="events in the queue",
            lines=[
                Line(
                    namespace=QUEUES,
                    name="ApproximateNumberOfMessagesVisible",
                    dimensions=queued,
                    statistic="Maximum",
                    label="events",
                )
            ]
            if queued is not None
            else [],
            period_seconds=300,
        ),
    ]
