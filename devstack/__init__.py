"""Real PostgreSQL and Valkey from wheels, for the demo and the tests. Standard library only."""

from devstack.errors import AlreadyRunning, DevstackError, ServerFailed
from devstack.stack import Stack

__all__ = ["AlreadyRunning", "DevstackError", "ServerFailed", "Stack"]
