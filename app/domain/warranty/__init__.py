"""Warranties: how long, of what, under which policy; what is in and what is out. Pure arithmetic on dates."""

from app.domain.warranty.periods import add_months, decide, remaining_days

__all__ = ["add_months", "decide", "remaining_days"]
