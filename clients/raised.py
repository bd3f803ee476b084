"""Which errors each operation can answer with, read from the source (docs/adr/0047).

From the endpoint along everything that it names: what is raised there and not caught on the way. A path that can
never be taken is counted too; one that can be taken is not left out (tests hold every answer of theirs against it).
"""

import re
from collections.abc import Iterator, Mapping

from app.edge.database_errors import GUARDED, KNOWN
from app.edge.openapi.raised import Raised, problems
from app.errors import Problem
from clients.source import Mention, Node, graph

_WRITES = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)")
_NAMES = re.compile(r"\b[A-Z]\w+")


def raised() -> Mapping[str, Raised]:
    """For every definition of ``app``, ``module:name``, what may leave it: grows until nothing is added any more."""
    nodes, kinds = graph(), problems()
    calls = {key: list(_calls(node, nodes, kinds)) for key, node in nodes.items()}
    callers: dict[str, set[str]] = {}
    for key, called in calls.items():
        for each in called:
            callers.setdefault(each.name, set()).add(key)
    leaves: dict[str, Raised] = {key: _own(node, kinds) for key, node in nodes.items()}
    waiting = set(nodes)
    while waiting:
        key = waiting.pop()
        found = leaves[key].union(
            *(_passing(leaves.get(each.name, frozenset()), each.caught, kinds) for each in calls[key])
        )
        if found != leaves[key]:
            leaves[key] = found
            waiting |= callers.get(key, set())
    return leaves


def _own(node: Node, kinds: Mapping[str, type[Problem]]) -> Raised:
    named = {
        kinds[each.name]
        for each in node.mentions
        if each.name in kinds and not each.of_type and not _caught(kinds[each.name], each.caught, kinds)
    }
    if node.kind == "function" and not node.mentions - {each for each in node.mentions if each.of_type}:
        # A protocol has no body: its words say what those raise who keep it.
        by_name = {kind.__name__: kind for kind in kinds.values()}
        named |= {
            by_name[word] for word in _NAMES.findall(node.doc) if "Raises" in node.doc and word in by_name
        }
    return frozenset(named | _of_constraints(node))


def _of_constraints(node: Node) -> set[type[Problem]]:
    tables = {table for text in node.strings for table in _WRITES.findall(text)}
    return {
        kind
        for constraint, kind in KNOWN.items()
        if any(f"_{table}" in f"_{constraint}_" or table in GUARDED.get(constraint, ()) for table in tables)
    }


def _calls(node: Node, nodes: Mapping[str, Node], kinds: Mapping[str, type[Problem]]) -> Iterator[Mention]:
    for each in node.mentions:
        if (
            each.name in nodes
            and each.name not in kinds
            and not (each.of_type and nodes[each.name].kind == "class")
        ):
            yield each
    for method in _methods(node, nodes):
        yield Mention(method, node.attributes.get(method.rpartition(".")[2], frozenset()))


def _methods(node: Node, nodes: Mapping[str, Node]) -> set[str]:
    """Of everything that the function may hold an instance of, what it names after a dot."""
    found: set[str] = set()
    seen: set[str] = set()
    classes = _held(node, nodes)
    while classes:
        seen |= classes
        further: set[str] = set()
        for owner in {each for name in classes for each in _lineage(name, nodes)}:
            # What it was given to keep: its methods hold the same.
            given = nodes.get(f"{owner}.__init__")
            if given is not None and node.key.startswith(f"{owner}."):
                further |= _held(given, nodes)
            for attribute in (*node.attributes, "__init__", "__post_init__"):
                if f"{owner}.{attribute}" in nodes:
                    found.add(f"{owner}.{attribute}")
                    further |= _classes(f"{owner}.{attribute}", nodes)
                for kind in nodes[owner].members.get(attribute, ()):
                    further |= _classes(kind, nodes)
        classes = further - seen
    return found


def _held(node: Node, nodes: Mapping[str, Node]) -> set[str]:
    return {name for each in node.mentions for name in _classes(each.name, nodes)}


def _classes(name: str, nodes: Mapping[str, Node]) -> set[str]:
    """What something of that name may be an instance of, or give one of."""
    node = nodes.get(name)
    if node is None:
        return set()
    if node.kind == "class":
        return {name}
    found = node.returns if node.kind == "function" else {each.name for each in node.mentions}
    # An alias of a type names the type; a function that is named in passing gives nothing here.
    types = {each for each in found if each in nodes and each != name and nodes[each].kind != "function"}
    return {inner for each in types for inner in _classes(each, nodes)}


def _lineage(name: str, nodes: Mapping[str, Node]) -> Iterator[str]:
    yield name
    for base in nodes[name].bases:
        if base in nodes:
            yield from _lineage(base, nodes)


def _passing(leaving: Raised, caught: frozenset[str], kinds: Mapping[str, type[Problem]]) -> Raised:
    return frozenset(kind for kind in leaving if not _caught(kind, caught, kinds)) if caught else leaving


def _caught(kind: type[Problem], caught: frozenset[str], kinds: Mapping[str, type[Problem]]) -> bool:
    return any(name in kinds and issubclass(kind, kinds[name]) for name in caught)
