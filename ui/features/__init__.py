"""Corridors and proposals as lists."""
