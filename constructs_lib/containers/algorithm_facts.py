"""What the built-in algorithms read and where they run: no package carries it, so each has its page beside it.

An algorithm's own page goes before the tables of all of them:
https://docs.aws.amazon.com/sagemaker/latest/dg/common-info-all-im-models.html (channels, machines) and
https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-training.html (content types).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"


@dataclass(frozen=True, kw_only=True, slots=True)
class AlgorithmFacts:
    """Facts of a built-in algorithm, as its page in the SageMaker developer guide gives them.

    Attributes:
        required_channels: Channels without which it does not start.
        optional_channels: Channels that it reads besides.
        content_types: Values of a data channel's `ContentType` that the guide names; empty when it names none for sure.
        input_modes: How it can be fed: `File`, `Pipe`.
        devices: What it can train on: `cpu`, `gpu`.
        multi_node: Whether several machines can train together.
        page: Where this is written.
    """

    required_channels: frozenset[str]
    optional_channels: frozenset[str] = frozenset()
    content_types: frozenset[str] = frozenset()
    input_modes: frozenset[str] = frozenset({"File"})
    devices: frozenset[str] = frozenset({"cpu", "gpu"})
    multi_node: bool = False
    page: str = f"{_GUIDE}/common-info-all-im-models.html"

    @property
    def channels(self) -> frozenset[str]:
        """All channels that it reads."""
        return self.required_channels | self.optional_channels

    def missing_channels(self, names: Iterable[str]) -> list[str]:
        """The required channels that are not in *names*."""
        return sorted(self.required_channels - set(names))

    def cluster_problem(self, *, device: str, count: int) -> str | None:
        """Why *count* machines with a *device* (`cpu` or `gpu`) cannot train it, as the end of a sentence, or None.

        One that is documented for CPUs runs on a machine with GPUs too: `wastes` tells.
        """
        if device not in self.devices and device == "cpu":
            return f"is documented to train on gpu only, not on {device}; see {self.page}"
        if count > 1 and not self.multi_node:
            return f"trains on one machine only, not on {count}; see {self.page}"
        return None

    def wastes(self, *, device: str) -> bool:
        """Whether it leaves the GPUs of its machines alone."""
        return device == "gpu" and device not in self.devices


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PIPED = _names("File Pipe")
_PROTOBUF = _names("application/x-recordio-protobuf")
_TABULAR = _PROTOBUF | {"text/csv"}
_IMAGES = _names("application/x-recordio application/x-image image/jpeg image/png")

FACTS = {
    "blazingtext": AlgorithmFacts(
        required_channels=_names("train"),
        optional_channels=_names("validation"),  # supervised mode
        input_modes=_PIPED,
        # Several CPU machines in the mode batch_skipgram only.
        multi_node=True,
        page=f"{_GUIDE}/blazingtext.html",
    ),
    "factorization-machines": AlgorithmFacts(
        required_channels=_names("train"),
        optional_channels=_names("test"),
        content_types=_PROTOBUF,
        input_modes=_PIPED,
        multi_node=True,
        page=f"{_GUIDE}/fact-machines.html",
    ),
    "forecasting-deepar": AlgorithmFacts(
        required_channels=_names("train"),
        optional_channels=_names("test"),
        multi_node=True,
        page=f"{_GUIDE}/deepar.html",
    ),
    "image-classification": AlgorithmFacts(
        required_channels=_names("train validation"),
        optional_channels=_names("train_lst validation_lst model"),
        content_types=_IMAGES,
        input_modes=_PIPED,
        devices=_names("gpu"),
        multi_node=True,
        page=f"{_GUIDE}/image-classification.html",
    ),
    "ipinsights": AlgorithmFacts(
        required_channels=_names("train"),
        optional_channels=_names("validation"),
        content_types=_names("text/csv"),
        multi_node=True,
        page=f"{_GUIDE}/ip-insights.html",
    ),
    "kmeans": AlgorithmFacts(
        required_channels=_names("train"),
        optional_channels=_names("test"),
        content_types=_TABULAR,
        input_modes=_PIPED,
        # The table calls it not parallelizable, but has it on "one or more instances"; its page advises to shard.
        multi_node=True,
        page=f"{_GUIDE}/k-means.html",
    ),
    "knn": AlgorithmFacts(
        required_channels=_names("train"),
        optional_channels=_names("test"),
        content_types=_TABULAR,
        input_modes=_PIPED,
        multi_node=True,
        page=f"{_GUIDE}/k-nearest-neighbors.html",
    ),
    "lda": AlgorithmFacts(
        required_channels=_names("train"),
        optional_channels=_names("test"),
        content_types=_TABULAR,
        input_modes=_PIPED,
        devices=_names("cpu"),
        page=f"{_GUIDE}/lda.html",
    ),
    "linear-learner": AlgorithmFacts(
        required_channels=_names("train"),
        optional_channels=_names("validation test"),
        content_types=_TABULAR,
        input_modes=_PIPED,
        multi_node=True,
        page=f"{_GUIDE}/linear-learner.html",
    ),
    "ntm": AlgorithmFacts(
        required_channels=_names("train"),
        optional_channels=_names("validation test auxiliary"),
        content_types=_TABULAR,
        input_modes=_PIPED,
        multi_node=True,
        page=f"{_GUIDE}/ntm.html",
    ),
    "object-detection": AlgorithmFacts(
        required_channels=_names("train validation"),
        optional_channels=_names("train_annotation validation_annotation model"),
        content_types=_IMAGES,
        input_modes=_PIPED,
        devices=_names("gpu"),
        multi_node=True,
        page=f"{_GUIDE}/object-detection.html",
    ),
    "object2vec": AlgorithmFacts(
        required_channels=_names("train"),
        optional_channels=_names("validation test"),
        content_types=_names("application/jsonlines"),
        page=f"{_GUIDE}/object2vec.html",
    ),
    "pca": AlgorithmFacts(
        required_channels=_names("train"),
        optional_channels=_names("test"),
        content_types=_TABULAR,
        input_modes=_PIPED,
        multi_node=True,
        page=f"{_GUIDE}/pca.html",
    ),
    "randomcutforest": AlgorithmFacts(
        required_channels=_names("train"),
        optional_channels=_names("test"),
        content_types=_TABULAR,
        input_modes=_PIPED,
        devices=_names("cpu"),
        multi_node=True,
        page=f"{_GUIDE}/randomcutforest.html",
    ),
    "semantic-segmentation": AlgorithmFacts(
        required_channels=_names("train validation train_annotation validation_annotation"),
        optional_channels=_names("label_map model"),
        content_types=_IMAGES,
        input_modes=_PIPED,
        devices=_names("gpu"),
        page=f"{_GUIDE}/semantic-segmentation.html",
    ),
    "seq2seq": AlgorithmFacts(
        required_channels=_names("train validation vocab"),
        content_types=_PROTOBUF,
        devices=_names("gpu"),
        page=f"{_GUIDE}/seq-2-seq.html",
    ),
    "xgboost": AlgorithmFacts(
        required_channels=_names("train"),
        optional_channels=_names("validation"),
        content_types=_names("text/libsvm text/csv"),
        input_modes=_PIPED,
        multi_node=True,
        page=f"{_GUIDE}/xgboost.html",
    ),
}

# XGBoost trains on GPUs since 1.2-1.
_XGBOOST_WITHOUT_GPU = ("1", "latest", "0.90-1", "0.90-2", "1.0-1")


def facts_of(algorithm: str, version: str) -> AlgorithmFacts | None:
    """The facts of one version of *algorithm*, or None when nothing is documented."""
    facts = FACTS.get(algorithm)
    if facts and algorithm == "xgboost" and version in _XGBOOST_WITHOUT_GPU:
        return replace(facts, devices=_names("cpu"))
    return facts
