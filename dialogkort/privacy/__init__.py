"""What in a text may identify a person."""
