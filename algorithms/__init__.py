"""Arrays in, arrays out: no files, no coordinate systems, no interface."""
