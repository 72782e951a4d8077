"""Which views make the portal send a mail: found by following who names whom in the sources."""

import ast
from collections import defaultdict

from flask import Flask

from tests.architecture.tree import python_files

Name = tuple[str, str]  # module, function or class

# A mail is written down by the one, or by the worker for whoever wrote the other.
SENDERS: frozenset[Name] = frozenset(
    {
        ("clinicweb.notifications.actions", "enqueue"),
        ("clinicweb.accounts.factors", "send"),
        ("clinicweb.accounts.models", "RecoveryRequest"),
        ("clinicweb.accounts.reactivation_models", "ReactivationRequest"),
        ("clinicweb.accounts.registration_actions", "ask_again"),
        ("clinicweb.accounts.registration_actions", "send_code"),
    }
)


def sending_endpoints(app: Flask) -> set[str]:
    """The endpoints whose view leads to a mail."""
    senders = _all_that_lead_to(SENDERS)
    return {
        endpoint
        for endpoint, view in app.view_functions.items()
        if (view.__module__, view.__qualname__.partition(".")[0]) in senders
        and _takes_posts(app, endpoint)
    }


def _takes_posts(app: Flask, endpoint: str) -> bool:
    return any("POST" in (rule.methods or ()) for rule in app.url_map.iter_rules(endpoint))


def _all_that_lead_to(ends: frozenset[Name]) -> set[Name]:
    named_by: dict[Name, set[Name]] = defaultdict(set)
    for path, text in python_files("clinicweb"):
        module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        tree = ast.parse(text)
        known = _known_names(module, tree)
        for node in tree.body:
            who = (module, getattr(node, "name", ""))
            for name in _names_in(node, known):
                named_by[name].add(who)
    found, new = set(ends), set(ends)
    while new:
        new = {who for name in new for who in named_by[name] if who[1]} - found
        found |= new
    return found


def _known_names(module: str, tree: ast.Module) -> dict[str, Name]:
    """What a bare name in *module* stands for; a whole module has no second part."""
    known = {node.name: (module, node.name) for node in tree.body if hasattr(node, "name")}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                known[alias.asname or alias.name] = (node.module, alias.name)
    return known


def _names_in(node: ast.AST, known: dict[str, Name]) -> set[Name]:
    found = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id in known:
            found.add(known[inner.id])
        if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name):
            module, part = known.get(inner.value.id, ("", ""))
            found.add((f"{module}.{part}", inner.attr))
    return found
