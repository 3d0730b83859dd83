"""Adding layers to the map: files, web maps and databases."""
