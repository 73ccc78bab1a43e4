"""What becomes of some nouns: the effects of their operations and of their end. Importing it registers them all."""

from . import endpoint, model_package, tags

__all__ = ["endpoint", "model_package", "tags"]
