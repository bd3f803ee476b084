"""Huixiang 回响: after-sales service on WeChat."""

import gc

# For every process from its first line on. Looking for cycles after each seven hundred objects takes a fifth of a
# start, and a seventh of the CPU of a read: a request makes some three hundred objects and leaves no cycle worth
# looking for. Never to look costs more again, in memory that is cold.
gc.set_threshold(10_000, 20, 20)
