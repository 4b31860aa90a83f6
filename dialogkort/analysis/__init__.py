"""What do the notes and the turns say? Frames in, frames out: no drawing, no words for a reader, no store."""
