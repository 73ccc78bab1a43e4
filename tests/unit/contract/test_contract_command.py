"""The command line, as a process and in this one: what it reads, what it prints, how it ends."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.contract import _check
from constructs_lib.contract.__main__ import main
from constructs_lib.contract._finding import Fault
from constructs_lib.contract._template import Template
from constructs_lib.contract.rules import all_rules
from tests.unit.contract.catalogue.shapes import config, model

CLEAN = {"Resources": config()}
FAULTY = {"Resources": config(InstanceType="ml.g5.xlarg")}
UNWISE = {"Resources": config(InstanceType="ml.zz9.large")}


def written(folder: Path, name: str, content: Any) -> str:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content))
    return str(file)


def stack(template: str) -> dict[str, Any]:
    return {"type": "aws:cloudformation:stack", "properties": {"templateFile": template}}


class TestTemplate:
    def test_ends_with_0_for_a_clean_one(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main([written(tmp_path, "a.json", CLEAN)]) == 0
        assert capsys.readouterr().out == ("0 errors, 0 warnings in 1 template; 0 values known only at deployment\n")

    def test_fails_with_1_for_a_fault(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = written(tmp_path, "a.json", FAULTY)

        assert main([file]) == 1
        lines = capsys.readouterr().out.splitlines()
        assert lines[:3] == [file, "", "  SM104 error: Resource"]
        assert lines[3].startswith("    ProductionVariants[0].InstanceType must be one of the ")
        assert lines[4] == "    fix: write one of those values, in the API's spelling"
        assert lines[-1] == "1 error, 0 warnings in 1 template; 0 values known only at deployment"

    def test_prints_one_object(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = written(tmp_path, "a.json", FAULTY)

        assert main([file, "--json"]) == 1
        printed = json.loads(capsys.readouterr().out)
        (finding,) = printed["findings"]
        assert printed["skipped"] == 0
        assert finding["message"].endswith("ml.g5.xlarge, got 'ml.g5.xlarg'")
        assert {name: finding[name] for name in ("rule", "severity", "template", "resource", "path", "value")} == {
            "rule": "SM104",
            "severity": "error",
            "template": file,
            "resource": "Resource",
            "path": "ProductionVariants[0].InstanceType",
            "value": "ml.g5.xlarg",
        }
        assert list(finding) == [
            *("rule", "severity", "template", "resource", "path", "value", "message", "fix", "source"),
        ]

    def test_fails_with_1_for_a_warning_unless_only_errors_are_asked_for(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = written(tmp_path, "a.json", UNWISE)

        assert main([file]) == 1
        capsys.readouterr()
        assert main([file, "--errors", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["findings"] == []

    @pytest.mark.parametrize("options", [[], ["--errors"]])
    def test_fails_with_3_for_a_rule_that_breaks_down(
        self,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        options: list[str],
    ) -> None:
        def broken(template: Template) -> Iterator[Fault]:
            yield template.fault("seen before it broke down")
            raise KeyError("States")

        rules = all_rules()
        changed = [replace(one, check=broken) if one.id == "SM101" else one for one in rules]
        monkeypatch.setattr(_check, "all_rules", lambda: changed)

        assert main([written(tmp_path, "a.json", FAULTY), "--json", *options]) == 3
        found = json.loads(capsys.readouterr().out)["findings"]
        assert [finding["rule"] for finding in found] == ["SM101", "SM000", "SM104"]
        assert found[1]["message"] == "the rule SM101 broke down on this template with KeyError: 'States'"
        assert "a property is one that the type has" in found[1]["fix"]

    def test_is_quiet_when_nobody_reads_on(self, tmp_path: Path) -> None:
        file = written(tmp_path, "a.json", FAULTY)
        process = subprocess.Popen(
            [sys.executable, "-m", "constructs_lib.contract", file, "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None

        assert process.stderr.read() == b""
        assert process.wait() == 1

    def test_names_the_construct(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        content = json.loads(json.dumps(FAULTY))
        content["Resources"]["Resource"]["Metadata"] = {"aws:cdk:path": "Stack/Config/Resource"}

        main([written(tmp_path, "a.json", content)])

        assert "  SM104 error: Stack/Config/Resource" in capsys.readouterr().out

    def test_counts_what_only_a_deployment_knows(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        content = {"Parameters": {"Type": {"Type": "String"}}, "Resources": config(InstanceType={"Ref": "Type"})}
        main([written(tmp_path, "a.json", content), "--json"])

        assert json.loads(capsys.readouterr().out) == {"findings": [], "skipped": 1}

    def test_lists_the_rules(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--rules"]) == 0
        assert "SM101  error    a property is one that the type has\n" in capsys.readouterr().out

    def test_prints_text_that_no_terminal_can_show(self, tmp_path: Path) -> None:
        file = written(tmp_path, "a.json", {"Resources": model(Mode="\ud800")})
        ended = subprocess.run([sys.executable, "-m", "constructs_lib.contract", file], capture_output=True)

        assert ended.returncode == 1
        assert ended.stderr == b""


class TestFolder:
    def test_reads_stages_and_nested_stacks(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assets = {"files": {"hash": {"source": {"path": "S1.nested.template.json", "packaging": "file"}}}}
        stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}
        written(tmp_path, "manifest.json", {"artifacts": {"S": stack("S.template.json"), "P": stage}})
        written(tmp_path, "S.template.json", CLEAN)
        written(tmp_path, "S.assets.json", assets)
        nested = written(tmp_path, "S1.nested.template.json", FAULTY)
        written(tmp_path, "assembly-Prod/manifest.json", {"artifacts": {"T": stack("T.template.json")}})
        staged = written(tmp_path, "assembly-Prod/T.template.json", FAULTY)

        assert main([str(tmp_path), "--json"]) == 1
        found = json.loads(capsys.readouterr().out)["findings"]
        assert [finding["template"] for finding in found] == [nested, staged]

    def test_takes_an_empty_stack_as_clean(self, tmp_path: Path) -> None:
        written(tmp_path, "manifest.json", {"artifacts": {"S": stack("S.template.json")}})
        written(tmp_path, "S.template.json", {})

        assert main([str(tmp_path)]) == 0

    def test_reads_the_repository_s_own(self, assembly: Path) -> None:
        assert main([str(assembly)]) == 0


class TestUnreadable:
    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (b"", "it is not JSON: Expecting value at line 1, column 1"),
            (b'{"Resources": {', "it is not JSON: "),
            (b"\xff\xfe\x00", "it is not UTF-8 text"),
            (b"[" * 10_000 + b"]" * 10_000, "it is nested deeper than 150 levels"),
            (b"[" * 200 + b"]" * 200, "it is nested deeper than 150 levels"),
            (b'{"a":' * 100_000, "it is nested deeper than 150 levels"),
            (b'{"Resources": {"A": {"Type": ' + b"9" * 5000 + b"}}}", "cannot be read"),
            (b'{"Resources": {"A": {"Type": "A", "Properties": {"Weight": NaN}}}}', "it is not JSON: NaN is no number"),
            (b'{"Resources": {"A": {"Type": "A", "Properties": [-Infinity]}}}', "-Infinity is no number"),
            (b'{"Resources": {"A": {"Type": "A", "Properties": [1e999]}}}', "a number that is too large: 1e999"),
            (b"[]", "it has no Resources object"),
            (b"null", "it has no Resources object"),
            (b'"text"', "it has no Resources object"),
            (b"{}", "it has no Resources object"),
            (b'{"Resources": []}', "it has no Resources object"),
            (b'{"Resources": {"A": 1}}', "its resource 'A' has no Type"),
            (b'{"Resources": {"A": {"Type": {"Ref": "B"}}}}', "its resource 'A' has no Type"),
            (b'{"Resources": {"\\ud800": 1}}', "has no Type"),
            (b"Resources:\n  A:\n    Type: AWS::SageMaker::Model\n", "it is not JSON"),
        ],
    )
    def test_fails_with_2_and_one_sentence(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, why: str
    ) -> None:
        file = tmp_path / "a.json"
        file.write_bytes(content)

        assert main([str(file)]) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith(f"{file} ") and why in printed.err
        assert printed.err.count("\n") == 1

    def test_fails_for_yaml_with_what_to_do(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "a.yaml").write_text("Resources: {}")

        assert main([str(tmp_path / "a.yaml")]) == 2
        assert capsys.readouterr().err.endswith("; convert YAML to JSON first\n")

    def test_fails_for_a_file_that_is_not_there(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main([str(tmp_path / "a.json")]) == 2
        assert capsys.readouterr().err == f"{tmp_path / 'a.json'} does not exist\n"

    @pytest.mark.parametrize(
        ("manifest", "why"),
        [
            (None, "it has no manifest.json"),
            ([], "it has no artifacts object"),
            ({"artifacts": 1}, "it has no artifacts object"),
            ({"artifacts": {}}, "has no stack in its manifest.json"),
            ({"artifacts": {"S": stack("gone.json")}}, "gone.json does not exist"),
            ({"artifacts": {"S": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}}}, "no stack"),
        ],
    )
    def test_fails_for_a_folder_that_the_cdk_has_not_written(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], manifest: Any, why: str
    ) -> None:
        if manifest is not None:
            written(tmp_path, "manifest.json", manifest)

        assert main([str(tmp_path)]) == 2
        assert why in capsys.readouterr().err

    def test_fails_without_a_file(self) -> None:
        with pytest.raises(SystemExit, match="2"):
            main([])


def test_starts_without_botocore_and_without_the_cdk(tmp_path: Path) -> None:
    file = written(tmp_path, "a.json", FAULTY)
    script = (
        "import sys; from constructs_lib.contract.__main__ import main; main(sys.argv[1:]);"
        "sys.stderr.write(repr([n for n in ('boto3', 'botocore', 'aws_cdk', 'jsii') if n in sys.modules]))"
    )
    ended = subprocess.run([sys.executable, "-c", script, file], capture_output=True, text=True, check=True)

    assert ended.stderr == "[]"
