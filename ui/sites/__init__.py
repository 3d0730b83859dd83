"""The list of sites: rows, search and filters, and the panel that shows them."""
