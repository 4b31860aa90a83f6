"""The pages: one process serves facilitator and groups by its own handlers, and nothing there runs code."""
