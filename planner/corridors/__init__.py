"""Corridors as a planner works with them: curves, runs, widths and widening."""
