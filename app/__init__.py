"""Huixiang 回响: after-sales service on WeChat."""

import gc

# For every process from its first line on, until it has all that it lives with (app/collector.py). Looking for cycles
# after each seven hundred objects takes a fifth of a start, after each ten thousand still a tenth.
gc.set_threshold(50_000, 20, 20)
