"""Content as weighted terms: TF-IDF per field, fields joined, one unit vector per item.

Salton and Buckley, "Term-weighting approaches in automatic text retrieval", Information
Processing & Management 24(5), 1988.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommendations.engine.arrays import CsrMatrix, IndexArray
from recommendations.engine.items import ItemContent

_WORD = re.compile(r"[^\W\d_]{3,}")
_YEARS_A_BIN = 8
TEXT_FIELDS = frozenset({"overviews"})


@dataclass(frozen=True, kw_only=True, eq=False)
class Vocabulary:
    """The terms by number, as UTF-8 bytes end to end: an array that can be memory-mapped."""

    letters: npt.NDArray[np.uint8]
    ends: IndexArray

    @classmethod
    def of(cls, terms: Sequence[str]) -> "Vocabulary":
        """Return the vocabulary of these terms."""
        encoded = [term.encode() for term in terms]
        letters = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        lengths = np.array([len(term) for term in encoded], dtype=np.int64)
        return cls(letters=letters, ends=np.cumsum(lengths))

    def term(self, number: int) -> str:
        """Return one term."""
        start = int(self.ends[number - 1]) if number else 0
        return self.letters[start : int(self.ends[number])].tobytes().decode()


def build_terms(
    content: ItemContent | None, *, n_items: int, field_weights: Mapping[str, float]
) -> tuple[CsrMatrix, list[str]]:
    """Return unit rows of shape (n_items, n_terms) and the terms, "field:term" each.

    Each field is TF-IDF with unit rows, times the root of its weight, so that the cosine of two
    items is the mean of the fields' cosines by weight where both have all fields. Terms of one
    item only are left out; an item without any term has an empty row.
    """
    blocks, terms = [], []
    for field in sorted(field_weights):
        weight = field_weights[field]
        documents = _documents(content, field) if weight > 0 else []
        if not documents:
            continue
        matrix, words = _tf_idf(documents, is_text=field in TEXT_FIELDS)
        blocks.append(_unit_rows(matrix) * np.float32(np.sqrt(weight)))
        terms += [f"{field}:{word}" for word in words]
    if not terms:
        return _empty(n_items), []
    return _unit_rows(sparse.csr_array(sparse.hstack(blocks, format="csr"))), terms


def _documents(content: ItemContent | None, field: str) -> list[Sequence[str]]:
    if content is None:
        return []
    values = getattr(content, field)
    if field in TEXT_FIELDS:
        return [_WORD.findall(text.casefold()) for text in values]
    if field == "years":
        return [_period(int(year)) for year in values]
    return [[term.strip().casefold() for term in terms] for terms in values]


def _period(year: int) -> Sequence[str]:
    """Return two overlapping bins, so that neighbours across a border are alike too."""
    if year <= 0:
        return ()
    half = _YEARS_A_BIN // 2
    first, second = year // _YEARS_A_BIN, (year + half) // _YEARS_A_BIN
    return (f"from {first * _YEARS_A_BIN}", f"from {second * _YEARS_A_BIN - half}")


def _tf_idf(documents: Sequence[Iterable[str]], *, is_text: bool) -> tuple[CsrMatrix, list[str]]:
    words = [word for document in documents for word in document]
    rows = np.repeat(np.arange(len(documents)), [len(list(document)) for document in documents])
    if not words:
        return _empty(len(documents)), []
    vocabulary, columns = np.unique(np.array(words, dtype=object), return_inverse=True)
    shape = (len(documents), len(vocabulary))
    ones = np.ones(len(words), dtype=np.float32)
    counts = sparse.coo_array((ones, (rows, columns)), shape=shape).tocsr()
    found_in = np.diff(counts.tocsc().indptr)
    # A word of every tenth overview tells nothing; a genre of every second film still does.
    is_kept = (found_in > 1) & (found_in <= (0.1 if is_text else 1.0) * len(documents))
    counts = counts[:, np.flatnonzero(is_kept)]
    counts.data = 1 + np.log(counts.data)
    rarity = np.log(len(documents) / found_in[is_kept]) + 1
    weighted = counts @ sparse.diags_array(rarity.astype(np.float32))
    return weighted, [str(word) for word in vocabulary[is_kept]]


def _unit_rows(matrix: CsrMatrix) -> CsrMatrix:
    norms = np.sqrt(np.asarray(matrix.power(2).sum(axis=1), dtype=np.float64))
    scale = np.divide(1.0, norms, out=np.zeros_like(norms), where=norms > 0)
    return sparse.csr_array(sparse.diags_array(scale.astype(np.float32)) @ matrix)


def _empty(n_items: int) -> CsrMatrix:
    return cast("CsrMatrix", sparse.csr_array((n_items, 0), dtype=np.float32))
