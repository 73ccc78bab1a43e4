"""The channels that the checker knows of built-in algorithms, against what the constructs know."""

import pytest

from constructs_lib.containers.algorithm_facts import algorithms, facts_of
from constructs_lib.contract._algorithms import channels_of

# AWS's registries of algorithms in eu-west-1.
ACCOUNTS = ("141502667606", "224300973850", "438346466558", "685385470294", "999678624901")


@pytest.mark.parametrize(
    ("image", "algorithm"),
    [
        ("685385470294.dkr.ecr.eu-west-1.amazonaws.com/image-classification:1", "image-classification"),
        ("438346466558.dkr.ecr.eu-west-1.amazonaws.com/linear-learner:1", "linear-learner"),
        ("685385470294.dkr.ecr.eu-west-1.amazonaws.com/xgboost:1", "xgboost"),
        ("141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost@sha256:00", "xgboost"),
    ],
)
def test_knows_the_channels_of_an_algorithm(image: str, algorithm: str) -> None:
    facts = facts_of(algorithm, "1")

    assert facts is not None
    assert set(channels_of(image)) == facts.channels


def test_knows_every_algorithm_that_the_constructs_know() -> None:
    unknown = [
        name
        for name in algorithms()
        if not any(channels_of(f"{account}.dkr.ecr.eu-west-1.amazonaws.com/{name}:1") for account in ACCOUNTS)
    ]

    assert unknown == []


@pytest.mark.parametrize("image", ["image", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/xgboost:1"])
def test_knows_nothing_of_an_image_of_ones_own(image: str) -> None:
    assert channels_of(image) == ()
