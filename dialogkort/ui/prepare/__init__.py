"""The screen for preparing a workshop: time first, the cards, the questions, what is said at the tables."""
