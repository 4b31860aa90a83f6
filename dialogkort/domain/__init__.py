"""The rules of the workshop, pure: no screen, clock, file or database."""
