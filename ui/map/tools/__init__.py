"""What can be done on the map: measure, ask, select."""
