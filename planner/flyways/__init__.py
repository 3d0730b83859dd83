"""Flyways of migrants: what sites and flights hold together, and where that breaks."""
