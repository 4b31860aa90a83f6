"""Events as tidy DataFrames: what was said, and how it was coded."""
