"""Which land to protect: candidate areas and their parts in each country."""
