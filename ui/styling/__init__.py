"""How layers are drawn: styles that are tried on the map before they are kept."""
