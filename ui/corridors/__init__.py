"""Corridors: cores and resistance, finding them, how wide they are, and widening them."""
