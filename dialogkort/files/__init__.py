"""Files that survive a power cut, are for one user only, and are taken by one process at a time."""
