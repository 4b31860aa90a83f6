"""What happens while people are at it: a group's session, a coding project."""
