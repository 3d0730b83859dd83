"""Circuitscape cases: read, run and written under Circuitscape's names and in its formats."""
