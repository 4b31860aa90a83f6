"""The screen for sharing with the room, and the page by which devices join."""
