"""What becomes of some nouns: the effects of their operations and of their end. Importing it registers them all."""

from . import endpoint, tags, training_job

__all__ = ["endpoint", "tags", "training_job"]
