"""Solvers of grounded graph Laplacians, the equations of circuit theory."""
