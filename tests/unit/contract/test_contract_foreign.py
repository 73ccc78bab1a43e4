"""Templates of other construct libraries: what is right is clean, and what is found is true, so many times.

`foreign/right` holds what somebody writes who gives keys, a network and all else that is asked for. `foreign` holds
what the libraries make of the least that works; each leaves these things to its caller.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from constructs_lib.contract._check import check
from constructs_lib.contract._finding import Finding

FOLDER = Path(__file__).parent / "foreign"
FILES = sorted(FOLDER.glob("*.json"))
RIGHT = sorted((FOLDER / "right").glob("*.json"))

# Why a finding is true.
REASONS = {
    "AL101": "its alarms look at a metric by Endpoint and Variant, which nobody publishes (TRAPS 21)",
    "IA124": "an action without resources is given an ARN",
    "IA135": "rights on every resource that could be limited",
    "IA136": "the role has AmazonSageMakerFullAccess",
    "IA138": "the trust policy names no account",
    "SE102": "the job has neither VPC nor isolation",
    "SE103": "the output has no key",
    "SE104": "volumes of ml.m5 have no key",
    "SE201": "one instance, and nothing adds another",
    "SE202": "the model is not isolated",
    "SE203": "the model has no VPC",
    "SE207": "volumes of ml.m5 have no key",
    "SE209": "answers have no key",
    "SE301": "the notebook instance has internet access, as by default",
    "SE302": "the notebook instance is in no VPC",
    "SE303": "the notebook instance has a root user, as by default",
    "SE305": "the notebook instance has no key",
    "SE312": "the domain has no key",
    "SE322": "the online store has no key",
    "SE502": "the bucket has no key of its own",
    "SE504": "the bucket keeps no versions",
    "SE505": "the bucket logs nothing",
    "SE511": "the key is not rotated",
    "SE521": "the topic has no key",
    "SM255": "an update takes the counts of what scales back",
    "SM284": "the isolated subnets have no endpoint for S3",
    "SM287": "the model does not wait for the policy of its role",
    "SM293": "ml.m4 is a generation that has ended",
}
# How often each is found; the errors among them are faults of the library.
TRUE: dict[str, dict[str, int]] = {
    "alpha_endpoint": {"IA136": 1, "IA138": 1, "SE203": 1, "SE207": 1, "SM255": 1},
    "alpha_in_vpc": {"IA136": 1, "IA138": 1, "SE201": 2, "SE202": 1, "SE511": 1, "SM284": 1},
    "generative_custom_endpoint": {"AL101": 2, "IA136": 1, "IA138": 2, "SE202": 1, "SE203": 1, "SM255": 1, "SM287": 1},
    "generative_hugging_face": {"IA136": 1, "IA138": 1, "SE201": 1, "SE203": 1, "SM287": 1},
    "l1_asynchronous": {"IA138": 1, "SE202": 1, "SE203": 1, "SE209": 1, "SE521": 1, "SM255": 1},
    "l1_components": {"SE202": 1, "SE203": 1},
    "l1_feature_group": {"SE322": 1},
    "l1_serverless": {"IA138": 1},
    "l1_studio": {"SE301": 1, "SE302": 1, "SE303": 1, "SE305": 1, "SE312": 1},
    "solutions_api_gateway": {"IA124": 1},
    "solutions_lambda": {"SE201": 1, "SE202": 1, "SE203": 1, "SM293": 1},
    "tasks_deployment": {"IA135": 3, "SE201": 1, "SE202": 1, "SE203": 1, "SE207": 1},
    "tasks_training": {"IA135": 6, "IA138": 1, "SE102": 1, "SE103": 1, "SE104": 1, "SE502": 1, "SE504": 1, "SE505": 1},
    "tasks_transform": {"IA135": 1, "IA136": 1, "IA138": 1, "SE103": 1, "SE104": 1},
}


def findings(file: Path) -> tuple[Finding, ...]:
    return check({file.stem: json.loads(file.read_text())}).findings


def test_there_are_templates_of_several_libraries() -> None:
    assert {file.stem.partition("_")[0] for file in RIGHT} == {"alpha", "l1", "solutions", "tasks"}
    assert {file.stem.partition("_")[0] for file in FILES} == {"alpha", "generative", "l1", "solutions", "tasks"}
    assert len(RIGHT) > 10


@pytest.mark.parametrize("file", RIGHT, ids=lambda file: file.stem)
def test_finds_nothing_in_a_right_one(file: Path) -> None:
    assert findings(file) == ()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_finds_what_is_true_of_the_least_that_works(file: Path) -> None:
    assert Counter(finding.rule for finding in findings(file)) == TRUE[file.stem]


def test_each_finding_has_its_reason() -> None:
    assert {rule for found in TRUE.values() for rule in found} == REASONS.keys()
