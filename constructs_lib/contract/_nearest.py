"""The name that was probably meant."""

from collections.abc import Iterable


def nearest(name: str, names: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The one of *names* that is closest to *name*; None where none is close."""
    # Here and not above: it is needed for findings only.
    from difflib import get_close_matches

    found = get_close_matches(name, list(names), 1, cutoff)
    return found[0] if found else None
