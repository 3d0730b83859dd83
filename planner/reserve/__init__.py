"""Proposing transboundary protected areas: units, features, costs, runs and what they found."""
