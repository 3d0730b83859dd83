"""Work by tiles: planned, run on cores or a cluster, written whole or not at all."""
