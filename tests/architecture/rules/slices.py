"""The files of a slice, and what each of them may do."""

import ast
from collections.abc import Iterator, Mapping

PUBLIC_FILES = {"policy", "queries", "actions"}
SEEN_BY_OWN_SLICE = {"models", "forms", "flow", "views", "socket"}
SLICE_FILES = {"__init__", *PUBLIC_FILES, *SEEN_BY_OWN_SLICE}

NOT_SLICES = {"core", "web", "migrations", "templates", "static", "translations"}
# Not asked by people but by the command line: they fill tables of all slices.
TOOLS = {"imports", "demo"}
MAY_SEE_ALL = {"app.py", "cli.py", "models.py", *TOOLS}

POLICY_LIBRARY = {"__future__", "collections", "dataclasses", "datetime", "decimal", "enum"}
POLICY_LIBRARY |= {"functools", "itertools", "math", "re", "typing", "zoneinfo"}
POLICY_OWN = {"clinicweb.core.decision", "clinicweb.clinic.rules", "clinicweb.clinic.booking_rules"}
POLICY_OWN |= {"clinicweb.clinic.chat_rules", "clinicweb.clinic.video_rules"}
IMPURE_CALLS = {"open", "print", "input", "eval", "exec", "globals", "now", "utcnow", "today"}

# Doors to the database that ask for no line in the journal.
UNAUDITED = {"bookkeeping", "noting", "writing"}

Functions = Mapping[tuple[str, str], str]  # (module, function) → the reason it may


def check_file_name(
    slice_name: str, file: str, extras: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    """Complain of a file whose job the house does not know; *extras* are the declared ones."""
    if file not in SLICE_FILES and (slice_name, file) not in extras:
        yield f"{slice_name}/{file}.py is no file of a slice and not declared"


def check_policy(name: str, text: str) -> Iterator[str]:
    """A policy decides by its arguments alone: no clock, no files, no framework, no database."""
    for node in ast.walk(ast.parse(text)):
        for module in _imported(node):
            if not _may_import_in_policy(module):
                yield f"{name}:{node.lineno}: a policy imports {module}"
        if isinstance(node, ast.Call) and called_name(node) in IMPURE_CALLS:
            yield f"{name}:{node.lineno}: a policy calls {called_name(node)}()"
        if isinstance(node, ast.Global | ast.AsyncFunctionDef | ast.With):
            yield f"{name}:{node.lineno}: a policy is made of plain functions"


def check_viewer_first(name: str, text: str, exempt: Functions) -> Iterator[str]:
    """Each public query is asked by somebody."""
    for function in public_functions(text):
        first = next(iter([*function.args.posonlyargs, *function.args.args]), None)
        if (first is None or first.arg != "viewer") and (name, function.name) not in exempt:
            yield f"{name}:{function.lineno}: the first parameter of {function.name} is not viewer"


def check_actions_open_a_transaction(name: str, text: str, exempt: Functions) -> Iterator[str]:
    """The action is the transaction: each public one opens one, and one only."""
    for function in public_functions(text):
        opened = [call for call in _calls(function) if called_name(call) == "transaction"]
        if len(opened) != 1 and (name, function.name) not in exempt:
            yield f"{name}:{function.lineno}: {function.name} opens {len(opened)} transactions"


def check_bookkeeping(name: str, text: str, allowed: Functions) -> Iterator[str]:
    """Unaudited writes happen only where a reason is written down."""
    for function in _functions(text):
        for call in _calls(function):
            if called_name(call) in UNAUDITED and (name, function.name) not in allowed:
                yield f"{name}:{call.lineno}: {function.name} writes without audit, not declared"


def check_stale(texts: Mapping[str, str], declared: Functions) -> Iterator[str]:
    """Complain of declared exceptions whose function is gone."""
    for name, function in declared:
        known = {node.name for node in _functions(texts.get(name, ""))}
        if function not in known:
            yield f"{name}: {function} is declared an exception and does not exist"


def public_functions(text: str) -> list[ast.FunctionDef]:
    return [
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def called_name(call: ast.Call) -> str:
    """The last word of what is called: ``now`` for ``clock.now()``."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _functions(text: str) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]


def _calls(function: ast.FunctionDef) -> list[ast.Call]:
    return [node for node in ast.walk(function) if isinstance(node, ast.Call)]


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or "."] if isinstance(node, ast.ImportFrom) else []


def _may_import_in_policy(module: str) -> bool:
    if module.startswith("clinicweb."):
        return module in POLICY_OWN or module.endswith(".policy")
    return module.partition(".")[0] in POLICY_LIBRARY


def check_foreign_imports(
    name: str, text: str, allowed: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    """Across slices only queries, actions and policy are seen; *allowed*: (slice, module) → why."""
    own = name.split("/")[1]
    for node in ast.walk(ast.parse(text)):
        for module in _modules(node):
            _, slice_name, file, *_rest = [*module.split("."), "", ""]
            is_foreign = slice_name not in (*NOT_SLICES, own) and file in SEEN_BY_OWN_SLICE
            if is_foreign and (slice_name, file) not in allowed and own not in MAY_SEE_ALL:
                yield f"{name}:{node.lineno}: looks into {module}"


def _modules(node: ast.AST) -> list[str]:
    """The modules that *node* imports of this package, ``from`` and ``import`` alike."""
    if isinstance(node, ast.ImportFrom) and node.module:
        names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    else:
        names = _imported(node)
    return [name for name in names if name.startswith("clinicweb.")]
