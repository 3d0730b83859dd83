"""Networks of habitat patches and sites: how well they hang together, and what each is for."""
