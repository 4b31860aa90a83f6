"""Notes from one place to another: read, merged, redacted, erased."""
