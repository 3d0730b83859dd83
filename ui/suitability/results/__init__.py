"""What a run found: numbers, curves, tables, and two runs side by side."""
