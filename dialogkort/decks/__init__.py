"""Decks of cards from files: spreadsheets, CSV, and what may be wrong with them."""
