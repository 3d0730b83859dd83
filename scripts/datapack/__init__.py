"""Build of the default data pack: `python -m scripts.datapack` writes resources/default."""
