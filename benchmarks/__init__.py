"""Measures what the book claims of speed and size: make bench."""
