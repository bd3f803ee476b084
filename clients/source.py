"""The source of the service as a graph: which function, class or constant names which others.

Read, not run: of a module the tree is enough, and nothing is imported for it. What a function calls through an
instance is found by the classes that its annotations name, and those of what it calls.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from clients.npm import ROOT

APP = ROOT / "app"


@dataclass(frozen=True)
class Mention:
    """``module:name`` somewhere in a body, inside of a ``try`` that catches ``caught``."""

    name: str
    caught: frozenset[str] = frozenset()
    # In an annotation: it says of what kind something is, and calls nothing.
    of_type: bool = False


@dataclass
class Node:
    """One definition of a module, or one method (``module:Class.method``)."""

    key: str
    kind: str
    doc: str = ""
    mentions: set[Mention] = field(default_factory=set)
    # Names after a dot: methods of whatever has one of that name.
    attributes: dict[str, frozenset[str]] = field(default_factory=dict)
    returns: set[str] = field(default_factory=set)
    strings: list[str] = field(default_factory=list)
    bases: set[str] = field(default_factory=set)
    # Of a class: the members that it declares, and of what kind they are.
    members: dict[str, set[str]] = field(default_factory=dict)


@lru_cache(maxsize=1)
def graph() -> dict[str, Node]:
    """Every definition of ``app``, by ``module:name``. Takes about two seconds, once."""
    nodes: dict[str, Node] = {}
    for path in sorted(APP.rglob("*.py")):
        dotted = ".".join(path.relative_to(APP.parent).with_suffix("").parts).removesuffix(".__init__")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in _Module(dotted, tree).nodes():
            nodes[node.key] = node
    return nodes


class _Module:
    def __init__(self, name: str, tree: ast.Module) -> None:
        self._name, self._tree = name, tree
        # Every name of the module that means something of ours: ``module:name``, or a bare ``module``.
        self._known: dict[str, str] = {}
        for statement in tree.body:
            self._learn(statement)

    def _learn(self, statement: ast.stmt) -> None:
        match statement:
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] == "app":
                for alias in statement.names:
                    self._known[alias.asname or alias.name] = _imported(module, alias.name)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._known[statement.name] = f"{self._name}:{statement.name}"
            case ast.Assign():
                for target in _names(statement.targets):
                    self._known[target] = f"{self._name}:{target}"
            case ast.AnnAssign(target=ast.Name(id=name)):
                self._known[name] = f"{self._name}:{name}"

    def nodes(self) -> Iterator[Node]:
        for statement in self._tree.body:
            match statement:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    yield self._function(statement, statement.name)
                case ast.ClassDef():
                    yield from self._class(statement)
                case ast.Assign():
                    for target in _names(statement.targets):
                        yield self._read(Node(f"{self._name}:{target}", "constant"), statement.value)
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    yield self._read(Node(f"{self._name}:{name}", "constant"), value)

    def _class(self, statement: ast.ClassDef) -> Iterator[Node]:
        key = f"{self._name}:{statement.name}"
        bases = {self._known.get(each.id, each.id) for each in statement.bases if isinstance(each, ast.Name)}
        members = {
            each.target.id: {found.name for found in self._types(each.annotation)}
            for each in statement.body
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
        }
        yield Node(key, "class", ast.get_docstring(statement) or "", bases=bases, members=members)
        for each in statement.body:
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                method = self._function(each, f"{statement.name}.{each.name}")
                # Of itself it calls its own methods.
                method.mentions.add(Mention(key, of_type=True))
                yield method

    def _function(self, statement: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> Node:
        node = Node(f"{self._name}:{name}", "function", ast.get_docstring(statement) or "")
        if statement.returns is not None:
            node.returns = {each.name for each in self._types(statement.returns)}
        return self._read(node, statement)

    def _types(self, annotation: ast.expr) -> Iterator[Mention]:
        for each in ast.walk(annotation):
            if isinstance(each, ast.Name) and each.id in self._known:
                yield Mention(self._known[each.id], of_type=True)

    def _read(self, node: Node, tree: ast.AST) -> Node:
        own = set()
        for each in ast.walk(tree):
            if isinstance(each, ast.arg):
                own.add(each.arg)
            elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                own.add(each.id)
        _Body(self._known, own, node).visit(tree)
        return node


class _Body(ast.NodeVisitor):
    """Walks one definition and notes what it mentions, and under which ``except``."""

    def __init__(self, known: dict[str, str], own: set[str], node: Node) -> None:
        self._known, self._own, self._node = known, own, node
        self._caught: frozenset[str] = frozenset()

    def visit_Name(self, name: ast.Name) -> None:
        if name.id in self._known and name.id not in self._own:
            self._node.mentions.add(Mention(self._known[name.id], self._caught))

    def visit_Attribute(self, found: ast.Attribute) -> None:
        of = self._known.get(found.value.id) if isinstance(found.value, ast.Name) else None
        if of is not None and ":" not in of:
            self._node.mentions.add(Mention(f"{of}:{found.attr}", self._caught))
            return
        before = self._node.attributes.get(found.attr)
        caught = self._caught if before is None else before & self._caught
        self._node.attributes[found.attr] = caught
        self.visit(found.value)

    def visit_Constant(self, constant: ast.Constant) -> None:
        if isinstance(constant.value, str):
            self._node.strings.append(constant.value)

    def visit_arg(self, arg: ast.arg) -> None:
        self._type(arg.annotation)

    def visit_AnnAssign(self, statement: ast.AnnAssign) -> None:
        self._type(statement.annotation)
        if statement.value is not None:
            self.visit(statement.value)

    def visit_FunctionDef(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for each in (*function.decorator_list, function.args, *function.body):
            self.visit(each)

    def visit_AsyncFunctionDef(self, function: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(function)

    def visit_Try(self, block: ast.Try) -> None:
        before = self._caught
        self._caught = before | {name for each in block.handlers for name in self._catches(each)}
        for statement in block.body:
            self.visit(statement)
        self._caught = before
        for statement in (
            *(line for each in block.handlers for line in each.body),
            *block.orelse,
            *block.finalbody,
        ):
            self.visit(statement)

    def visit_Call(self, call: ast.Call) -> None:
        if isinstance(call.func, ast.Name) and call.func.id in ("isinstance", "issubclass", "suppress"):
            return
        self.generic_visit(call)

    def _catches(self, handler: ast.ExceptHandler) -> Iterator[str]:
        passed_on = any(isinstance(each, ast.Raise) and each.exc is None for each in ast.walk(handler))
        if handler.type is not None and not passed_on:
            for each in ast.walk(handler.type):
                if isinstance(each, ast.Name) and each.id in self._known:
                    yield self._known[each.id]

    def _type(self, annotation: ast.expr | None) -> None:
        """``Annotated[Actor, Depends(current_actor)]`` is a type that also calls."""
        for each in ast.walk(annotation) if annotation is not None else ():
            if isinstance(each, ast.Name) and each.id in self._known:
                self._node.mentions.add(Mention(self._known[each.id], self._caught, of_type=True))


def _imported(module: str, name: str) -> str:
    inside = APP.parent.joinpath(*module.split("."), name)
    return f"{module}.{name}" if inside.is_dir() or inside.with_suffix(".py").exists() else f"{module}:{name}"


def _names(targets: list[ast.expr]) -> list[str]:
    return [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]
