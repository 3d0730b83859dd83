"""Drawing in the window: tools on the map, what a drawing gains, and the form of a proposal."""
