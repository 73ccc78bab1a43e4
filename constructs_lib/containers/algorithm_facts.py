"""What the built-in algorithms read and where they run, from algorithm_facts.json: no package carries it.

docs/decisions/0014-algorithm-facts.md says where it is from and why.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

# What holds the data itself; lists, labels, vocabularies and earlier models have types of their own.
_DATA_CHANNELS = frozenset({"train", "validation", "test"})
# FastFile mode streams into what looks like files: https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data.html
_STREAMED = "FastFile"


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
        noted: The day when this was written down from the page, such as `2026-11-23`.
    """

    required_channels: frozenset[str]
    optional_channels: frozenset[str] = frozenset()
    content_types: frozenset[str] = frozenset()
    input_modes: frozenset[str] = frozenset({"File"})
    devices: frozenset[str] = frozenset({"cpu", "gpu"})
    multi_node: bool = False
    page: str
    noted: str

    @property
    def channels(self) -> frozenset[str]:
        """All channels that it reads."""
        return self.required_channels | self.optional_channels

    def missing_channels(self, names: Iterable[str]) -> list[str]:
        """The required channels that are not in *names*."""
        return sorted(self.required_channels - set(names))

    def reads(self, channel: str, content_type: str) -> bool:
        """Whether nothing says that it cannot read this type in *channel*; the parameters of a type do not count."""
        unsaid = not self.content_types or channel not in _DATA_CHANNELS
        # `text/csv;label_size=0`, which the guide writes as `content_type=text/csv;label_size=0` too.
        plain = content_type.partition(";")[0].removeprefix("content_type=").strip().lower()
        return unsaid or plain in self.content_types

    def takes(self, input_mode: str) -> bool:
        """Whether it is documented to be fed so; what can be streamed at all can be streamed as files."""
        return input_mode in self.input_modes or (input_mode == _STREAMED and "Pipe" in self.input_modes)

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


def algorithms() -> tuple[str, ...]:
    """The algorithms that something is documented of."""
    return tuple(_content())


def facts_of(algorithm: str, version: str) -> AlgorithmFacts | None:
    """The facts of one version of *algorithm*, or None when nothing is documented."""
    written = _content().get(algorithm)
    if written is None:
        return None
    facts: dict[str, Any] = {each.name: written[each.name] for each in fields(AlgorithmFacts)}
    if version in written.get("cpu_versions", ()):
        facts["devices"] = ["cpu"]
    facts = {name: frozenset(value) if isinstance(value, list) else value for name, value in facts.items()}
    return AlgorithmFacts(**facts)


@cache
def _content() -> Mapping[str, Any]:
    content: dict[str, Any] = json.loads((Path(__file__).parent / "algorithm_facts.json").read_text())["algorithms"]
    return content
