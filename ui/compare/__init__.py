"""Two maps at once: one swiped over the other, or side by side, with linked extents."""
