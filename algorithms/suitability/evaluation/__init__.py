"""How good a suitability map is on data it has not seen, and how sure that figure is."""
