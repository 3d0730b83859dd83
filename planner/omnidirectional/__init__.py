"""Omnidirectional current from the cases of Omniscape: options, files, tiles, results."""
