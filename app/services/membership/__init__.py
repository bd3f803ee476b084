"""Points that customers earn, and the level that they have by them (ADR 48)."""
