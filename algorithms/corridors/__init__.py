"""Cores, the corridors between them, how wide they are and how to widen them."""
