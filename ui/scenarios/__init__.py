"""Scenarios: their list, their notes, and several of them side by side in numbers."""
