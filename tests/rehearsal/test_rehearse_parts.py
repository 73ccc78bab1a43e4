"""The comparison of requests, the search for job states, the table, the report: each without an AWS."""

import io
import json
import time
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.rehearsal._compare import differences, members
from constructs_lib.rehearsal._jobs import job_states, nested_machines
from constructs_lib.rehearsal._report import FAILED, NOT_RUN, PASSED, Report, Row
from constructs_lib.rehearsal._synth import _kept
from constructs_lib.rehearsal._table import Table


class TestDifferences:
    @pytest.mark.parametrize(
        ("expected", "got"),
        [
            ({"Count": 2}, {"Count": 2, "Added": "by the service"}),
            ({"Name.$": "$.name", "Count": 2}, {"Name": "x", "Count": 2}),
            ({"Name": "{% $states.input.name %}"}, {"Name": "x"}),
            ({"Name": {"Ref": "Resource"}, "Role": {"Fn::GetAtt": ["Role", "Arn"]}}, {"Name": "x", "Role": "arn"}),
            ({"Count": "2", "On": "true"}, {"Count": 2, "On": True}),
            ({"Value": 600}, {"Value": 600.0}),
            ({"Empty": {}, "None": []}, {}),
        ],
    )
    def test_none(self, expected: dict[str, Any], got: dict[str, Any]) -> None:
        assert list(differences(expected, got)) == []

    @pytest.mark.parametrize(
        ("expected", "got", "text"),
        [
            ({"A": {"Count": 2}}, {"A": {"Count": 1}}, "A.Count: expected 2, got 1"),
            ({"A": [{"B": "x"}]}, {"A": [{"B": "y"}]}, "A[0].B: expected 'x', got 'y'"),
            ({"A": [1, 2]}, {"A": [1]}, "A[1]: expected 2, got None"),
            ({"A": [1]}, {"A": [1, 2]}, "A: expected '1 items', got '2 items'"),
            ({"A": {"B": 1}}, {}, "A.B: expected 1, got None"),
            ({"A": True}, {"A": False}, "A: expected True, got False"),
        ],
    )
    def test_one(self, expected: dict[str, Any], got: dict[str, Any], text: str) -> None:
        assert [str(difference) for difference in differences(expected, got)] == [text]

    def test_members_counts_what_is_compared(self) -> None:
        assert members({"A": 1, "B.$": "$", "C": [{"D": 2}, {"Ref": "X"}], "E": {"F": "x"}}) == 3


class TestJobStates:
    def test_both_integrations_at_any_depth(self) -> None:
        train = {"Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {"A": 1}}
        process = {"Resource": "arn:aws:states:::aws-sdk:sagemaker:createProcessingJob", "Arguments": {"B": 2}}
        tune = {"Resource": "arn:aws-cn:states:::sagemaker:createHyperParameterTuningJob.sync"}
        other = {"Resource": "arn:aws:states:::sagemaker:createEndpoint"}
        definition = {
            "States": {
                "Both": {"Branches": [{"States": {"Train": train}}, {"States": {"Process": process}}]},
                "Each": {"ItemProcessor": {"States": {"Tune": tune}}},
                "Serve": other,
            }
        }

        found = [(state.name, state.noun, state.request) for state in job_states(definition)]

        assert found == [
            ("Train", "TrainingJob", {"A": 1}),
            ("Process", "ProcessingJob", {"B": 2}),
            ("Tune", "HyperParameterTuningJob", {}),
        ]

    def test_a_request_that_is_one_expression_has_no_members(self) -> None:
        train = {"Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Arguments": "{% $states.input %}"}

        (found,) = job_states({"States": {"Train": train}})

        assert found.request == {}

    def test_machines_that_a_state_starts(self) -> None:
        arn = "arn:aws:states:us-east-1:123456789012:stateMachine:Child"
        child = {"Resource": "arn:aws:states:::states:startExecution.sync:2", "Arguments": {"StateMachineArn": arn}}
        unknown = {**child, "Arguments": {"StateMachineArn": "{% $states.input.machine %}"}}
        definition = {"States": {"Both": {"Branches": [{"States": {"A": child}}, {"States": {"B": unknown}}]}}}

        assert list(nested_machines(definition)) == [arn]


class TestTable:
    def test_a_quick_step_is_one_line(self) -> None:
        out = io.StringIO()
        table = Table(out)

        table.start("deploy", "Serving")
        table.end(Row("deploy", "Serving", PASSED, 0.2, "3 resources"))
        table.close()

        assert out.getvalue().split() == ["deploy", "Serving", "passed", "0.2", "3", "resources"]

    def test_a_long_step_shows_before_two_seconds_have_passed(self) -> None:
        out = io.StringIO()
        table = Table(out)

        table.start("deploy", "Serving")
        time.sleep(2.1)
        shown = out.getvalue()
        table.close()

        assert shown.split()[:3] == ["deploy", "Serving", "running"]
        assert shown.count("\n") == 1

    def test_a_terminal_has_its_line_at_once_and_loses_it_at_the_end(self) -> None:
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        out = Terminal()
        table = Table(out)

        table.start("deploy", "Serving")
        assert "running" in out.getvalue()
        table.end(Row("deploy", "Serving", FAILED, 1.0, "no"), text="stack Serving\nreason none")
        table.close()

        last_screen = out.getvalue().rpartition("running")[2]
        assert "\x1b[2Kdeploy" in last_screen
        assert "    stack Serving\n    reason none\n" in last_screen

    def test_the_end_of_a_long_subject_is_kept(self) -> None:
        out = io.StringIO()
        table = Table(out)

        table.end(Row("endpoint", "A" * 40 + "/Endpoint", PASSED))
        table.close()

        assert "…" in out.getvalue()
        assert "/Endpoint " in out.getvalue()


class TestReport:
    def test_keys_have_a_fixed_order(self) -> None:
        report = Report(
            rows=[Row("start", "embedded AWS", PASSED, 1.26, "here", {"b": 1, "a": 2})],
            resource_types={"AWS::S3::Bucket": "created", "AWS::KMS::Key": "accepted"},
            versions={"python": "3.11", "aws-cdk": "2"},
        )

        content = json.loads(report.to_json())

        assert list(content) == ["passed", "steps", "resource_types", "versions"]
        assert list(content["steps"][0]) == ["name", "subject", "status", "seconds", "summary", "details"]
        assert content["steps"][0]["seconds"] == 1.3
        assert list(content["resource_types"]) == ["AWS::KMS::Key", "AWS::S3::Bucket"]
        assert report.last_lines(61.2, "r.json").splitlines() == [
            "accepted by the embedded AWS, but not made: AWS::KMS::Key",
            "1 of 1 steps passed in 61 s; report: r.json",
        ]

    @pytest.mark.parametrize("status", [FAILED, NOT_RUN])
    def test_passes_only_if_every_row_did(self, status: str) -> None:
        assert not Report(rows=[Row("a", "", PASSED), Row("b", "", status)]).passed
        assert not Report().passed


class TestContextFile:
    # The command line writes there what lookups found, and in a rehearsal the embedded AWS has answered them.
    @pytest.mark.parametrize("before", [None, '{"mine": 1}'])
    def test_is_as_it_was(self, tmp_path: Path, before: str | None) -> None:
        file = tmp_path / "cdk.context.json"
        if before is not None:
            file.write_text(before)

        with _kept(file):
            file.write_text('{"availability-zones": ["of the embedded AWS"]}')

        assert (file.read_text() if file.exists() else None) == before
