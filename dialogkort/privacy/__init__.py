"""Personal data in text: what may identify somebody, and what is put in its place."""
