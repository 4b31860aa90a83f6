"""Documents for people: printed cards and sheets, and what a group takes along (PDF, Word, a web page)."""
