"""Keeps the words of the six languages: collects, checks, hands out, takes in, compiles."""
