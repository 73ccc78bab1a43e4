"""What becomes of some nouns: the effects of their operations and of their end. Importing it registers them all."""

from . import endpoint, feature_group, inference_component, model_package, notebook, tags

__all__ = ["endpoint", "feature_group", "inference_component", "model_package", "notebook", "tags"]
