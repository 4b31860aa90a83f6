"""See `controller`, `view` (what is shown) and `widget` (in a notebook)."""
