"""Habitat suitability: setting up a study, running it, and reading what it found."""
