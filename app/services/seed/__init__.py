"""A believable town for demos and tests: what a brand sells, who works for it, who called in the past weeks.

The town itself is in ``data/``; everything random comes from a fixed seed, so two demos are the same town.
"""
