"""Points to learn from: presences placed and thinned, background drawn by survey effort."""
