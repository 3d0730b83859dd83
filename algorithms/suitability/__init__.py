"""Habitat suitability: expert indices, presence-background models and their evaluation."""
