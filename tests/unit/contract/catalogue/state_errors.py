"""States that handle errors in a way that the language does not have."""

from typing import Any

from . import Examples, Json
from .state_fields import FUNCTION, task
from .state_machines import END, chain
from .state_requests import machine


def retry(*entries: Json) -> Json:
    return task(Retry=list(entries))


def again(*errors: str, **members: Any) -> Json:
    return {"ErrorEquals": list(errors or ["States.ALL"]), **members}


def catch(*entries: Json) -> Json:
    state = {"Type": "Task", "Resource": FUNCTION, "Next": "Last", "Catch": list(entries)}
    return machine(chain(state, END))


def caught(*errors: str, **members: Any) -> Json:
    return again(*errors, Next="Last", **members)


EXAMPLES = {
    "SF141": Examples(
        fails={
            "none": retry({"ErrorEquals": []}),
            "missing": retry({"MaxAttempts": 1}),
            "text": catch({"ErrorEquals": "E", "Next": "Last"}),
        },
        passes={"an error": retry(again("E")), "all of them": catch(caught())},
    ),
    "SF142": Examples(
        fails={"beside another": retry(again("E", "States.ALL")), "in a Catch": catch(caught("States.ALL", "E"))},
        passes={"alone": retry(again("E"), again())},
    ),
    "SF143": Examples(
        fails={"before another": retry(again(), again("E")), "in a Catch": catch(caught(), caught("E"))},
        passes={"last": retry(again("E"), again()), "last of each list": catch(caught("E"), caught())},
    ),
    "SF144": Examples(
        fails={
            "no interval": retry(again(IntervalSeconds=0)),
            "less than no attempts": retry(again(MaxAttempts=-1)),
            "a rate that speeds up": retry(again(BackoffRate=0.5)),
            "a delay beyond the longest": retry(again(MaxDelaySeconds=31_622_400)),
            "text": retry(again(MaxAttempts="3")),
        },
        passes={
            "the least": retry(again(IntervalSeconds=1, MaxAttempts=0, BackoffRate=1)),
            "the longest delay": retry(again(MaxDelaySeconds=31_622_399)),
            "a rate that is no whole number": retry(again(BackoffRate=1.5)),
        },
    ),
    "SF145": Examples(
        fails={"as long as the first": retry(again(IntervalSeconds=10, MaxDelaySeconds=10))},
        passes={"longer": retry(again(IntervalSeconds=10, MaxDelaySeconds=11))},
    ),
    "SF146": Examples(
        fails={"another word": retry(again(JitterStrategy="HALF"))},
        passes={"FULL": retry(again(JitterStrategy="FULL"))},
    ),
    "SF147": Examples(
        fails={"a misspelt field": retry(again(MaxAttempt=3)), "of a Catch": catch(caught(MaxAttempts=3))},
        passes={"its fields": catch(caught(ResultPath="$.error", Comment="c"))},
    ),
    "SF148": Examples(
        fails={"no Next": catch(again())},
        passes={"Next": catch(caught())},
    ),
    "SF149": Examples(
        fails={"a misspelt error": retry(again("States.TaskFail")), "of a Catch": catch(caught("States.Time"))},
        passes={
            "an error of the language": retry(again("States.TaskFailed")),
            "one of a service": retry(again("SageMaker.AmazonSageMakerException")),
        },
    ),
}
