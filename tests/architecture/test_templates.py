"""Templates are HTML with holes: nothing in them computes, trusts or scripts."""

import re
from pathlib import PurePosixPath

import pytest

from tests.architecture.rules import templates as rules
from tests.architecture.tree import broken_example, python_files, template_files

FILES = dict(template_files())
# Mail programs and printers know no style sheets of ours, nor links: other rules hold there.
MAILS = ("email/", "sms/", "pdf/")
# Layouts are whole documents; they have no root with a name of their own.
LAYOUTS = {"_page.html", "_fragment.html"}
WEB = {name: text for name, text in FILES.items() if not name.startswith(MAILS)}
PARTS = {n: t for n, t in WEB.items() if PurePosixPath(n).name.startswith("_") and n not in LAYOUTS}
BROKEN_PAGES = [
    (rules.check_first_line, "needs: card", "card", "first line"),
    (rules.check_first_line, "booking/page.html", "booking/card.html", "first line"),
    (rules.check_statements, "card.name }}", "card.name|safe }}", "filter safe"),
    (rules.check_statements, "{% if", "{% set x = 1 %}{% if", "statement set"),
    (
        rules.check_statements,
        "{% if",
        "{% autoescape false %}{% endautoescape %}{% if",
        "autoescape",
    ),
    (rules.check_statements, "{% if", "{%- macro x() %}{% endmacro %}{% if", "statement macro"),
    (rules.check_extends, "{% extends layout %}\n", "", "extends layout"),
    (rules.check_extends, "extends layout", 'extends "_page.html"', "extends layout"),
    (rules.check_markup, '<p id="a">', '<p id="a" style="color:red">', "inline style"),
    (rules.check_markup, '<p id="a">', "<style>p{}</style><p>", "inline style"),
    (rules.check_markup, '<p id="a">', '<p id="a" onclick="x()">', "event attribute"),
    (rules.check_markup, ' nonce="{{ csp_nonce }}" defer', " defer", "script without"),
    (rules.check_markup, "<b>", "<script>x()</script><b>", "script without"),
    (rules.check_markup, 'href="{{ card.url }}"', 'href="javascript:x()"', "script address"),
    (rules.check_markup, " hx-get", ' hx-on:click="x()" hx-get', "hx-on"),
    (rules.check_markup, " hx-get", ' hx-vals="{a: js:x}" hx-get', "evaluated value"),
    (rules.check_tags, 'href="{{ card.url }}"', "href={{ card.url }}", "without quotes"),
    (rules.check_tags, ' hx-nonce="{{ csp_nonce }}"', "", "htmx without"),
    (rules.check_translated, '{{ _("Ver") }}', "Ver", "«Ver»"),
    (rules.check_translated, '<p id="a">', '<p id="a" title="Cita">', "«Cita»"),
]


def complaints(rule, files):
    assert files
    return [complaint for name, text in files.items() for complaint in rule(name, text)]


def parts_that_live_alone():
    """The templates that some view answers by themselves."""
    code = "".join(text for _, text in python_files("clinicweb"))
    return set(re.findall(r"\bpart\(\s*\"([^\"]+)\"", code))


@pytest.mark.parametrize("rule", [rules.check_first_line, rules.check_statements])
def test_every_template_keeps_to(rule):
    assert complaints(rule, FILES) == []


@pytest.mark.parametrize(
    "rule",
    [rules.check_extends, rules.check_markup, rules.check_tags, rules.check_translated],
)
def test_every_template_of_the_site_keeps_to(rule):
    assert complaints(rule, WEB) == []


def test_every_part_is_called_as_its_file():
    alone = parts_that_live_alone()

    def rule(name, text):
        return rules.check_root_id(name, text, lives_alone=name in alone)

    assert complaints(rule, PARTS) == []
    assert alone <= PARTS.keys()


@pytest.mark.parametrize(("rule", "old", "new", "words"), BROKEN_PAGES)
def test_a_page_broken_in_one_way_is_rejected_for_it(rule, old, new, words):
    good = broken_example("templates/page.html")
    assert old in good

    found = list(rule("booking/page.html", good.replace(old, new, 1)))

    assert any(words in complaint for complaint in found), found
    assert list(rule("booking/page.html", good)) == []


@pytest.mark.parametrize(
    "root", ['id="tile"', 'id="card-1"', 'class="card"', 'id="card-list-{{ x }}"']
)
def test_a_part_with_another_root_id_is_rejected(root):
    good, name = broken_example("templates/_card.html"), "booking/_card.html"
    bad = good.replace('id="card-{{ card.id }}"', root)

    assert list(rules.check_root_id(name, good, lives_alone=True)) == []
    assert list(rules.check_root_id(name, bad, lives_alone=True))
