"""Broken on purpose: the app finds a mistake of its own and does not synthesize."""

raise ValueError("Training is not valid:\n- count must be at least 1, got 0\n- epochs must be a number, got 'ten'")
