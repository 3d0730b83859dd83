"""Networks of patches and sites, from plain files or from a project."""
