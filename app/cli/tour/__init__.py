"""A walk through the main job on a running demo, over HTTP alone, with every message as a phone shows it."""
