"""Every edit of the project, who made it and when, and the way back to any of them."""
