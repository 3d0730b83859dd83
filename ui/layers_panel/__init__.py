"""The layers of the map: groups, switches, swatches."""
