"""Calling back after the work: which jobs, when, how often, and what to ask."""
