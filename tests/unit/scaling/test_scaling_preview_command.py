"""Reading templates and traces, and the command line."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from constructs_lib import ConfigurationError, ScalingPreview, TrafficTrace
from constructs_lib.scaling.preview.__main__ import main
from tests.conftest import REPOSITORY
from tests.unit.scaling.fragments import COMPONENT, template, tracking

DAY = "minute,requests\n0,25\n1,25\n2,25\n3,25\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a template of one policy and a trace of four minutes."""
    (tmp_path / "t.json").write_text(json.dumps(template(Policy=tracking(10))))
    (tmp_path / "day.csv").write_text(DAY)
    return tmp_path


def run(folder: Path, *arguments: str, template_name: str = "t.json") -> int:
    return main(
        [str(folder / template_name), "--trace", str(folder / "day.csv"), "--requests-per-instance", "20", *arguments]
    )


class TestTemplate:
    def test_the_real_time_stack_of_this_repository(self, templates: Mapping[str, dict[str, Any]]) -> None:
        (name,) = (name for name in templates if name.endswith("RealTime"))
        preview = ScalingPreview.from_template(templates[name])
        found = preview.replay([5000] * 10, requests_per_instance=600)
        assert found.kind == "real-time variant"
        assert found.notes == ()
        properties = preview.target.properties
        assert found.totals["lowest_capacity"] >= properties["MinCapacity"]
        # 5000 requests are far more than any machine is to take: it goes as far as it may.
        assert found.totals["peak_capacity"] == properties["MaxCapacity"]

    def test_takes_parameters_by_their_default_or_by_hand(self) -> None:
        of = template(high={"Ref": "Most"}, Policy=tracking(10))
        of["Parameters"] = {"Most": {"Type": "Number", "Default": 2}}
        assert ScalingPreview.from_template(of).replay([50] * 4, requests_per_instance=20).totals["peak_capacity"] == 1
        for parameters, expected in (({}, 2), ({"Most": "3"}, 3)):
            preview = ScalingPreview.from_template(of, parameters=parameters)
            assert preview.replay([50] * 9, requests_per_instance=20).totals["peak_capacity"] == expected

    def test_begins_with_what_the_template_gives_the_variant(self) -> None:
        of = template(Policy=tracking(10))
        of["Resources"] |= {
            "Endpoint": {
                "Type": "AWS::SageMaker::Endpoint",
                "Properties": {"EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]}},
            },
            "Config": {
                "Type": "AWS::SageMaker::EndpointConfig",
                "Properties": {"ProductionVariants": [{"VariantName": "blue", "InitialInstanceCount": 4}]},
            },
        }
        found = ScalingPreview.from_template(of).replay([1], requests_per_instance=20)
        assert (found.minutes[0].capacity, found.kind) == (4, "real-time variant")
        of["Resources"]["Config"]["Properties"]["AsyncInferenceConfig"] = {}
        found = ScalingPreview.from_template(of).replay([1], requests_per_instance=20)
        assert found.kind == "asynchronous variant"

    def test_begins_with_the_copies_of_a_component(self) -> None:
        of = template(dimension=COMPONENT)
        of["Resources"]["Component"] = {
            "Type": "AWS::SageMaker::InferenceComponent",
            "Properties": {"RuntimeConfig": {"CopyCount": 3}},
        }
        assert ScalingPreview.from_template(of).replay([1], requests_per_instance=20).minutes[0].capacity == 3

    def test_finds_a_policy_by_resource_id(self) -> None:
        of = template(Policy=tracking(10))
        own = of["Resources"]["Target"]["Properties"]
        policy = of["Resources"]["Policy"]["Properties"]
        del policy["ScalingTargetId"]
        policy |= {name: own[name] for name in ("ResourceId", "ScalableDimension", "ServiceNamespace")}
        assert ScalingPreview.from_template(of).replay([50] * 9, requests_per_instance=20).totals["peak_capacity"] == 5

    @pytest.mark.parametrize(
        ("of", "words"),
        [
            ({}, "the template is not a CloudFormation template: it has no Resources"),
            ({"Resources": {}}, "the template has no scalable target of SageMaker"),
            ({"Resources": {"A": 5}}, "it has no Resources"),
            (template(low=3, high=2), r"MinCapacity of Target \(3\) must not be above its MaxCapacity \(2\)"),
            (template(high=1.5), "MaxCapacity of Target must be a whole number from 0 to 2147483647, got 1.5"),
            (
                template(high={"Ref": "Most"}),
                "MaxCapacity of Target is not known before deployment.*--parameter Most=…",
            ),
            (template(high={"Fn::ImportValue": "a"}), "MaxCapacity of Target is not known before deployment"),
        ],
    )
    def test_fails_on_a_template_that_says_too_little(self, of: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigurationError, match=words):
            ScalingPreview.from_template(of).replay([1], requests_per_instance=20)

    def test_fails_on_the_default_of_a_parameter_that_lies_in_the_parameter_store(self) -> None:
        of = template(high={"Ref": "Most"})
        of["Parameters"] = {"Most": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "7"}}
        with pytest.raises(ConfigurationError, match="not known before deployment"):
            ScalingPreview.from_template(of).replay([1], requests_per_instance=20)


class TestTrace:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "is empty; its first line must be minute,requests"),
            ("minute,requests\n", "has a header and no minute under it"),
            ("0,1\n1,2\n", "must begin with the header minute,requests, got '0,1'"),
            ("minute,requests\n0,many\n", "requests in line 2 of .* must be a number, got 'many'"),
            ("minute,requests\n0,nan\n", "must be a number, got 'nan'"),
            ("minute,requests\n0,1\n1,-2\n", "requests in line 3 of .* must be 0 or more, got -2"),
            ("minute,requests\n0,1\n2,1\n", "line 3 of .* must be minute 1, got 2"),
            ("minute,requests\n1,1\n0,1\n", "line 2 of .* must be minute 0, got 1"),
            ("minute,requests\n0,1\n0,1\n", "line 3 of .* must be minute 1, got 0"),
            ("minute,requests\n0\n", "must have two values"),
        ],
    )
    def test_fails_on_a_file_of_another_shape(self, tmp_path: Path, text: str, words: str) -> None:
        (tmp_path / "day.csv").write_text(text)
        with pytest.raises(ConfigurationError, match=words):
            TrafficTrace.from_csv(tmp_path / "day.csv")

    def test_fails_on_a_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="No such file"):
            TrafficTrace.from_csv(tmp_path / "none.csv")
        (tmp_path / "day.csv").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(ConfigurationError, match="it is not UTF-8 text"):
            TrafficTrace.from_csv(tmp_path / "day.csv")

    def test_reads_what_a_spreadsheet_writes(self, tmp_path: Path) -> None:
        (tmp_path / "day.csv").write_bytes(b"\xef\xbb\xbfminute,requests\r\n0,1\r\n1, 2.5\r\n\r\n")
        assert TrafficTrace.from_csv(tmp_path / "day.csv").requests == (1, 2.5)

    def test_a_daily_curve(self) -> None:
        day = TrafficTrace.daily(low=10, peak=50, days=2).requests
        # The cosine is lowest at 02:00 and highest at 14:00; half way, at 08:00, it is the mean.
        assert (len(day), day[120], day[840], day[480]) == (2880, 10, 50, 30)
        assert day[:1440] == day[1440:]

    @pytest.mark.parametrize(
        "values", [{"low": 5, "peak": 4}, {"low": -1, "peak": 4}, {"low": 1, "peak": 4, "days": 0}]
    )
    def test_fails_on_a_curve_that_is_none(self, values: dict[str, Any]) -> None:
        with pytest.raises(ConfigurationError, match="the daily curve is not valid"):
            TrafficTrace.daily(**values)

    @pytest.mark.parametrize("requests", [[], [-1], [float("inf")], ["5"], [True]])
    def test_fails_on_numbers_that_are_none(self, requests: list[Any]) -> None:
        with pytest.raises(ConfigurationError, match="the trace is not valid"):
            TrafficTrace.of(requests)


class TestCommand:
    def test_prints_a_row_where_something_changes(self, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(files, "--start-minutes", "0", "--metric-delay-minutes", "0") == 0
        # 1 machine fails 5 of 25 in minutes 0 to 2, then there are 3.
        assert capsys.readouterr().out.splitlines() == [
            "Target, real-time variant",
            "",
            "time (UTC)     requests  capacity  serving  load   failed  what happened",
            "Mon 05 00:00         25         1        1  100%        5",
            "Mon 05 00:03         25         3        3   42%        0  "
            "1 to 3 by Policy: InvocationsPerInstance 25 above 10",
            "",
            "requests: 100, served 85; 15 failed in 3 minutes",
            "capacity: 1 to 3, scaled out 1 and in 0 times, 71% used",
            "instance hours: 0.10 (0.10 in service); 0.20 with the peak capacity all the time",
        ]

    def test_prints_every_minute_when_asked(self, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run(files, "--every-minute")
        assert capsys.readouterr().out.count("Mon 05 00:0") == 4

    def test_prints_json(self, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(files, "--json", "--start", "2026-03-01T12:00+01:00") == 0
        found = json.loads(capsys.readouterr().out)
        assert sorted(found) == ["kind", "minutes", "notes", "settings", "target", "template", "totals"]
        assert found["settings"]["start"] == "2026-03-01T11:00:00+00:00"
        assert found["minutes"][0] == {
            "minute": 0,
            "time": "2026-03-01T11:00Z",
            "requests": 25,
            "capacity": 1,
            "in_service": 1,
            "utilization": 1,
            "served": 20,
            "failed": 5,
            "on_demand": 0,
            "backlog": 0,
            "minimum": 1,
            "maximum": 10,
            "events": [],
        }
        assert len(found["minutes"]) == 4
        assert found["totals"]["requests"] == 100

    def test_draws_a_png(self, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
        pytest.importorskip("matplotlib")
        for name in ("one.png", "two.png"):
            assert run(files, "--plot", str(files / name)) == 0
        assert (files / "one.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        assert (files / "one.png").read_bytes() == (files / "two.png").read_bytes()
        assert run(files, "--plot", str(files / "none" / "x.png")) == 2
        assert "cannot be written: No such file or directory" in capsys.readouterr().err

    def test_fails_on_a_plot_without_matplotlib(
        self, files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
        monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_agg", None)
        assert run(files, "--plot", str(files / "x.png")) == 2
        assert (
            "it needs matplotlib: pip install matplotlib, which the extra `preview` of this" in capsys.readouterr().err
        )

    @pytest.mark.parametrize(
        ("content", "arguments", "words"),
        [
            ("{", (), "is not JSON"),
            ("Resources: {}", (), "is not JSON"),
            ("[]", (), "is not a CloudFormation template"),
            (None, (), "cannot be read: No such file or directory"),
            (template(), ("--target", "Other"), "has no scalable target 'Other'; it has Target (endpoint/"),
            (template(), ("--parameter", "A=1"), "has no parameter 'A'"),
            (template(), ("--parameter", "A"), "--parameter A is not NAME=VALUE"),
            (template(), ("--start", "soon"), "start must be a date and time"),
            (template(), ("--requests-per-instance", "0"), "requests_per_instance must be a number from 1e-06"),
        ],
    )
    def test_fails_with_one_sentence_and_2(
        self, files: Path, capsys: pytest.CaptureFixture[str], content: Any, arguments: tuple[str, ...], words: str
    ) -> None:
        if content is not None:
            (files / "x.json").write_text(content if isinstance(content, str) else json.dumps(content))
        assert run(files, *arguments, template_name="x.json") == 2
        output = capsys.readouterr()
        assert output.out == ""
        assert output.err.startswith("scaling preview: ")
        assert output.err.count("\n") == 1
        assert words in output.err

    def test_fails_where_several_targets_wait_to_be_chosen(
        self, files: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        two = template(Policy=tracking(10))
        two["Resources"]["Second"] = two["Resources"]["Target"]
        (files / "two.json").write_text(json.dumps(two))
        assert run(files, template_name="two.json") == 2
        error = capsys.readouterr().err
        assert "several scalable targets; choose one with --target: Target (endpoint/" in error
        assert "Second (" in error
        assert run(files, "--target", "Second", template_name="two.json") == 0

    @pytest.mark.parametrize("arguments", [(), ("--daily", "5:60", "--trace", "x"), ("--trace",)])
    def test_fails_on_a_wrong_command_line(self, files: Path, arguments: tuple[str, ...]) -> None:
        with pytest.raises(SystemExit) as raised:
            main([str(files / "t.json"), "--requests-per-instance", "20", *arguments])
        assert raised.value.code == 2

    @pytest.mark.parametrize(("daily", "code"), [("5:60", 0), ("60:5", 2), ("5", 2), ("a:b", 2)])
    def test_makes_a_daily_curve(self, files: Path, daily: str, code: int) -> None:
        assert main([str(files / "t.json"), "--daily", daily, "--requests-per-instance", "20"]) == code

    def test_starts_no_node_and_reads_no_cdk(self, files: Path) -> None:
        script = (
            "import runpy, sys\n"
            f"sys.argv = ['preview', {str(files / 't.json')!r}, '--daily', '5:60', '--requests-per-instance', '20']\n"
            "try:\n    runpy.run_module('constructs_lib.scaling.preview', run_name='__main__', alter_sys=True)\n"
            "except SystemExit as end:\n    assert end.code == 0\n"
            "heavy = {'aws_cdk', 'jsii', 'constructs', 'boto3', 'botocore', 'matplotlib'} & set(sys.modules)\n"
            "assert not heavy, heavy\n"
        )
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, cwd=REPOSITORY)

    def test_the_page_shows_what_its_command_prints(self, capsys: pytest.CaptureFixture[str]) -> None:
        page = (REPOSITORY / "docs" / "scaling-preview.md").read_text()
        (command,) = re.findall(r"`python -m constructs_lib.scaling.preview (tests/[^`]*)`", page)
        words = command.split()
        words = words[: words.index("--plot")]
        assert main([str(REPOSITORY / words[0]), *words[1:]]) == 0
        printed = capsys.readouterr().out.splitlines()
        (shown,) = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
        for line in shown.splitlines():
            assert line in printed
