"""The whole template of each stack of the app; `make snapshots` rewrites them, to be read before they are committed."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension
from syrupy.types import SerializedData

from tests.templates import masked

STACKS = (
    "DeepLearning-AbTesting",
    "DeepLearning-AsyncInference",
    "DeepLearning-Batch",
    "DeepLearning-DistributedTraining",
    "DeepLearning-FeatureStore",
    "DeepLearning-Foundation",
    "DeepLearning-InferenceComponents",
    "DeepLearning-InferencePipeline",
    "DeepLearning-MultiContainer",
    "DeepLearning-MultiModel",
    "DeepLearning-Notebook",
    "DeepLearning-RealTime",
    "DeepLearning-Serverless",
    "DeepLearning-Training",
    "DeepLearning-Tuning",
)


class WholeDifference(JSONSnapshotExtension):
    """Shows all that changed; syrupy's own report stops at the first difference."""

    def diff_lines(self, serialized_data: SerializedData, snapshot_data: SerializedData) -> Iterator[str]:
        before, after = str(snapshot_data).splitlines(), str(serialized_data).splitlines()
        yield from difflib.unified_diff(before, after, "snapshot", "now", lineterm="", n=5)


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(WholeDifference)


@pytest.mark.parametrize("name", STACKS)
def test_template(name: str, templates: Mapping[str, dict[str, Any]], snapshot: SnapshotAssertion) -> None:
    assert masked(templates[name]) == snapshot


def test_every_stack_has_a_snapshot(templates: Mapping[str, Any]) -> None:
    assert sorted(templates) == sorted(STACKS)
