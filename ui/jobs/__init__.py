"""Work that goes on beside the window, and the strip that tells about it."""
