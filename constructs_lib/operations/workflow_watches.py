"""What is watched of a workflow and of what starts it."""

from collections.abc import Iterator

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
        )
