"""MiniStack's application with our services in it and the rehearsal's own paths in front."""

from typing import Any

from .surface import with_rehearsal_paths


def build(model_data: str) -> Any:
    """The ASGI application to serve."""
    import ministack.app

    return with_rehearsal_paths(ministack.app.app)
