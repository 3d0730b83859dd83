"""The stages of a study, in order: each reads what those before it wrote."""
