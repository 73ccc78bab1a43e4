"""Scripts of a notebook: what they refuse, and what only the deployment knows."""

from base64 import b64decode
from typing import Any

import pytest

from constructs_lib import NotebookScripts, execution_input
from tests.templates import only, template_of
from tests.unit.endpoints.serving import at, refusal
from tests.unit.notebooks.notebooks import notebook

LONGEST, SHELL = 12288, "#!/bin/sh\n"


class TestScripts:
    def test_take_the_longest_text(self) -> None:
        text = "#!/bin/sh\n" + "#" * (LONGEST - 10)
        (hook,) = NotebookScripts(on_start=text).render()["OnStart"]
        assert len(hook["Content"]) == 16384
        assert b64decode(hook["Content"]).decode() == text

    @pytest.mark.parametrize("text", ["#" * (LONGEST + 1), "ü" * (LONGEST // 2 + 1)])
    def test_fails_on_a_text_that_is_too_long(self, text: str) -> None:
        assert refusal(lambda: NotebookScripts(on_create=text)).startswith(
            "the base64 of on_create must be at most 16384 characters, got 16388 "
        )

    def test_fails_without_any(self) -> None:
        assert refusal(NotebookScripts).startswith("on_create or on_start must be given, got neither")

    def test_fails_on_what_the_shell_cannot_read(self) -> None:
        problem = refusal(lambda: NotebookScripts(on_start="#!/bin/sh\r\nls\r\n"))
        assert problem.startswith(r"on_start must have the line ends of Unix, got '#!/bin/sh\r'")

    def test_fails_with_everything_at_once(self) -> None:
        problems = refusal(lambda: NotebookScripts(on_create="", on_start="\r" * (LONGEST + 1))).splitlines()
        assert [problem.split(" must")[0] for problem in problems] == [
            "on_create",
            "on_start",
            "the base64 of on_start",
        ]

    def test_fails_on_wrong_kinds_and_wrong_texts_at_once(self) -> None:
        wrong: Any = {"on_create": 5, "reads": ["s3://bucket/tools", at("a{% $states.input.x %}b")]}
        problems = refusal(lambda: NotebookScripts(on_start="\ud800", **wrong)).splitlines()
        assert [problem.split(" must")[0] for problem in problems[:3]] == ["on_create", "reads[0]", "on_start"]
        assert "is known only while a workflow runs" in problems[3]
        assert "on_start must be text that UTF-8 can hold, got '\\ud800'" in problems

    def test_fails_on_what_only_a_running_workflow_knows(self) -> None:
        late = execution_input("day")
        for build in (
            lambda: NotebookScripts(on_start=f"ls {late}"),
            lambda: NotebookScripts(on_start=SHELL, reads=[at(f"data/{late}")]),
        ):
            assert "is known only while a workflow runs, and a notebook is made before" in refusal(build)

    @pytest.mark.parametrize("reads", ["s3://bucket/tools", ["s3://bucket/tools"], None])
    def test_fails_on_what_is_no_place(self, reads: Any) -> None:
        assert refusal(lambda: NotebookScripts(on_start=SHELL, reads=reads)).startswith("reads")

    def test_a_text_of_the_deployment_is_encoded_there(self, stack: Any) -> None:
        from aws_cdk import aws_s3 as s3

        bucket = s3.Bucket(stack, "Bucket")
        # Longer than a text may be, if the token were no token.
        text = f"#!/bin/sh\naws s3 ls s3://{bucket.bucket_name}/\n" + "#" * LONGEST
        notebook(stack, scripts=NotebookScripts(on_start=text))
        (hook,) = only(template_of(stack), "AWS::SageMaker::NotebookInstanceLifecycleConfig")["OnStart"]
        first, name, last = hook["Content"]["Fn::Base64"]["Fn::Join"][1]
        assert (first, name, last[:2]) == (
            "#!/bin/sh\naws s3 ls s3://",
            {"Ref": stack.get_logical_id(bucket.node.default_child)},
            "/\n",
        )
