"""A sheet for the table: chosen in a panel, seen before it is printed."""
