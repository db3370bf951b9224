"""Content as weighted terms: TF-IDF per field, every field of an item a unit vector.

Salton and Buckley, "Term-weighting approaches in automatic text retrieval", Information
Processing & Management 24(5), 1988.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommendations.engine.arrays import CsrMatrix, Float32Array, IndexArray
from recommendations.engine.items import ItemContent

_WORD = re.compile(r"[^\W\d_]{3,}")
# Years wide, years apart. Likeness needs a rough idea of the period; foretelling taste gains from
# knowing it to the year.
_WINDOWS = {"years": (8, 4), "eras": (12, 1)}
SOURCES = {"eras": "years"}
TEXT_FIELDS = frozenset({"overviews", "titles"})
SINGLE_FIELDS = frozenset({"certifications", "languages"})
_SEPARATOR, _AFTER_SEPARATOR = ":", ";"

Lookup = Callable[[str], int]


@dataclass(frozen=True, kw_only=True, eq=False)
class Vocabulary:
    """Terms in ascending order, as UTF-8 bytes end to end: arrays that can be memory-mapped.

    A term is written "field:word". `letters` has shape (n_bytes,), `ends` (n_terms,).
    """

    letters: npt.NDArray[np.uint8]
    ends: IndexArray

    @classmethod
    def of(cls, terms: Sequence[str]) -> "Vocabulary":
        """Return the vocabulary of these terms, which must ascend."""
        encoded = [term.encode() for term in terms]
        letters = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        lengths = np.array([len(term) for term in encoded], dtype=np.int64)
        return cls(letters=letters, ends=np.cumsum(lengths))

    def __len__(self) -> int:
        """Return the number of terms."""
        return len(self.ends)

    def term(self, number: int) -> str:
        """Return one term."""
        start = int(self.ends[number - 1]) if number else 0
        return self.letters[start : int(self.ends[number])].tobytes().decode()

    def find(self, term: str) -> int:
        """Return the number of a term, -1 where it is not known, in O(log n_terms)."""
        place = self._first_from(term)
        return place if place < len(self) and self.term(place) == term else -1

    def span(self, field: str) -> slice:
        """Return where the terms of a field stand."""
        return slice(
            self._first_from(f"{field}{_SEPARATOR}"), self._first_from(f"{field}{_AFTER_SEPARATOR}")
        )

    def _first_from(self, text: str) -> int:
        return bisect_left(range(len(self)), text, key=self.term)


@dataclass(frozen=True, kw_only=True, eq=False)
class TermSpace:
    """A vocabulary and the rarity of each term (idf), shape (n_terms,): content becomes rows."""

    vocabulary: Vocabulary
    rarities: Float32Array

    @classmethod
    def learn(
        cls, content: ItemContent | None, *, n_items: int, fields: Iterable[str]
    ) -> tuple["TermSpace", CsrMatrix]:
        """Return the space of the terms of these fields, and the rows of the content in it.

        Terms of one item only are left out, and words of every tenth text.
        """
        documents = {name: _documents(content, name) for name in sorted(fields)}
        terms: dict[str, float] = {}
        for name, texts in documents.items():
            terms.update(_rarities(texts, name))
        space = cls(
            vocabulary=Vocabulary.of(list(terms)),
            rarities=np.array(list(terms.values()), dtype=np.float32),
        )
        numbers = {term: number for number, term in enumerate(terms)}
        return space, space._rows(documents, n_items, lambda term: numbers.get(term, -1))

    def rows(self, content: ItemContent, *, n_items: int, fields: Iterable[str]) -> CsrMatrix:
        """Return the content of other items in this space; terms not known are left out."""
        documents = {name: _documents(content, name) for name in sorted(fields)}
        return self._rows(documents, n_items, self.vocabulary.find)

    def roots(self, field_weights: Mapping[str, float]) -> Float32Array:
        """Return the root of the weight of the field of each term, shape (n_terms,).

        Rows times these have as inner product the sum of the fields' cosines by weight.
        """
        roots = np.zeros(len(self.vocabulary), dtype=np.float32)
        for name, weight in field_weights.items():
            roots[self.vocabulary.span(name)] = np.sqrt(weight)
        return roots

    def _rows(
        self, documents: Mapping[str, Sequence[Sequence[str]]], n_items: int, find: Lookup
    ) -> CsrMatrix:
        """Return float32 rows of shape (n_items, n_terms), of length one in each field."""
        rows, columns, values = [], [], []
        for name, texts in documents.items():
            field_rows, field_columns, counts = _count(texts, name, find)
            weights = (1 + np.log(counts)) * self.rarities[field_columns].astype(np.float64)
            norms = np.sqrt(np.bincount(field_rows, weights=weights**2, minlength=n_items))
            rows.append(field_rows)
            columns.append(field_columns)
            values.append((weights / norms[field_rows]).astype(np.float32))
        shape = (n_items, len(self.vocabulary))
        if not rows:
            return cast("CsrMatrix", sparse.csr_array(shape, dtype=np.float32))
        places = (np.concatenate(rows), np.concatenate(columns))
        matrix = sparse.coo_array((np.concatenate(values), places), shape=shape).tocsr()
        matrix.sort_indices()
        return matrix


def build_terms(
    content: ItemContent | None, *, n_items: int, field_weights: Mapping[str, float]
) -> tuple[CsrMatrix, list[str]]:
    """Return unit rows of shape (n_items, n_terms), fields by their weight, and the terms."""
    fields = [name for name, weight in field_weights.items() if weight > 0]
    space, rows = TermSpace.learn(content, n_items=n_items, fields=fields)
    terms = [space.vocabulary.term(number) for number in range(len(space.vocabulary))]
    return unit_rows(scale_columns(rows, space.roots(field_weights))), terms


def scale_columns(rows: CsrMatrix, factors: Float32Array) -> CsrMatrix:
    """Return the rows times a factor a column, without the entries that become 0."""
    scaled = rows.copy()
    scaled.data = rows.data * factors[rows.indices]
    scaled.eliminate_zeros()
    return scaled


def unit_rows(matrix: CsrMatrix) -> CsrMatrix:
    """Return the rows at length one, empty rows as they are."""
    norms = np.sqrt(np.asarray(matrix.power(2).sum(axis=1), dtype=np.float64))
    scale = np.divide(1.0, norms, out=np.zeros_like(norms), where=norms > 0)
    return sparse.csr_array(sparse.diags_array(scale.astype(np.float32)) @ matrix)


def _documents(content: ItemContent | None, field: str) -> list[Sequence[str]]:
    """Return the words of each item, an empty list where nothing is known of the field."""
    if content is None:
        return []
    values = getattr(content, SOURCES.get(field, field))
    if field in TEXT_FIELDS:
        return [_WORD.findall(text.casefold()) for text in values]
    if field in SINGLE_FIELDS:
        return [_clean([value]) for value in values]
    if field in _WINDOWS:
        return [_windows(int(year), *_WINDOWS[field]) for year in values]
    return [_clean(terms) for terms in values]


def _clean(terms: Iterable[str]) -> list[str]:
    return [word for term in terms if (word := term.strip().casefold())]


def _windows(year: int, width: int, step: int) -> list[str]:
    """Return the overlapping windows a year is in, so that neighbours share most of them."""
    if year <= 0:
        return []
    first = (year - width) // step * step + step
    return [f"from {start}" for start in range(first, year + 1, step)]


def _rarities(documents: Sequence[Sequence[str]], field: str) -> dict[str, float]:
    """Return the idf of the words worth keeping as "field:word", ascending."""
    found_in = Counter(word for document in documents for word in set(document))
    # A word of every tenth overview tells nothing; a genre of every second film still does.
    most = (0.1 if field in TEXT_FIELDS else 1.0) * len(documents)
    return {
        f"{field}{_SEPARATOR}{word}": float(np.log(len(documents) / found_in[word]) + 1)
        for word in sorted(found_in)
        if 1 < found_in[word] <= most
    }


def _count(
    documents: Sequence[Sequence[str]], field: str, find: Lookup
) -> tuple[IndexArray, IndexArray, IndexArray]:
    """Return item, term number and count of each known word of each document."""
    rows, columns, counts = [], [], []
    for row, document in enumerate(documents):
        for word, count in Counter(document).items():
            number = find(f"{field}{_SEPARATOR}{word}")
            if number >= 0:
                rows.append(row)
                columns.append(number)
                counts.append(count)
    places = (np.array(numbers, dtype=np.int64) for numbers in (rows, columns, counts))
    first, second, third = places
    return first, second, third
