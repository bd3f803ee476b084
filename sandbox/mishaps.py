"""The kinds of things that go wrong on purpose, and how a rule names one."""

Argument = int | float | str | bool
Arguments = dict[str, Argument]

# kind -> (name of its main argument, default of that argument); a kind without one has ("", "").
MAIN: dict[str, tuple[str, Argument]] = {
    "slow": ("ms", 1000),
    "hang": ("seconds", 60),
    "drop_after_accept": ("", ""),
    "http": ("status", 502),
    "garbage_body": ("", ""),
    "errcode": ("code", -1),
    "token_revoked": ("", ""),
    "token_flap": ("", ""),
    "token_storm": ("", ""),
    "refuse_user": ("code", 43004),
    "review": ("deliver_after_s", 5),
    "block_content": ("code", 40249),
    "job_failed": ("status", "failed: system failed"),
    "event_before_response": ("", ""),
    "quota": ("left", 0),
    "unsubscribed_midway": ("", ""),
    "content": ("suggest", "risky"),
    "cb_duplicate": ("n", 1),
    "cb_delay": ("s", 5),
    "cb_lost": ("", ""),
    "cb_bad_signature": ("", ""),
    "cb_out_of_order": ("s", 1),
    "cb_old_timestamp": ("s", 3600),
    "cb_list_as_object": ("", ""),
    "cb_burst": ("rps", 50),
}
# Arguments beside the main one.
_MORE: dict[str, Arguments] = {
    "quota": {"path": ""},
    "review": {"approve": True},
    "cb_burst": {"seconds": 10},
}
_SUGGESTIONS = ("pass", "review", "risky")
# These happen once unless the rule says otherwise: afterwards everything is fine again.
ONCE = frozenset({"token_revoked", "token_flap"})

WIRE = frozenset({"slow", "hang", "drop_after_accept", "http", "garbage_body", "errcode"})
TOKEN = frozenset({"token_revoked", "token_flap", "token_storm"})
SEND = frozenset(
    {"refuse_user", "review", "block_content", "job_failed", "event_before_response", "unsubscribed_midway"}
)
CONTENT = frozenset({"content"})
CALLBACK = frozenset(
    {"cb_duplicate", "cb_delay", "cb_lost", "cb_bad_signature", "cb_out_of_order", "cb_old_timestamp"}
)
LISTS = frozenset({"cb_list_as_object"})


class BadRule(ValueError):
    pass


def parse_do(do: object) -> tuple[str, Arguments]:
    """`"hang"`, `{"slow": 300}`, `{"review": {"deliver_after_s": 2, "approve": false}}`."""
    if isinstance(do, str):
        do = {do: {}}
    if not isinstance(do, dict) or len(do) != 1:
        raise BadRule("do is a kind, or an object with one kind")
    ((kind, given),) = do.items()
    if kind not in MAIN:
        raise BadRule(f"unknown kind {kind!r}; known: {', '.join(sorted(MAIN))}")
    main, default = MAIN[kind]
    if isinstance(given, int | float | str) and not isinstance(given, bool) and main:
        given = {main: given}
    if not isinstance(given, dict) or not all(
        isinstance(v, int | float | str | bool) for v in given.values()
    ):
        raise BadRule(f"{kind} takes {main or 'no argument'}")
    arguments: Arguments = {**_MORE.get(kind, {}), main: default, **given} if main else {}
    for name, usual in ({main: default} | _MORE.get(kind, {})).items():
        if _is_number(usual) and not _is_number(arguments.get(name, 0)):
            raise BadRule(f"{kind}.{name} is a number")
    if kind == "content" and arguments["suggest"] not in _SUGGESTIONS:
        raise BadRule(f"content is one of {', '.join(_SUGGESTIONS)}")
    return kind, arguments


def _is_number(value: Argument) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
