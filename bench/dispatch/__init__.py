"""Whole days in the field, replayed through the product's own planner."""

from bench.dispatch.adapter import policy

__all__ = ["policy"]
