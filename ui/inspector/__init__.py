"""What the window tells of the selection, with the source of every field."""
