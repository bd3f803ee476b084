"""A run as a table for people and as one line for machines."""

import json

from bench.hot_paths import BARS, FLOORS, OPERATIONS, Found
from bench.relay import BACKLOG, PACE, Relayed
from bench.rounds import Run, Spread, cpu_ratios, spread

# Messages a second of other clients on a machine like this one, by the latency of the platform (docs/performance.md).
CEILINGS = {0: ("128/s", "659/s"), 60: ("167/s", "225/s")}
SUBMIT_CPU_MS, RELAY_P99_MS, GROWTH = 1.5, 20.0, 1.3
# The CPU time of the three inserts on the machine for which the milliseconds are meant: the dearest of its runs.
INSERTS_CPU_MS = 0.42


def show(found: Found) -> None:
    if found.runs:
        _show_runs(found)
        _show_bars(found)
        _show_growth(found)
    if found.relayed:
        _show_relay(found.relayed)
    print(json.dumps(found.as_json()))


def _show_runs(found: Found) -> None:
    plan = found.plan
    print(f"\n{plan.rounds} interleaved rounds of {plan.seconds:g} s; min / median / max\n")
    print(f"{'':22}{'a second':>26}{'CPU ms program':>24}{'CPU ms database':>24}{'p50 ms':>8}{'p99 ms':>8}")
    for name, runs in found.runs.items():
        print(_run_line(name, runs))


def _show_bars(found: Found) -> None:
    judged = found.plan.judged
    print(f"\nas a share of its bar, {judged:,} tickets")
    for operation in OPERATIONS:
        share = found.against_bar(operation)
        print(
            f"  {operation:8} / {BARS[operation]:14}{_percent(share):>26}   goal ≥ {FLOORS[operation]:.0%}"
            f"   {_verdict(share.median >= FLOORS[operation])}"
        )
    submit = spread([run.cpu_ms for run in found.ours("submit", judged)])
    verdict = _verdict(submit.median <= SUBMIT_CPU_MS)
    print(f"  submit, CPU with the database's: {_three(submit)} ms   goal ≤ {SUBMIT_CPU_MS} ms   {verdict}")
    times = cpu_ratios(found.ours("submit", judged), found.runs[BARS["submit"]])
    goal = SUBMIT_CPU_MS / INSERTS_CPU_MS
    print(
        f"          of the three inserts' CPU: × {_three(times)}   goal ≤ × {goal:.1f}"
        f" ({SUBMIT_CPU_MS} ms where these take {INSERTS_CPU_MS})   {_verdict(times.median <= goal)}"
    )


def _show_growth(found: Found) -> None:
    smallest, *larger = found.plan.sizes
    for tickets in larger:
        print(f"\n{tickets:,} tickets against {smallest:,}: CPU and time of one operation, goal ≤ {GROWTH} ×")
        for operation in OPERATIONS:
            cpu, slower = found.growth(operation, tickets), found.slowdown(operation, tickets)
            verdict = _verdict(slower.median <= GROWTH)
            print(f"  {operation:8} CPU × {_three(cpu)}   time × {_three(slower)}   {verdict}")


def _show_relay(relayed: Relayed) -> None:
    print(
        f"\nrelay: commit to arrival at the platform, {relayed.count} messages at {PACE}/s:"
        f" p50 {relayed.p50:.1f} ms, p99 {relayed.p99:.1f} ms   goal p99 < {RELAY_P99_MS:g} ms"
        f"   {_verdict(relayed.p99 < RELAY_P99_MS)}"
    )
    for drain in relayed.drains:
        low, high = CEILINGS[drain.latency_ms]
        print(
            f"       WeChat at {drain.latency_ms} ms: a backlog of {BACKLOG:,} leaves at {drain.relay:.0f}/s"
            f" ({drain.relay / drain.client:.0%} of the bare client's {drain.client:.0f}/s;"
            f" measured elsewhere for httpx with 16 connections: {low}, with aiohttp: {high})"
        )
    print()


def _run_line(name: str, runs: list[Run]) -> str:
    rate = spread([run.rate for run in runs])
    server, database = (spread([getattr(run, part) for run in runs]) for part in ("server_ms", "database_ms"))
    p50, p99 = (spread([getattr(run.tally, part) for run in runs]).median for part in ("p50", "p99"))
    rates = f"{rate.low:.0f} / {rate.median:.0f} / {rate.high:.0f}"
    return f"{name:22}{rates:>26}{_three(server):>24}{_three(database):>24}{p50:>8.1f}{p99:>8.1f}"


def _three(found: Spread) -> str:
    return f"{found.low:.2f} / {found.median:.2f} / {found.high:.2f}"


def _percent(found: Spread) -> str:
    return f"{found.low:.0%} / {found.median:.0%} / {found.high:.0%}"


def _verdict(good: bool) -> str:
    return "met" if good else "MISSED"
