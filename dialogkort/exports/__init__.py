"""Notes and figures as files for others, and a ledger of what was published."""
