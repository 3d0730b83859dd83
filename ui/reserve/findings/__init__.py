"""What a run found: solutions, ledger, price of fairness, portfolio and proposals."""
