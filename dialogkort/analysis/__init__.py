"""Statistics of sessions, turns and notes: frames in, frames out; no drawing, no sentences, no store."""
