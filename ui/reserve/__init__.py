"""Proposing protected areas: what is asked, the search, and what was found."""
