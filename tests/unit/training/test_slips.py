"""A text where an object is needed: one clear error from every job, and no traceback from inside."""

from typing import Any

import pytest

from constructs_lib import CompilationJob, ConfigurationError, ProcessingJob, TransformJob, TuningJob

SLIPS: list[tuple[type, dict[str, Any]]] = [
    (
        ProcessingJob,
        {
            "image": "sklearn",
            "cluster": "ml.m5.xlarge",
            "inputs": "s3://bucket/in",
            "outputs": None,
            "key": "arn:key",
            "max_runtime": 3600,
            "network": "vpc-1",
            "role": "arn:role",
        },
    ),
    (
        TransformJob,
        {"model": None, "input": "s3://bucket/in", "output": "s3://bucket/out", "instance_type": "ml.m5.xlarge"},
    ),
    (
        CompilationJob,
        {"input": "s3://bucket/in", "output": "s3://bucket/out", "target": "ml_c5", "key": "arn:key"},
    ),
    (TuningJob, {"definitions": "Train"}),
    (TuningJob, {"definitions": ["Train"]}),
]


@pytest.mark.parametrize(
    ("kind", "slips"), SLIPS, ids=[f"{kind.__name__}{number}" for number, (kind, _) in enumerate(SLIPS)]
)
def test_fails_on_texts_where_objects_are_needed(stack: Any, kind: type, slips: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as raised:
        kind(stack, "Job", **slips)
    assert raised.value.subject == "Stack/Job"
    named = [problem.partition(" must be ")[0].partition("[")[0] for problem in raised.value.problems]
    assert named == list(slips)
