"""Readers of recordings: one file per format, found by how a file's name ends."""
