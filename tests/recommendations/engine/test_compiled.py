import numpy as np
import pytest
from numba import config, types
from numba.core.caching import CacheImpl

from recommendations.engine import compiled as engine_compiled
from recommendations.engine import sources
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


@pytest.mark.parametrize("ending", ["nbi", "nbc"])
@pytest.mark.parametrize("content", [b"", b"no machine code"])
def test_a_loop_is_compiled_where_what_was_kept_is_damaged(tmp_path, monkeypatch, ending, content):
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    compiled(SIGNATURE)(twice)
    (kept,) = tmp_path.rglob(f"*.{ending}")
    kept.write_bytes(content)

    out = np.zeros(2)
    compiled(SIGNATURE)(twice)(np.ones(2), out)

    assert out.tolist() == [2, 2]


def test_a_loop_is_compiled_where_there_is_no_room_for_it(tmp_path, monkeypatch):
    def refuse(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(CacheImpl, "reduce", refuse)
    out = np.zeros(2)
    compiled(SIGNATURE)(twice)(np.ones(2), out)
    assert out.tolist() == [2, 2]


def test_other_sources_have_other_machine_code(tmp_path, monkeypatch):
    before = engine_compiled._cache_directory()
    monkeypatch.setattr(sources, "ENGINE", tmp_path)
    (tmp_path / "loops.py").write_text("one = 1")
    first = engine_compiled._cache_directory()
    (tmp_path / "loops.py").write_text("one = 2")
    assert len({before.name, first.name, engine_compiled._cache_directory().name}) == 3


def test_a_loop_is_compiled_where_machine_code_cannot_be_kept(monkeypatch):
    monkeypatch.setattr(CacheImpl, "_locator_classes", [])
    out = np.zeros(2)
    compiled(SIGNATURE)(twice)(np.ones(2), out)
    assert out.tolist() == [2, 2]
