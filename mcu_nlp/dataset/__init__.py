"""Labelled appeals: a file of them -> examples and the taxonomy of their labels."""
