"""
Finding texts by what somebody types: any word's beginning, without accents, one slip allowed.

Pure, and in memory: a list of thousands of names takes a millisecond or two.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from clinicweb.core.text import search_key

_WORD = re.compile(r"\w+")
# A slip is looked for in words of five letters; one of them may be missing in what was typed.
_SHORTEST_WITH_SLIP = 5
_MOST_WORDS = 8
_EXACT, _BEGINNING, _SLIP = 0, 1, 2

Ranks = dict[int, int]


def words_of(text: str) -> list[str]:
    """«Núñez Peña» → ``nunez``, ``pena``."""
    return _WORD.findall(search_key(text))


class WordIndex:
    """The words of *texts*; what is found are their numbers in the list."""

    def __init__(self, texts: Iterable[str]) -> None:
        found: dict[str, set[int]] = defaultdict(set)
        self._count = 0
        for self._count, text in enumerate(texts, start=1):
            for word in words_of(text):
                found[word].add(self._count - 1)
        self._words: Sequence[str] = sorted(found)
        self._texts = dict(found)

    def find(self, query: str) -> list[int]:
        """
        The texts that have each word of *query*, the best first, else in their own order.

        A word that nothing has as typed may have one letter wrong, missing, doubled or swapped.
        """
        words = words_of(query)[:_MOST_WORDS]
        if not words:
            return list(range(self._count))
        found = _in_all([self._as_typed(word) for word in words])
        if not found:
            found = _in_all([{**self._with_slip(word), **self._as_typed(word)} for word in words])
        return sorted(found, key=lambda number: (found[number], number))

    def _as_typed(self, word: str) -> Ranks:
        return self._ranked(
            (known, _EXACT if known == word else _BEGINNING) for known in self._beginning(word)
        )

    def _beginning(self, word: str) -> Iterator[str]:
        for at in range(bisect_left(self._words, word), len(self._words)):
            if not self._words[at].startswith(word):
                return
            yield self._words[at]

    def _with_slip(self, word: str) -> Ranks:
        """Words that *word* is, or begins, but for one slip."""
        if len(word) < _SHORTEST_WITH_SLIP - 1:
            return {}
        found: set[str] = set()
        # Too short to be a beginning as well: with a slip it would begin nearly anything.
        is_whole = len(word) < _SHORTEST_WITH_SLIP
        for length in (len(word) + 1, len(word), len(word) - 1):
            cut = [known[: None if is_whole else length] for known in self._words]
            near = process.extract(
                word, cut, scorer=OSA.distance, processor=None, score_cutoff=1, limit=None
            )
            found.update(self._words[at] for _cut, _distance, at in near)
            if is_whole:
                break
        long = (known for known in found if len(known) >= _SHORTEST_WITH_SLIP)
        return self._ranked((known, _SLIP) for known in long)

    def _ranked(self, found: Iterable[tuple[str, int]]) -> Ranks:
        ranks: Ranks = {}
        for word, rank in found:
            for number in self._texts[word]:
                ranks[number] = min(rank, ranks.get(number, rank))
        return ranks


def _in_all(found: Sequence[Ranks]) -> Ranks:
    """Those that each word found, with the sum of their ranks."""
    first, *others = sorted(found, key=len)
    return {
        number: rank + sum(other[number] for other in others)
        for number, rank in first.items()
        if all(number in other for other in others)
    }
