"""The app as it is run, and the choices that it offers."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY, context_of_cdk_json
from tests.templates import masked, of_type

ROLE = "AWS::IAM::Role"


def names(**changes: Any) -> list[str]:
    from aws_cdk import App, Stack

    from app import build

    app = App(context=context_of_cdk_json() | changes)
    build(app)
    return [child.node.id for child in app.node.children if Stack.is_stack(child)]


def test_builds_the_stacks_that_are_chosen() -> None:
    assert names(stacks="foundation") == ["DeepLearning-Foundation"]
    assert names(stacks="foundation,real-time", project="Other") == ["Other-Foundation", "Other-RealTime"]


def test_data_goes_with_its_stack_only_when_asked(tmp_path: Path, templates: Any) -> None:
    from aws_cdk import App

    from app import build

    app = App(context=context_of_cdk_json() | {"retain_data": "false"}, outdir=str(tmp_path))
    build(app)
    app.synth()
    loose = json.loads((tmp_path / "DeepLearning-Foundation.template.json").read_text())
    kept = templates["DeepLearning-Foundation"]
    for kind in ("AWS::S3::Bucket", "AWS::KMS::Key", "AWS::Logs::LogGroup"):
        assert policies_of(loose, kind) == {"Delete"}
        assert policies_of(kept, kind) == {"Retain"}


@pytest.mark.parametrize("given", ["Most", "arn:aws:iam::aws:policy/teams/Most"])
def test_one_boundary_bounds_every_role(tmp_path: Path, given: str) -> None:
    from aws_cdk import App

    from app import build

    context = {"permissions_boundary": given, "stacks": "foundation,training,real-time"}
    app = App(context=context_of_cdk_json() | context, outdir=str(tmp_path))
    build(app)
    app.synth()
    templates = [json.loads(path.read_text()) for path in tmp_path.glob("*.template.json")]
    bounds = [role["PermissionsBoundary"] for template in templates for role in of_type(template, ROLE).values()]
    parts = ["arn:", {"Ref": "AWS::Partition"}, ":iam::", {"Ref": "AWS::AccountId"}, ":policy/Most"]
    assert len(bounds) > 3
    assert all(bound == (given if ":" in given else {"Fn::Join": ["", parts]}) for bound in bounds)


def policies_of(template: Any, resource_type: str) -> set[str]:
    return {r["DeletionPolicy"] for r in template["Resources"].values() if r["Type"] == resource_type}


def test_one_environment_needs_no_look_up(tmp_path: Path) -> None:
    from aws_cdk import App

    from app import build

    context = context_of_cdk_json() | {"account": "123456789012", "region": "eu-west-1"}
    app = App(context=context, outdir=str(tmp_path))
    build(app)
    app.synth()
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert "missing" not in manifest
    environments = {a["environment"] for a in manifest["artifacts"].values() if a["type"] == "aws:cloudformation:stack"}
    assert environments == {"aws://123456789012/eu-west-1"}


def test_fails_on_a_wrong_context_with_the_error_and_no_traceback() -> None:
    # The CDK command line hands the context over like this.
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=REPOSITORY,
        env={"PATH": "/usr/bin:/bin", "CDK_CONTEXT_JSON": '{"project": "X"}', **_node()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "The CDK context is not valid:\n- stacks is missing" in done.stderr
    assert "Traceback" not in done.stderr


def _node() -> dict[str, str]:
    return {"JSII_NODE": os.environ["JSII_NODE"], "HOME": os.environ["HOME"]}


def test_the_recommended_feature_flags_change_nothing(tmp_path: Path, templates: Any) -> None:
    """Apps that `cdk init` made set them all, this one sets none: the constructs must not depend on them."""
    from aws_cdk import App

    from app import build

    app = App(context=recommended_flags() | context_of_cdk_json(), outdir=str(tmp_path))
    build(app)
    app.synth()
    for name, template in templates.items():
        if name == "DeepLearning-DistributedTraining":
            continue  # its file systems are the CDK's own constructs, which do follow the flags
        assert masked(json.loads((tmp_path / f"{name}.template.json").read_text())) == masked(template)


def recommended_flags() -> dict[str, Any]:
    import aws_cdk

    (package,) = (Path(aws_cdk.__file__).parent / "_jsii").glob("*.tgz")
    with tarfile.open(package) as archive:
        file = archive.extractfile("package/recommended-feature-flags.json")
        assert file is not None
        flags: dict[str, Any] = json.load(file)
    return flags
