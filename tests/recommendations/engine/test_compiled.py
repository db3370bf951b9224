import numpy as np
import pytest
from numba import types
from numba.core.caching import CacheImpl

from recommendations.engine.compiled import FLOATS, array_of, compiled


def twice(values, out):
    for place in range(len(values)):
        out[place] = 2 * values[place]


SIGNATURE = types.void(FLOATS, array_of(types.float64, is_written=True))


def test_a_loop_reads_arrays_that_cannot_be_written_to():
    values, out = np.arange(3.0), np.zeros(3)
    values.setflags(write=False)
    compiled(SIGNATURE)(twice)(values, out)
    assert out.tolist() == [0, 2, 4]


def test_other_types_than_those_named_are_refused():
    with pytest.raises(TypeError, match="No matching definition"):
        compiled(SIGNATURE)(twice)(np.arange(3, dtype=np.float32), np.zeros(3))


def test_a_loop_is_compiled_where_machine_code_cannot_be_kept(monkeypatch):
    monkeypatch.setattr(CacheImpl, "_locator_classes", [])
    out = np.zeros(2)
    compiled(SIGNATURE)(twice)(np.ones(2), out)
    assert out.tolist() == [2, 2]
