"""Folders of Marxan: read in every dialect, solved with a proven bound, written alike."""
