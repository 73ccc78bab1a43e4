"""What can be done with a notebook instance of which only the name is known."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import jsii
from aws_cdk import Resource
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib._internal.api import request_problems
from constructs_lib._internal.arns import name_in_arn
from constructs_lib._internal.checks import require
from constructs_lib._internal.expressions import runtime_problems
from constructs_lib._internal.grants import grant
from constructs_lib._internal.kinds import argument_problems
from constructs_lib._internal.names import id_problem
from constructs_lib._internal.place import place_of
from constructs_lib._internal.state_rule import state_rule
from constructs_lib._internal.statements import Statement
from constructs_lib._internal.watching import reads_log_streams
from constructs_lib.errors import ConfigurationError

# The group that the lines of scripts and of Jupyter go to, in streams that begin with the name of the notebook.
# https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
LOG_GROUP = "NotebookInstances"


class NotebookInstanceStatus(StrEnum):
    """The states of a notebook instance; the values are the API's.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeNotebookInstance.html
    """

    PENDING = "Pending"
    IN_SERVICE = "InService"
    STOPPING = "Stopping"
    STOPPED = "Stopped"
    FAILED = "Failed"
    DELETING = "Deleting"
    UPDATING = "Updating"
    PENDING_MAINTENANCE = "PendingMaintenance"
    IN_MAINTENANCE = "InMaintenance"


@jsii.implements(iam.IGrantable)
class NotebookInstanceBase(Resource):
    """A notebook instance, made here or imported.

    Code in it runs with its role, and so does whoever has opened it. As a grantee it stands for that role:
    `store.grant_read(notebook, "data")`, `workflow.grant_data_scientist(notebook)`.

    Attributes:
        notebook_instance_name: The name that SageMaker knows it by.
        notebook_instance_arn: Its ARN, which has the name in small letters.
        role: The role that it runs under; None for one made elsewhere whose role is not known.
    """

    notebook_instance_name: str
    notebook_instance_arn: str
    role: iam.IRole | None = None

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Its role.

        Raises:
            ConfigurationError: It was imported, and its role is not known.
        """
        if self.role is None:
            problem = (
                "role must be given to from_notebook_instance_name, because what the notebook is granted goes to it"
            )
            raise ConfigurationError(self.node.path, [problem])
        return self.role.grant_principal

    def grant_open(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* see the state of this notebook and open it, which is to act with the rights of its role.

        SageMaker holds each request of the browser against the rights of whoever asked for the address
        (`sagemaker:CreatePresignedNotebookInstanceUrl`), so that taking this grant away ends open sessions.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePresignedNotebookInstanceUrl.html
        """
        return grant(self, grantee, self._open_statement())

    def grant_stop(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* stop the notebook (`sagemaker:StopNotebookInstance`).

        For a function that stops it at night, or the notebook itself where a script of it watches for idle hours:
        `notebook.grant_stop(notebook)`.
        """
        return grant(self, grantee, self._on_it("sagemaker:StopNotebookInstance"))

    def grant_data_scientist(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* work in the notebook: find it, start it, open it, stop it, and read its lines in the log.

        What the notebook itself may do is granted to the notebook. Whoever starts it needs more than the right on it,
        since SageMaker then makes a network interface and a grant on the key for the caller, and passes the role: on
        just this subnet, group, key and role. Of an imported notebook those are not known; let the grantee use them.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html (StartNotebookInstance)
        """
        return grant(self, grantee, self._open_statement(), *self._keeper_statements())

    def grant_operator(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let *grantee* keep the notebook running: find, see, start and stop it, and read its lines in the log.

        Not to open it, which would be to act with the rights of its role. Starting takes the same rights as
        `grant_data_scientist` names.
        """
        return grant(self, grantee, *self._keeper_statements())

    def on_state_change(
        self, id: str, *, target: events.IRuleTarget | None = None, states: Sequence[NotebookInstanceStatus] = ()
    ) -> events.Rule:
        """A rule for the events of this notebook, such as that it has failed or was stopped.

        Args:
            id: The id of the rule.
            target: What is told; None leaves it to `add_target` of the rule.
            states: The states to tell of; none means each change.

        Raises:
            ConfigurationError: There is no such state, or the notebook has a child of that id.

        Source: the schema `aws.sagemaker@SageMakerNotebookInstanceStateChange` of EventBridge's registry.
        """
        require(self, id_problem(self, id, ()), argument_problems(NotebookInstanceBase.on_state_change, locals()))
        detail: dict[str, Any] = {"NotebookInstanceName": [self.notebook_instance_name]}
        if states:
            detail["NotebookInstanceStatus"] = [str(state) for state in states]
        return state_rule(
            self,
            id,
            target,
            detail_type="SageMaker Notebook Instance State Change",
            account=self.env.account,
            detail=detail,
        )

    def _on_it(self, *actions: str) -> Statement:
        return Statement(actions=actions, resources=(self.notebook_instance_arn,))

    def _open_statement(self) -> Statement:
        # To see it too: it opens only while it is in service, so that whoever opens it looks first.
        return self._on_it("sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker:DescribeNotebookInstance")

    def _keeper_statements(self) -> tuple[Statement, ...]:
        return (
            self._on_it(
                "sagemaker:DescribeNotebookInstance",
                "sagemaker:StartNotebookInstance",
                "sagemaker:StopNotebookInstance",
            ),
            Statement(
                actions=("sagemaker:ListNotebookInstances",),
                resources=("*",),
                wildcard_reason=(
                    "Listing notebooks knows no resources; IAM accepts it on * only. It tells names and states."
                ),
            ),
            *reads_log_streams(place_of(self), LOG_GROUP, f"{self.notebook_instance_name}/"),
            *self._starter_statements(),
        )

    def _starter_statements(self) -> tuple[Statement, ...]:
        """What starting it takes besides the right on it; nothing is known of a notebook made elsewhere."""
        return ()


class ImportedNotebookInstance(NotebookInstanceBase):
    """A notebook instance that is there already; `NotebookInstance.from_notebook_instance_name` makes it."""

    def __init__(self, scope: Construct, id: str, notebook_instance_name: str, role: iam.IRole | None = None) -> None:
        super().__init__(scope, id)
        require(self, argument_problems(ImportedNotebookInstance.__init__, locals()))
        require(
            self,
            runtime_problems("a stack", notebook_instance_name),
            request_problems(
                "DescribeNotebookInstance",
                {"NotebookInstanceName": notebook_instance_name},
                {"NotebookInstanceName": "notebook_instance_name"},
            ),
        )
        self.notebook_instance_name = notebook_instance_name
        self.notebook_instance_arn = place_of(self).arn(
            "sagemaker", f"notebook-instance/{name_in_arn(notebook_instance_name)}"
        )
        self.role = role
