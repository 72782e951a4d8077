"""
Work that every new app of a run does again with the same result: done once.

A test's app is new, for its settings, its database and its limits are its own. Its routes and
templates are those of all others.
"""

from collections.abc import Callable
from typing import Any

import pytest
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from werkzeug.routing.rules import Rule

Builder = Callable[..., tuple[str, str]]

_compile = Rule._compile_builder
_builders: dict[tuple[object, ...], Builder] = {}


class CompiledTemplates(BytecodeCache):
    """By name and source; in memory."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


def pytest_configure() -> None:
    spare(CompiledTemplates())


def spare(compiled: BytecodeCache) -> None:
    """From now on, for all apps of this process and of those forked from it."""
    Rule._compile_builder = _builder  # type: ignore[method-assign]
    _share_templates(compiled)


def _builder(rule: Rule, append_unknown: bool = True) -> Builder:
    """What fills the names into an address: made of nothing but what the key says."""
    if rule.defaults:
        return _compile(rule, append_unknown)
    key = (rule.rule, tuple(rule._trace), append_unknown)
    if key not in _builders:
        _builders[key] = _compile(rule, append_unknown)
    return _builders[key]


def _share_templates(compiled: BytecodeCache) -> None:
    make = Environment.__init__

    def made(self: Environment, *args: Any, **options: Any) -> None:
        make(self, *args, **options)
        self.bytecode_cache = self.bytecode_cache or compiled

    pytest.MonkeyPatch().setattr(Environment, "__init__", made)
