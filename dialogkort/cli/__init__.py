"""The command line: `dialogkort` and what stands behind it."""
