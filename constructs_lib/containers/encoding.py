"""How an image takes its hyperparameters."""

from enum import Enum


class HyperparameterEncoding(Enum):
    """How the software in an image reads its hyperparameters."""

    PLAIN = "plain"
    JSON = "json"
