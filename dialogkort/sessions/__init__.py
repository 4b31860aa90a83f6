"""Sessions and coding projects in use: every change is validated, kept and folded."""
