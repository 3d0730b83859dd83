"""What the parts of Landbridge take, each against a peer, in one run."""
