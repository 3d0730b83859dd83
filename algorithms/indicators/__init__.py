"""Numbers that say how well a plan protects and connects."""
