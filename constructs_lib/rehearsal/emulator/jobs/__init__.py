"""The kinds of jobs, each in a module of its own: what its role must reach, what it leaves. Importing registers all.

A new kind is one module that calls `register`, and its name here.
"""

from . import compilation, processing, training, transform, tuning

__all__ = ["compilation", "processing", "training", "transform", "tuning"]
