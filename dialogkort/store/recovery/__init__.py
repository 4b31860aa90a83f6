"""Recovery of events and decks from a damaged store."""
