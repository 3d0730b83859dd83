"""The attribute table of a layer, linked to the map."""
