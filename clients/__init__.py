"""Clients of the API for other languages, made from what the service says of itself."""
