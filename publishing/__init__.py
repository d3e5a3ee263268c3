"""Turns the notebooks into the published book."""
