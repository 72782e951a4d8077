"""Every route asked in every way by everybody, against one table of what should happen."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import Flask
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.architecture import policy_table
from tests.architecture.policy_table import HIDDEN, PASS, SIGN_IN
from tests.architecture.routes import stored
from tests.architecture.world import Actor, World

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
FEW = 2
NO_METHOD = "method not allowed"
# Before a socket is one, a page asks for it; the test's server has none to give.
HANDSHAKE = {"Connection": "Upgrade", "Upgrade": "websocket", "Origin": "http://localhost"}
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "main#main"}

# From the stored list, not from the portal: a guard that is gone must not move the goal.
GUARDS = {line.split(" | ")[2]: line.split(" | ")[3] for line in stored()}


@dataclass(frozen=True)
class Cell:
    """One question: may *actor* call this address with this method?"""

    endpoint: str
    path: str
    method: str
    actor: Actor
    is_socket: bool = False


def cells(world: World, rule: Rule) -> Iterator[Cell]:
    """By everybody; a method that leads nowhere, by a visitor and a patient unless PROVE is set."""
    path = world.path_of(rule)
    is_socket = bool(rule.websocket)
    for method in METHODS:
        endpoint = endpoint_of(world.app, path, method, is_socket=is_socket) or ""
        actors = world.actors if endpoint or os.environ.get("PROVE") else world.actors[:FEW]
        yield from (Cell(endpoint, path, method, actor, is_socket) for actor in actors)


def mismatches(world: World, asked_cells: Iterable[Cell]) -> tuple[int, list[str]]:
    """How many questions were asked, and which got another answer than the table's."""
    asked, wrong = 0, []
    for cell in asked_cells:
        decisions = [ask(world, cell, headers) for headers in ({}, HTMX)]
        asked += len(decisions)
        wanted = expected(cell)
        if decisions != [wanted, wanted]:
            who = f"{cell.actor.name}: {cell.method} {cell.path} ({cell.endpoint})"
            wrong.append(f"{who}: {decisions}, not {wanted}")
    return asked, wrong


def ask(world: World, cell: Cell, headers: dict[str, str]) -> str:
    """Put the question as the portal's own pages would; say what was decided."""
    handshake = HANDSHAKE if cell.is_socket else {}
    response = world.send(cell.path, cell.method, cell.actor, headers=headers | handshake)
    return decision(response)


def expected(cell: Cell) -> str:
    if not cell.endpoint:
        return NO_METHOD
    if cell.method == "OPTIONS":
        return policy_table.BY_GUARD[GUARDS[cell.endpoint]][cell.actor.name]
    return policy_table.TABLE[cell.endpoint][cell.actor.name]


def decision(response: TestResponse) -> str:
    if response.status_code >= 500:
        return f"failed with {response.status}"
    if response.status_code == 405:
        return NO_METHOD
    if response.status_code == 404:
        return HIDDEN
    leads_to = response.headers.get("HX-Redirect") or response.headers.get("Location", "")
    if leads_to.startswith("/ingresar?next="):
        return SIGN_IN
    if response.status_code in (400, 401, 403):
        return f"refused with {response.status}"
    return PASS


def endpoint_of(app: Flask, path: str, method: str, *, is_socket: bool = False) -> str | None:
    try:
        endpoint, _ = app.url_map.bind("localhost").match(path, method, websocket=is_socket)
    except MethodNotAllowed:
        return None
    return str(endpoint)
