"""Customers who are not content: how we notice, and by when somebody answers."""
