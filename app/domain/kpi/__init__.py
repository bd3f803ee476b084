"""Figures of people and branches that can be recomputed from the raw rows at any time (ADR 12)."""
