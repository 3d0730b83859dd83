"""The numbers that tell what a plan changes."""
