"""The line that finds everything: commands, sites, layers, corridors, proposals, places."""
