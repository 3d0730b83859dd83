"""What it costs to move: resistance surfaces and cost distance."""
