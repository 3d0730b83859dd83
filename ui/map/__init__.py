"""The map: what part of the ground is seen, the canvas, its scale bar and coordinates."""
