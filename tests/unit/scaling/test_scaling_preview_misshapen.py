"""Templates and traces that are not what they should be: one sentence and exit code 2, never a traceback or a hang."""

import copy
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib import ConfigurationError, ScalingPreview, TrafficTrace
from constructs_lib.scaling.preview.__main__ import main
from tests.unit.scaling.fragments import BLUE, alarm, custom, stepping, template, tracking

INVOCATIONS = custom("InvocationsPerInstance", statistic="Sum")


def whole() -> dict[str, Any]:
    """A template with a bit of everything that the preview reads."""
    metric = {"MetricName": "Invocations", "Namespace": "AWS/SageMaker", "Dimensions": BLUE}
    queries = [
        {"Id": "m", "MetricStat": {"Metric": metric, "Stat": "Sum", "Period": 60}, "ReturnData": False},
        {"Id": "e", "Expression": "IF(m > 5, FILL(m, 0), -m) / 2", "ReturnData": True},
    ]
    action = {
        "ScheduledActionName": "Up",
        "Schedule": "cron(0/5 * ? * MON *)",
        "Timezone": "Europe/Berlin",
        "StartTime": "2026-01-01T00:00:00Z",
        "ScalableTargetAction": {"MinCapacity": 2, "MaxCapacity": 9},
    }
    of = template(
        low={"Ref": "Fewest"},
        Policy=tracking(10),
        Math=tracking(10, {"Metrics": queries}),
        Steps=stepping((0, 20, 1), (20, None, 30), AdjustmentType="PercentChangeInCapacity", MinAdjustmentMagnitude=2),
        Alarm=alarm("Steps", INVOCATIONS, 10, EvaluationPeriods=3, DatapointsToAlarm=2, TreatMissingData="ignore"),
        ScheduledActions=[action],
        SuspendedState={"DynamicScalingInSuspended": False},
        Endpoint={
            "Type": "AWS::SageMaker::Endpoint",
            "Properties": {"EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]}},
        },
        Config={
            "Type": "AWS::SageMaker::EndpointConfig",
            "Properties": {"ProductionVariants": [{"VariantName": "blue", "InitialInstanceCount": 3}]},
        },
    )
    return {**of, "Parameters": {"Fewest": {"Type": "Number", "Default": 1}}}


TRACKED = ("Properties", "TargetTrackingScalingPolicyConfiguration", "CustomizedMetricSpecification", "Metrics")
MATH = ("Resources", "Math", *TRACKED, 1)
ACTION = ("Resources", "Target", "Properties", "ScheduledActions", 0)
STEP = ("Resources", "Steps", "Properties", "StepScalingPolicyConfiguration", "StepAdjustments", 0)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found + [place for key, item in pairs for place in places(item, (*path, key))]


def changed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    of = copy.deepcopy(whole())
    holder: Any = of
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = copy.deepcopy(value)
    return of


# Values that a hand or another tool may write, the shapes that the preview knows among them, right and wrong.
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**400), 10**400),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["NaN", "1e999", "-1", "cron(* * * * ? *)", "at(0001-01-01T00:00:00)", "rate(1 day)", "(" * 500]),
    st.sampled_from(["0001-01-01T00:00:00+05:00", "FILL(m, REPEAT)", "CEIL(m * 1e308 * 1e308)", "-" * 3000 + "m", "e"]),
    st.sampled_from([[], {}, [5], [[]], {"a": 5}, {"Ref": {}}, {"Ref": "Fewest"}, {"Ref": "None"}]),
    st.sampled_from([{"Fn::GetAtt": 5}, {"Fn::GetAtt": []}, {"Fn::GetAtt": ["Endpoint", "EndpointName"]}]),
    st.sampled_from([{"Fn::Sub": ["a${b}"]}, {"Fn::Sub": "${Fewest}"}, {"Fn::Sub": [5, 5]}, {"Fn::Sub": {}}]),
    st.sampled_from([{"Fn::Join": 5}, {"Fn::Join": ["", 5]}, {"Fn::Join": [{}, [{}, 5]]}, {"Fn::If": ["A", 1, 2]}]),
)


class TestTemplate:
    def test_that_is_fuzzed_is_sound(self) -> None:
        found = ScalingPreview.from_template(whole()).replay([30] * 9, requests_per_instance=20)
        assert found.minutes[0].capacity == 3

    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.sampled_from(places(whole())), ODD)
    def test_with_any_value_anywhere_is_replayed_or_refused(self, path: tuple[Any, ...], value: Any) -> None:
        try:
            preview = ScalingPreview.from_template(changed(path, value))
            preview.replay([30.0] * 9, requests_per_instance=20).table()
        except ConfigurationError as error:
            assert error.problems

    @pytest.mark.parametrize(
        ("path", "value", "words"),
        [
            ("Target.ResourceId", {"Fn::GetAtt": 5}, None),
            ("Target.ResourceId", {"Fn::Sub": ["a${b}"]}, None),
            ("Target.ResourceId", {"Ref": {}}, None),
            ("Target.ResourceId", {"Fn::Join": ["", 5]}, None),
            ("Alarm.AlarmActions", True, None),
            ("Config.ProductionVariants", 5, "ProductionVariants of endpoint/${Endpoint.EndpointName}/variant/blue is"),
            ("Config.ProductionVariants", [5], "a variant of endpoint/"),
            ("Target.SuspendedState", 5, "SuspendedState of Target is not written out"),
            ("Target.ScheduledActions", 5, "ScheduledActions of Target is not written out"),
            ("Target.MaxCapacity", 1e400, "MaxCapacity of Target must be a finite number, got Infinity"),
            ("Target.MaxCapacity", 10**400, "MaxCapacity of Target must be a finite number, got 1000"),
            ("Target.MaxCapacity", float("nan"), "MaxCapacity of Target must be a finite number, got NaN"),
            ("Target.MaxCapacity", 2**31, "MaxCapacity of Target must be a whole number from 0 to 2147483647"),
            ("Alarm.Period", "1e999", "the period of a metric must be a finite number"),
            ("Alarm.EvaluationPeriods", float("nan"), "EvaluationPeriods of Alarm must be a finite number, got NaN"),
        ],
    )
    def test_ends_in_one_sentence(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], path: str, value: Any, words: str | None
    ) -> None:
        logical_id, name = path.split(".")
        of = changed(("Resources", logical_id, "Properties", name), value)
        code, error = self.run(tmp_path, json.dumps(of), capsys)
        assert code == (0 if words is None else 2)
        assert (words or "") in error

    @pytest.mark.parametrize(
        ("path", "value", "note"),
        [
            ((*MATH, "Expression"), "-" * 2000 + "m", "policy Math is not simulated: the expression '---"),
            ((*MATH, "Expression"), "m +", "policy Math is not simulated: the expression 'm +'"),
            ((*ACTION, "StartTime"), "0001-01-01T00:00:00+05:00", "scheduled action Up is not simulated: the time"),
            ((*ACTION, "Schedule"), "at(0001-01-01T00:00:00)", "scheduled action Up is not simulated: at(0001-01-01"),
            ((*STEP, "ScalingAdjustment"), 1e308, "policy Steps is not simulated: its ScalingAdjustment 1e+308 is"),
        ],
    )
    def test_is_replayed_without_what_is_beyond_numbers(self, path: tuple[Any, ...], value: Any, note: str) -> None:
        found = ScalingPreview.from_template(changed(path, value)).replay([1e9] * 9, requests_per_instance=20)
        assert any(each.startswith(note) for each in found.notes)

    def test_a_number_beyond_numbers_is_a_missing_datapoint(self) -> None:
        of = changed((*MATH, "Expression"), "CEIL(m * 1e308 * 1e308)")
        found = ScalingPreview.from_template(of).replay([30] * 9, requests_per_instance=20)
        assert not [note for note in found.notes if "Math" in note]
        assert not [event for minute in found.minutes for event in minute.events if "Math" in event]

    @pytest.mark.parametrize("parameters", [5, [5], {"Fewest": 5}])
    def test_fails_on_parameters_that_are_none(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], parameters: Any
    ) -> None:
        code, error = self.run(tmp_path, json.dumps({**whole(), "Parameters": parameters}), capsys)
        assert code == 2
        assert "are not written out as the CloudFormation reference shapes them" in error

    @pytest.mark.parametrize("levels", [101, 5_000, 200_000])
    def test_fails_on_deep_nesting(self, tmp_path: Path, capsys: pytest.CaptureFixture[str], levels: int) -> None:
        text = json.dumps({"Resources": {"Deep": {"Type": "X", "Properties": {"A": 0}}}})
        code, error = self.run(tmp_path, text.replace("0", "[" * levels + "]" * levels), capsys)
        assert code == 2
        assert "is nested more than 100 levels deep" in error

    def test_with_a_billion_machines_is_replayed_at_once(self) -> None:
        since = time.process_time()
        of = template(low=1_000_000_000, high=2_000_000_000, Policy=tracking(1e-300))
        found = ScalingPreview.from_template(of).replay([1e12] * 60, requests_per_instance=20, start_minutes=2)
        assert found.totals["peak_capacity"] == 2_000_000_000
        assert time.process_time() - since < 1

    def run(self, folder: Path, text: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
        (folder / "t.json").write_text(text)
        code = main([str(folder / "t.json"), "--daily", "5:60", "--requests-per-instance", "20"])
        error = capsys.readouterr().err
        assert error.count("\n") == (1 if code else 0)
        return code, error


class TestTrace:
    @pytest.mark.parametrize(
        ("rows", "words"),
        [
            (f"0,{'1' * 200_000}\n", "line 2 of .* cannot be read: field larger than field limit"),
            ("0,1e308\n", r"requests of minute 0 must be a number from 0 to 1e\+12, got 1e\+308"),
            ("0,1e400\n", "requests in line 2 of .* must be a number, got '1e400'"),
            ("0,1\n1,\x00\n", "requests in line 3 of"),
        ],
    )
    def test_fails_on_what_is_too_large(self, tmp_path: Path, rows: str, words: str) -> None:
        (tmp_path / "day.csv").write_text(f"minute,requests\n{rows}")
        with pytest.raises(ConfigurationError, match=words):
            TrafficTrace.from_csv(tmp_path / "day.csv")

    def test_fails_at_the_row_after_the_limit(self, tmp_path: Path) -> None:
        # What follows would be another fault, if anybody read on so far.
        rows = "".join(f"{minute},1\n" for minute in range(100_801))
        (tmp_path / "day.csv").write_text(f"minute,requests\n{rows}wrong\n")
        with pytest.raises(ConfigurationError, match="between 1 and 100800 minutes, got more than 100800"):
            TrafficTrace.from_csv(tmp_path / "day.csv")

    def test_fails_on_numbers_without_end(self) -> None:
        def forever() -> Any:
            while True:
                yield 1.0

        with pytest.raises(ConfigurationError, match="got more than 100800"):
            TrafficTrace.of(forever())

    @pytest.mark.parametrize("daily", ["1e308:1e308", "0:inf", "nan:5"])
    def test_fails_on_a_curve_beyond_numbers(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], daily: str
    ) -> None:
        (tmp_path / "t.json").write_text(json.dumps(whole()))
        assert main([str(tmp_path / "t.json"), "--daily", daily, "--requests-per-instance", "20"]) == 2
        assert "0 <= low <= peak <= 1e+12" in capsys.readouterr().err
