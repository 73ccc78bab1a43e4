"""Tasks that call what Step Functions does not have, or wait for what nobody sends."""

from typing import Any

from . import Examples, Json
from .state_fields import DISTRIBUTED, FUNCTION
from .state_machines import EACH, alone
from .state_requests import OPTIMIZED, as_object, job, machine, train

INVOKE = "arn:aws:states:::lambda:invoke"


def call(resource: Any, **members: Any) -> Json:
    return alone({"Type": "Task", "Resource": resource, "End": True, **members})


def express(state: Json) -> Json:
    return machine({"StartAt": "First", "States": {"First": state}}, StateMachineType="EXPRESS")


def step(resource: Any, **members: Any) -> Json:
    return {"Type": "Task", "Resource": resource, "End": True, **members}


TOKEN = {"Token.$": "$$.Task.Token"}

EXAMPLES = {
    "SF161": Examples(
        fails={
            "a name": call("invoke"),
            "an ARN with too few parts": call("arn:aws:lambda:function"),
            "an integration without an action": call("arn:aws:states:::lambda"),
        },
        passes={
            "a function": call(f"{FUNCTION}:$LATEST"),
            "an integration": call(INVOKE),
            "an activity": call("arn:aws:states:eu-west-1:123456789012:activity:a"),
            "a reference": as_object({"StartAt": "A", "States": {"A": step({"Fn::GetAtt": ["Function", "Arn"]})}}),
        },
    ),
    "SF162": Examples(
        fails={
            "a misspelt pattern": call(f"{INVOKE}.waitForToken"),
            "another case": call("arn:aws:states:::ecs:runTask.Sync"),
            "the second form, for what has one": call("arn:aws:states:::ecs:runTask.sync:2"),
            "the second form for a job of SageMaker": train(job(), f"{OPTIMIZED}:2"),
        },
        passes={
            "a job": call("arn:aws:states:::ecs:runTask.sync"),
            "a machine": call("arn:aws:states:::states:startExecution.sync:2"),
        },
    ),
    "SF163": Examples(
        fails={"a job": call("arn:aws:states:::aws-sdk:glue:startJobRun.sync")},
        passes={
            "the optimized integration": call("arn:aws:states:::glue:startJobRun.sync"),
            "no wait": call("arn:aws:states:::aws-sdk:glue:startJobRun"),
        },
    ),
    "SF164": Examples(
        fails={"no token": call(f"{INVOKE}.waitForTaskToken", Parameters={"Payload": {"a": 1}})},
        passes={
            "the token": call(f"{INVOKE}.waitForTaskToken", Parameters={"Payload": TOKEN}),
            "the whole context": call(f"{INVOKE}.waitForTaskToken", Parameters={"Payload": {"c.$": "$$"}}),
            "in JSONata": call(
                f"{INVOKE}.waitForTaskToken",
                QueryLanguage="JSONata",
                Arguments={"Payload": {"t": "{% $states.context.Task.Token %}"}},
            ),
            "a request that is known when it runs": call(f"{INVOKE}.waitForTaskToken"),
        },
    ),
    "SF165": Examples(
        fails={"a capital": call("arn:aws:states:::aws-sdk:s3:GetObject")},
        passes={"a small letter": call("arn:aws:states:::aws-sdk:s3:getObject")},
    ),
    "SF166": Examples(
        fails={
            "a job": express(step("arn:aws:states:::ecs:runTask.sync")),
            "a token": express(step(f"{INVOKE}.waitForTaskToken", Parameters=TOKEN)),
        },
        passes={"no wait": express(step(INVOKE)), "a standard machine": call("arn:aws:states:::ecs:runTask.sync")},
    ),
    "SF167": Examples(
        fails={
            "a distributed map": express({**EACH, **DISTRIBUTED}),
            "an activity": express(step("arn:aws:states:eu-west-1:123456789012:activity:a")),
        },
        passes={"an inline map": express(EACH), "a standard machine": alone({**EACH, **DISTRIBUTED})},
    ),
    "SF169": Examples(
        fails={
            "a letter that is missing": call("arn:aws:states:::aws-sdk:sagemakr:createModel"),
            "another word for the runtime": call("arn:aws:states:::aws-sdk:sagemakerruntimes:invokeEndpoint"),
            "a letter that is missing in the optimized integration": call("arn:aws:states:::sagemakr:createModel"),
        },
        passes={
            "the service": train(job()),
            "the runtime": call("arn:aws:states:::aws-sdk:sagemakerruntime:invokeEndpoint"),
            "a service of another name": call("arn:aws:states:::aws-sdk:cloudwatchlogs:createLogGroup"),
            "a reference": as_object(
                {"StartAt": "A", "States": {"A": step({"Fn::Sub": "arn:aws:states:::aws-sdk:${Service}:createModel"})}}
            ),
        },
    ),
    "SF168": Examples(
        fails={
            "another word": machine({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}, StateMachineType="FAST")
        },
        passes={
            "EXPRESS": machine({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}, StateMachineType="EXPRESS"),
            "a parameter": machine(
                {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}, StateMachineType={"Ref": "Kind"}
            ),
        },
    ),
}
