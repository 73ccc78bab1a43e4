"""What built-in algorithms read and where they run."""

from datetime import date

import pytest

from constructs_lib import ConfigurationError, ContainerImage
from constructs_lib.containers import catalogue
from constructs_lib.containers.algorithm_facts import AlgorithmFacts, algorithms, facts_of


def facts(algorithm: str, version: str | None = None) -> AlgorithmFacts:
    found = ContainerImage.built_in(algorithm, version).facts
    assert found is not None
    return found


@pytest.mark.parametrize("algorithm", algorithms())
def test_every_one_has_an_image_a_page_and_a_channel(algorithm: str) -> None:
    assert catalogue.groups(algorithm)
    found = facts_of(algorithm, "")
    assert found is not None
    assert found.page.startswith("https://docs.aws.amazon.com/sagemaker/latest/dg/")
    assert date.fromisoformat(found.noted) <= date.today()
    assert found.required_channels
    assert not found.required_channels & found.optional_channels
    assert found.input_modes <= {"File", "Pipe"}
    assert found.devices <= {"cpu", "gpu"}


def test_there_are_the_eighteen_of_the_chapter() -> None:
    for algorithm in (*algorithms(), "sklearn"):
        ContainerImage.built_in(algorithm, {"xgboost": "3.0-5", "sklearn": "1.4-2"}.get(algorithm))
    assert len({*algorithms(), "sklearn"}) == 18


@pytest.mark.parametrize("algorithm", ["xgboost", "sklearn"])
def test_fails_without_a_version_where_there_are_several(algorithm: str) -> None:
    with pytest.raises(ConfigurationError, match=f"version must be given for {algorithm}.*; the newest is"):
        ContainerImage.built_in(algorithm)


def test_names_the_nearest_of_a_name_that_is_none() -> None:
    with pytest.raises(ConfigurationError, match="algorithm is not known: 'scikit-learn'; did you mean 'sklearn'"):
        ContainerImage.built_in("scikit-learn", "1.4-2")


def test_trap_37_names_the_channels() -> None:
    assert facts("image-classification").channels == {"train", "validation", "train_lst", "validation_lst", "model"}
    assert facts("semantic-segmentation").missing_channels(["train", "validation"]) == [
        "train_annotation",
        "validation_annotation",
    ]
    assert facts("seq2seq").missing_channels(["train", "validation", "vocab"]) == []


@pytest.mark.parametrize(
    ("algorithm", "device", "count", "words"),
    [
        ("image-classification", "gpu", 2, None),
        ("image-classification", "cpu", 1, "is documented to train on gpu only, not on cpu"),
        ("lda", "cpu", 1, None),
        ("lda", "cpu", 2, "trains on one machine only, not on 2"),
        ("lda", "gpu", 1, None),
        ("semantic-segmentation", "gpu", 2, "trains on one machine only"),
        ("seq2seq", "gpu", 1, None),
    ],
)
def test_tells_where_it_trains(algorithm: str, device: str, count: int, words: str | None) -> None:
    problem = facts(algorithm).cluster_problem(device=device, count=count)
    assert problem is None if words is None else problem is not None and words in problem


@pytest.mark.parametrize(
    ("algorithm", "device", "wastes"), [("lda", "gpu", True), ("lda", "cpu", False), ("kmeans", "gpu", False)]
)
def test_tells_where_gpus_do_nothing(algorithm: str, device: str, wastes: bool) -> None:
    assert facts(algorithm).wastes(device=device) == wastes


def test_xgboost_has_gpus_since_1_2() -> None:
    assert facts("xgboost", "1.0-1").devices == {"cpu"}
    assert facts("xgboost", "1.2-1").devices == {"cpu", "gpu"}


@pytest.mark.parametrize(
    ("algorithm", "channel", "content_type", "read"),
    [
        ("kmeans", "train", "image/png", False),
        ("kmeans", "train", "text/csv", True),
        ("kmeans", "train", "text/csv;label_size=0", True),
        ("kmeans", "train", "content_type=text/csv; label_size=0", True),
        ("kmeans", "train", "Text/CSV", True),
        # Nothing is said of it for sure.
        ("blazingtext", "train", "text/plain", True),
        # Not the data itself.
        ("image-classification", "model", "application/x-sagemaker-model", True),
        ("seq2seq", "vocab", "application/json", True),
    ],
)
def test_tells_which_types_it_reads(algorithm: str, channel: str, content_type: str, read: bool) -> None:
    assert facts(algorithm).reads(channel, content_type) == read


@pytest.mark.parametrize(
    ("algorithm", "mode", "takes"),
    [
        ("object2vec", "File", True),
        ("object2vec", "FastFile", False),
        ("object2vec", "Pipe", False),
        ("kmeans", "Pipe", True),
        ("kmeans", "FastFile", True),
    ],
)
def test_tells_how_it_is_fed(algorithm: str, mode: str, takes: bool) -> None:
    assert facts(algorithm).takes(mode) == takes
