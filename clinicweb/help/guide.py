"""
What a guide is made of, and finding something in it.  Pure.

A topic is written in Python, not in a file of prose: its numbers are the clinic's rules and its
lines stand there only where a rule makes them true, and each goes through the catalogue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clinicweb.core.flow import guide_anchor
from clinicweb.core.search import WordIndex


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence or two; *id* where a page leads to it."""

    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """*is_ordered*: its lines are done one after the other."""

    key: str
    title: str
    lines: tuple[Line, ...]
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    key: str
    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A line of the guide that has what was looked for, and where it stands."""

    topic: Topic
    section: Section
    line: Line


@dataclass(frozen=True, slots=True)
class Revision:
    """S2-24: which edition of the guide this is."""

    number: int
    created: date
    updated: date


REVISION = Revision(2, created=date(2026, 11, 22), updated=date(2026, 11, 22))


def lines(*texts: str | None) -> tuple[Line, ...]:
    """What is true of this clinic: the others are None, or empty."""
    return tuple(Line(text) for text in texts if text)


def step(key: str, text: str) -> Line:
    """What is done in the step *key* of a flow."""
    return Line(text, guide_anchor(key))


def find(topics: Sequence[Topic], query: str, *, most: int) -> tuple[Hit, ...]:
    """
    At most *most* lines that have each word of *query*, in themselves or in what stands above.

    Accents and case do not matter, nor does one slip in a long word.  Nothing asked: nothing.
    """
    if not query.strip():
        return ()
    all_lines = [
        Hit(topic, section, line)
        for topic in topics
        for section in topic.sections
        for line in section.lines
    ]
    index = WordIndex(f"{hit.line.text} {hit.topic.title} {hit.section.title}" for hit in all_lines)
    return tuple(all_lines[number] for number in index.find(query)[:most])
