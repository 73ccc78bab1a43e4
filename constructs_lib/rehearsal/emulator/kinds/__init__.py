"""What becomes of some nouns: the effects of their operations and of their end. Importing it registers them all."""

from . import endpoint, inference_component, model_package, notebook, tags

__all__ = ["endpoint", "inference_component", "model_package", "notebook", "tags"]
