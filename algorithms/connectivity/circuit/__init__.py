"""Circuit theory: resistance between places, and the current and voltage at every place."""
