"""What is asked before a project is open."""
