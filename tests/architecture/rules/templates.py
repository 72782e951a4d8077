"""Templates: values arrive ready to print; no logic, no inline script, no unsigned htmx."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from jinja2 import Environment

STATEMENTS = {"extends", "block", "endblock", "if", "elif", "else", "endif", "for", "endfor",
              "include", "with", "endwith", "trans", "pluralize", "endtrans"}  # fmt: skip
UNSAFE_FILTERS = {"safe", "tojson", "xmlattr", "striptags", "urlize", "attr", "map", "forceescape"}
NONCE = 'hx-nonce="{{ csp_nonce }}"'

TAG = re.compile(r"""<[a-zA-Z][^\s>]*(?:"[^"]*"|'[^']*'|[^'">])*>""", re.DOTALL)
QUOTED = re.compile(r""""[^"]*"|'[^']*'""", re.DOTALL)
# The name of a language is written in that language, and says so.
ANOTHER_LANGUAGE = re.compile(r"<(\w+)[^>]*\slang=\"[a-z]{2}\"[^>]*>[^<]*</\1>")
FORBIDDEN = {
    "an inline style": re.compile(
        r"\sstyle\s*=|<style\b(?! nonce=\"\{\{ csp_nonce \}\}\")", re.IGNORECASE
    ),
    "a script without src and nonce": re.compile(
        r"<script\b(?!(?=[^>]*\ssrc=)(?=[^>]*\snonce=\"\{\{ csp_nonce \}\}\"))", re.IGNORECASE
    ),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script address": re.compile(r"=\s*[\"']?\s*(javascript|vbscript|js)\s*:", re.IGNORECASE),
    "hx-on": re.compile(r"\shx-on", re.IGNORECASE),
    "an evaluated value": re.compile(r"hx-[a-z:]+=[\"'][^\"']*\bjs:", re.IGNORECASE),
}


def check_first_line(name: str, text: str) -> Iterator[str]:
    """The first line says whose template it is and what it needs."""
    first = text.partition("\n")[0]
    if not re.fullmatch(r"\{#-? " + re.escape(name) + r" — needs: .+ -?#\}", first):
        yield f"{name}:1: the first line is not {{# {name} — needs: … #}}"


def check_statements(name: str, text: str) -> Iterator[str]:
    """Only what a reader of HTML follows at once, and no filter that lifts the escaping."""
    after = ""
    for line, token, value in Environment(autoescape=True).lex(text):
        if token == "name" and after == "block_begin" and value not in STATEMENTS:
            yield f"{name}:{line}: statement {value}"
        if token == "name" and after == "|" and value in UNSAFE_FILTERS:
            yield f"{name}:{line}: filter {value}"
        if token != "whitespace":
            after = value if token == "operator" else token


def check_extends(name: str, text: str) -> Iterator[str]:
    """A page takes its layout from outside: whole page or fragment."""
    body = without_comments(text).strip()
    if not PurePosixPath(name).name.startswith("_") and not body.startswith("{% extends layout %}"):
        yield f"{name}: a page starts with {{% extends layout %}}"


def check_root_id(name: str, text: str, *, lives_alone: bool) -> Iterator[str]:
    """A part's root is called as the part, so that a swap finds it."""
    part = PurePosixPath(name).stem.removeprefix("_").replace("_", "-")
    tag = TAG.search(without_comments(text))
    if tag and tag[0].startswith("<hx-partial"):
        return  # one of several, each of which says where it goes
    found = re.search(r"\sid=\"([^\"]*)\"", tag[0]) if tag else None
    if found is None:
        if lives_alone:
            yield f'{name}: its root has no id, and is swapped by the name of "{part}"'
    elif not re.fullmatch(rf"{re.escape(part)}(-?\{{\{{.*\}}\}})?", found[1]):
        yield f'{name}: the id of its root is "{found[1]}", not "{part}"'


def check_markup(name: str, text: str) -> Iterator[str]:
    """What must not be written by hand: see the keys of ``FORBIDDEN``."""
    body = without_comments(text)
    for what, pattern in FORBIDDEN.items():
        for found in pattern.finditer(body):
            yield f"{name}:{_line(body, found.start())}: {what}"


def check_tags(name: str, text: str) -> Iterator[str]:
    """Attributes are quoted, and each htmx element is signed with the nonce."""
    body = without_comments(text)
    for tag in TAG.finditer(_with_flat_expressions(body)):
        where = f"{name}:{_line(body, tag.start())}"
        if re.search(r"=\s*[^\s\"'=>]", QUOTED.sub('""', tag[0])):
            yield f"{where}: an attribute without quotes in {tag[0][:60]}"
        source = body[tag.start() : tag.end()]
        if re.search(r"\s(data-)?hx-", source) and NONCE not in source:
            yield f"{where}: htmx without {NONCE}"


def check_translated(name: str, text: str) -> Iterator[str]:
    """Every word that a person reads goes through the catalogue."""
    bare = re.sub(r"\{%-? trans.*?endtrans -?%\}", _blank, without_comments(text), flags=re.DOTALL)
    bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", _blank, bare, flags=re.DOTALL)
    for spoken in re.finditer(
        r"\s(?:title|alt|placeholder|aria-label)=\"([^\"]*[^\W\d_][^\"]*)\"", bare
    ):
        yield f"{name}:{_line(bare, spoken.start())}: «{spoken[1]}» is not in the catalogue"
    bare = ANOTHER_LANGUAGE.sub(_blank, bare)
    for word in re.finditer(r"[^\W\d_]{2,}", re.sub(r"<[^>]*>|&\w+;", _blank, bare)):
        yield f"{name}:{_line(bare, word.start())}: «{word[0]}» is not in the catalogue"


def without_comments(text: str) -> str:
    return re.sub(r"\{#.*?#\}", _blank, text, flags=re.DOTALL)


def _with_flat_expressions(text: str) -> str:
    """*text* with each expression as long as it was, and free of quotes and brackets."""
    text = re.sub(r"\{\{.*?\}\}", lambda found: "x" * len(found[0]), text, flags=re.DOTALL)
    return re.sub(r"\{%.*?%\}", _blank, text, flags=re.DOTALL)


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
