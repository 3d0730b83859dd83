"""The main job: from sites and species to corridors, proposals, maps and a report."""
