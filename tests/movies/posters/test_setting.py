import pytest

from movies.posters.setting import Block, set_title

OPEN, LABEL = Block(112, 168), Block(72, 130)


@pytest.mark.parametrize("title", ["HEAT", "PULP FICTION", "12 ANGRY MEN", "W" * 16, "I"])
@pytest.mark.parametrize("block", [OPEN, LABEL])
def test_a_title_fills_its_block_and_never_more(title, block):
    done = set_title(title, block)
    widest = max(line.run.width for line in done.lines) * done.size / 1000
    assert widest <= 264.01
    assert done.size <= block.largest_size
    assert done.height <= block.height + 0.01


def test_a_short_word_stands_on_one_line_as_wide_as_the_measure():
    done = set_title("PSYCHO", OPEN)
    assert len(done.lines) == 1
    assert done.lines[0].run.width * done.size / 1000 == pytest.approx(264)


@pytest.mark.parametrize(
    ("title", "line_count"),
    [("PULP FICTION", 2), ("THE SHAWSHANK REDEMPTION", 3), ("MY NEIGHBOR TOTORO", 3)],
)
def test_words_are_parted_as_in_the_design(title, line_count):
    assert len(set_title(title, OPEN).lines) == line_count


def test_every_line_has_a_track_under_it_and_above_the_next():
    first, second = set_title("BLADE RUNNER", OPEN).lines
    assert first.baseline < first.track < second.baseline < second.track


def test_accents_of_a_lower_line_keep_clear_of_the_line_above():
    done = set_title("CÔTE ÅÉ", Block(60, 168))
    first, second = set_title("MYSTÈRE À LA TOUR", OPEN).lines[:2]
    assert done.lines[0].baseline - done.lines[0].run.top * done.size / 1000 >= -0.01
    assert second.baseline - first.baseline > 0.686 * done.size


def test_a_comma_does_not_touch_the_line_below():
    done = set_title("CROUCHING TIGER, HIDDEN DRAGON", OPEN)
    em = done.size / 1000
    for upper, lower in zip(done.lines, done.lines[1:], strict=False):
        ink_foot = upper.baseline - upper.run.bottom * em
        assert lower.baseline - lower.run.top * em >= ink_foot - 0.01
