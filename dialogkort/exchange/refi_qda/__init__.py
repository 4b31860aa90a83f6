"""REFI-QDA, the exchange format of programs for qualitative analysis: written, and read from anywhere.

REFI-QDA 1.5 (qdasoftware.org): a project (.qdpx) is a zip with `project.qde`, which is XML, and plain texts
beside it; a codebook (.qdc) is XML alone. Positions are Unicode code points, the first is 0. The standard
speaks of the first and the last character; its examples, like the programs, give the one behind the last.
"""
