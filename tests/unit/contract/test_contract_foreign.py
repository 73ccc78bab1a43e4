"""Right templates of other construct libraries: no error, and only the warnings that are listed here with a reason."""

import json
from pathlib import Path

import pytest

from constructs_lib.contract._check import check
from constructs_lib.contract._finding import Finding, Severity

FOLDER = Path(__file__).parent / "foreign"
FILES = sorted(FOLDER.glob("*.json"))

# Each library leaves these to its caller, and these callers ask for the least that works.
FULL = {"IA136": "the role has AmazonSageMakerFullAccess"}
TRUST = {"IA138": "the trust policy names no account"}
WIDE = {"IA135": "rights on every resource that could be limited"}
RACE = {"SM287": "the model does not wait for the policy of its role"}
SCALED = {"SM255": "an update takes the counts of what scales back"}
MODEL = {"SE202": "the model is not isolated", "SE203": "the model has no VPC"}
ALONE = {"SE201": "one instance, and nothing adds another"}
JOB = {"SE103": "the output has no key", "SE104": "volumes of ml.m5 have no key"}
BUCKET = {
    "SE502": "the bucket has no key of its own",
    "SE504": "the bucket keeps no versions",
    "SE505": "the bucket logs nothing",
}
WARNINGS: dict[str, dict[str, str]] = {
    "alpha_endpoint": {
        **FULL,
        **TRUST,
        **SCALED,
        "SE203": "the model has no VPC",
        "SE207": "volumes of ml.m5 have no key",
    },
    "alpha_in_vpc": {
        **FULL,
        **TRUST,
        **ALONE,
        "SE202": "the model is not isolated",
        "SE511": "the key is not rotated",
        "SM284": "the isolated subnets have no endpoint for S3",
    },
    "generative_custom_endpoint": {**MODEL, **FULL, **TRUST, **SCALED, **RACE},
    "generative_hugging_face": {**FULL, **TRUST, **RACE, **ALONE, "SE203": "the model has no VPC"},
    "l1_asynchronous": {**MODEL, **TRUST, **SCALED, "SE209": "answers have no key", "SE521": "the topic has no key"},
    "l1_components": {**MODEL},
    "l1_feature_group": {"SE322": "the online store has no key"},
    "l1_studio": {
        "SE301": "the notebook instance has internet access, as by default",
        "SE302": "the notebook instance is in no VPC",
        "SE303": "the notebook instance has a root user, as by default",
        "SE305": "the notebook instance has no key",
        "SE312": "the domain has no key",
    },
    "l1_serverless": TRUST,
    "solutions_api_gateway": {"IA124": "an action without resources is given an ARN"},
    "solutions_lambda": {**MODEL, **ALONE, "SM293": "ml.m4 is a generation that has ended"},
    "tasks_deployment": {**MODEL, **WIDE, **ALONE, "SE207": "volumes of ml.m5 have no key"},
    "tasks_training": {**JOB, **WIDE, **TRUST, **BUCKET, "SE102": "the job has neither VPC nor isolation"},
    "tasks_transform": {**JOB, **WIDE, **FULL, **TRUST},
}

# A library that is wrong: its alarms look at a metric by Endpoint and Variant, which nobody publishes (TRAPS 21).
FAULTS = {"generative_custom_endpoint": {"AL101"}}


def findings(file: Path) -> tuple[Finding, ...]:
    return check({file.stem: json.loads(file.read_text())}).findings


def test_there_are_templates_of_several_libraries() -> None:
    assert {file.stem.partition("_")[0] for file in FILES} >= {"alpha", "l1", "solutions", "tasks"}
    assert len(FILES) > 10


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
class TestForeignTemplate:
    def test_has_no_error_but_known_faults_of_its_library(self, file: Path) -> None:
        errors = {finding.rule for finding in findings(file) if finding.severity == Severity.ERROR}

        assert errors == FAULTS.get(file.stem, set())

    def test_has_the_warnings_that_are_true(self, file: Path) -> None:
        warnings = {finding.rule for finding in findings(file) if finding.severity == Severity.WARNING}

        assert warnings == set(WARNINGS.get(file.stem, {}))
