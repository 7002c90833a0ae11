"""The face of letters: read, print, record how they arrived."""
