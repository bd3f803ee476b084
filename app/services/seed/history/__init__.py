"""The past weeks of the town: tickets that were played through the rules, not painted."""
