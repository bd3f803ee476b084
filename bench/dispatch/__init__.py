"""Whole days in the field, replayed: the product's own insertion and search beside simpler rules."""
