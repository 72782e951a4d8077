"""The portal with one scope filter taken out: code that forgot whose record it reads."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType, ModuleType

from tests.architecture.tree import python_files

SCOPED_FILES = ("/queries.py", "actions.py", "/membership.py")
FILTERS = {"where", "filter", "filter_by"}


@dataclass(frozen=True)
class Mutant:
    """*function* of *module* without the *number*-th condition that names the viewer."""

    module: str
    function: str
    number: int

    def __str__(self) -> str:
        return f"{self.module.removeprefix('clinicweb.')}.{self.function}-{self.number}"

    def made(self) -> tuple[ModuleType, FunctionType]:
        """The module, and the function as somebody wrote it who forgot the condition."""
        module = importlib.import_module(self.module)
        tree = ast.parse(inspect.getsource(getattr(module, self.function)))
        assert _Forgetter(self.number).forget(tree)
        made: dict[str, FunctionType] = {}
        exec(compile(tree, f"<{self}>", "exec"), module.__dict__, made)  # noqa: S102  own source
        return module, made[self.function]


def scope_mutants() -> Iterator[Mutant]:
    """One for each condition on the viewer in a query or an action."""
    for name, text in python_files("clinicweb"):
        if not name.endswith(SCOPED_FILES):
            continue
        module = name.removesuffix(".py").replace("/", ".")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                yield from (Mutant(module, node.name, n) for n in range(_Forgetter.count(node)))


class _Forgetter(ast.NodeTransformer):
    def __init__(self, number: int) -> None:
        self.number = number
        self.seen = 0

    @classmethod
    def count(cls, tree: ast.AST) -> int:
        counter = cls(-1)
        counter.visit(tree)
        return counter.seen

    def forget(self, tree: ast.AST) -> bool:
        """Take the condition out of *tree*; whether there was one."""
        self.visit(tree)
        ast.fix_missing_locations(tree)
        return self.seen > self.number

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in FILTERS:
            node.args = [condition for condition in node.args if not self._is_mine(condition)]
        return node

    def _is_mine(self, condition: ast.expr) -> bool:
        if not any(_names_viewer(node) for node in ast.walk(condition)):
            return False
        self.seen += 1
        return self.seen - 1 == self.number


def _names_viewer(node: ast.AST) -> bool:
    name = getattr(node, "id", None) or getattr(node, "attr", None)
    return name in ("viewer", "owner")
