"""Notebooks: what their role may do, what it is granted, and what people may do with a notebook."""

from collections.abc import Callable
from typing import Any

from constructs_lib import ExecutionRole, InstanceType, NotebookInstance, NotebookScripts
from tests.permissions.cases import Case
from tests.permissions.cases.foundation import KEY_POLICY
from tests.permissions.cases.grants import OF_LAMBDA, RUN, caller, flow
from tests.permissions.cases.personas import LOGS, OF_TRAINING, RESULTS, STARTS
from tests.permissions.cases.places import (
    DISKS,
    HERE,
    KEY,
    at,
    key_of_disks,
    network,
    reads,
    reads_object,
    role,
    thing,
    writes,
)
from tests.permissions.specification import Role, Row, Specification, allow
from tests.permissions.specification import role as of_role

GIT = "https://git-codecommit.us-east-1.amazonaws.com/v1/repos"
SHELL = "#!/bin/sh\n"
# The group is SageMaker's, for all notebooks of the account; it names the streams after them.
SAYS = allow(
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
    on=f"{LOGS}/NotebookInstances:*",
)


def notebook(stack: Any, **changes: Any) -> NotebookInstance:
    right = {"instance_type": InstanceType("ml.t3.medium"), "network": network(stack), "key": key_of_disks(stack)}
    return NotebookInstance(stack, "Notebook", **(right | changes))


def case(
    about: str,
    build: Callable[[Any], object],
    *rows: Row,
    of: str = "NotebookInstance",
    **others: Any,
) -> Case:
    """The notebook's role may do *rows* and nothing else."""
    roles = {"NotebookRole": of_role(SAYS, *rows)}
    return Case(construct=of, about=about, build=build, specification=Specification(**({"roles": roles} | others)))


def persona(what: str, about: str, build: Callable[[Any], object], *rows: Row, **others: Role) -> Case:
    """Somebody may do *rows* with a notebook, whose own role has no more than before."""
    roles = {"CallerRole": of_role(*rows, trusted=OF_LAMBDA), **others}
    return Case(
        construct=f"NotebookInstance.{what}", about=about, build=build, specification=Specification(roles=roles)
    )


def granted(what: str) -> Callable[[Any], object]:
    return lambda stack: getattr(notebook(stack), what)(caller(stack))


def imported(what: str) -> Callable[[Any], object]:
    def build(stack: Any) -> None:
        getattr(NotebookInstance.from_notebook_instance_name(stack, "Old", "Old"), what)(caller(stack))

    return build


def stopped_by_itself(stack: Any) -> None:
    made = notebook(stack)
    made.grant_stop(made)


def full(stack: Any) -> NotebookInstance:
    reading = NotebookScripts(on_create=SHELL, on_start=SHELL, reads=[at("tools"), thing("setup.tar.gz")])
    return notebook(
        stack,
        scripts=reading,
        default_code_repository=f"{GIT}/team",
        additional_code_repositories=[f"{GIT}/b", "named"],
    )


def on(name: str, *actions: str) -> Row:
    return allow(*(f"sagemaker:{action}NotebookInstance" for action in actions), on=name)


def opens(name: str) -> Row:
    return allow("sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker:DescribeNotebookInstance", on=name)


def keeps(name: str, stream: str) -> tuple[Row, ...]:
    return (
        on(name, "Describe", "Start", "Stop"),
        allow("sagemaker:ListNotebookInstances", on="*"),
        allow("logs:DescribeLogStreams", on=f"{LOGS}/NotebookInstances:*"),
        allow("logs:GetLogEvents", on=f"{LOGS}/NotebookInstances:log-stream:{stream}/*"),
    )


# What the service asks of whoever starts one: https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html
EC2 = f"arn:aws:ec2:{HERE}"
STARTS_IT = (
    allow(
        "iam:PassRole",
        on="<NotebookRole.Arn>",
        when={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
    ),
    allow(
        "ec2:CreateNetworkInterface",
        on=(f"{EC2}:subnet/subnet-a", f"{EC2}:security-group/sg-1", f"{EC2}:network-interface/*"),
    ),
    allow(
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        on="*",
    ),
    allow("kms:DescribeKey", on=DISKS),
    allow("kms:CreateGrant", on=DISKS, when={"Bool": {"kms:GrantIsForAWSResource": "true"}}),
)
KEEPS = (*keeps("<Notebook>", "<Notebook.NotebookInstanceName>"), *STARTS_IT)
OWN = of_role(SAYS)
OLD = f"arn:aws:sagemaker:{HERE}:notebook-instance/old"

CASES = [
    case("nothing but the machine", notebook),
    case(
        "a key of its own",
        lambda s: notebook(s, key=None),
        resources={"NotebookKey": KEY_POLICY},
    ),
    case("scripts that read nothing", lambda s: notebook(s, scripts=NotebookScripts(on_start=SHELL))),
    case(
        "scripts that read a prefix",
        lambda s: notebook(s, scripts=NotebookScripts(on_start=SHELL, reads=[at("tools")])),
        *reads("tools"),
    ),
    case(
        "scripts that read one object",
        lambda s: notebook(s, scripts=NotebookScripts(on_create=SHELL, reads=[thing("setup.tar.gz")])),
        *reads_object("setup.tar.gz"),
    ),
    case(
        "a repository of CodeCommit",
        lambda s: notebook(s, default_code_repository=f"{GIT}/team"),
        allow("codecommit:GitPull", "codecommit:GitPush", on=f"arn:aws:codecommit:{HERE}:team"),
    ),
    case(
        "repositories of elsewhere", lambda s: notebook(s, additional_code_repositories=["https://example.com/x", "n"])
    ),
    case(
        "everything",
        full,
        *reads("tools"),
        *reads_object("setup.tar.gz"),
        allow(
            "codecommit:GitPull",
            "codecommit:GitPush",
            on=(f"arn:aws:codecommit:{HERE}:team", f"arn:aws:codecommit:{HERE}:b"),
        ),
    ),
    case(
        "a role of the user",
        lambda s: notebook(s, role=role(s)),
        roles={},
        loose={"NotebookPolicy": (SAYS,)},
    ),
    case(
        "a role that others use too",
        lambda s: notebook(s, role=ExecutionRole(s, "Shared")),
        roles={"Shared": of_role(SAYS)},
    ),
    case(
        "a notebook",
        lambda s: flow(s).grant_data_scientist(notebook(s), data=[at("notes")]),
        roles={
            "NotebookRole": of_role(
                SAYS, *STARTS, *OF_TRAINING, *RESULTS, allow("kms:Decrypt", on=KEY), *reads("notes"), *writes("notes")
            ),
            **RUN,
        },
        of="TrainingWorkflow.grant_data_scientist",
    ),
    persona("grant_open", "a notebook", granted("grant_open"), opens("<Notebook>"), NotebookRole=OWN),
    persona("grant_open", "an imported notebook", imported("grant_open"), opens(OLD)),
    persona("grant_stop", "a notebook", granted("grant_stop"), on("<Notebook>", "Stop"), NotebookRole=OWN),
    persona("grant_stop", "an imported notebook", imported("grant_stop"), on(OLD, "Stop")),
    case(
        "by itself",
        stopped_by_itself,
        on("<Notebook>", "Stop"),
        of="NotebookInstance.grant_stop",
    ),
    persona("grant_operator", "a notebook", granted("grant_operator"), *KEEPS, NotebookRole=OWN),
    persona("grant_operator", "an imported notebook", imported("grant_operator"), *keeps(OLD, "Old")),
    persona(
        "grant_data_scientist",
        "a notebook",
        granted("grant_data_scientist"),
        opens("<Notebook>"),
        *KEEPS,
        NotebookRole=OWN,
    ),
    persona(
        "grant_data_scientist", "an imported notebook", imported("grant_data_scientist"), opens(OLD), *keeps(OLD, "Old")
    ),
]
