import re

import pytest

from movies import charts
from movies.charts import WaterfallPart as Part
from movies.models import Movie

HISTOGRAM = [0, 1, 0, 2, 0, 4, 0, 8, 4, 1]


def rated(value: float, *, stars: float = 4.0, title: str = "Heat") -> Part:
    return Part(title, value, "own", Movie(title=title), stars)


def hundredths(text: str) -> int:
    return round(float(text.replace(charts.MINUS, "-")) * 100)


def test_a_distribution_has_ten_bars_and_a_label_under_each_whole_star():
    chart = charts.distribution_chart(histogram=HISTOGRAM)
    assert [bar.label for bar in chart.bars[:3]] == ["½", "1", "1½"]
    assert [tick.label for tick in chart.ticks] == ["1", "2", "3", "4", "5"]


def test_bars_are_as_high_as_their_share_of_the_highest():
    chart = charts.distribution_chart(histogram=HISTOGRAM)
    heights = [bar.height for bar in chart.bars]
    assert max(heights) == heights[7] == 94
    assert heights[5] == 47
    assert all(bar.y + bar.height == pytest.approx(chart.baseline) for bar in chart.bars)


def test_bars_leave_a_quarter_of_their_place_and_fill_the_width():
    bars = charts.distribution_chart(histogram=HISTOGRAM).bars
    assert [bar.width for bar in bars] == [7.5] * 10
    assert bars[0].x == 1.25
    assert bars[-1].x + bars[-1].width == 98.75


def test_one_rating_among_thousands_is_still_seen():
    chart = charts.distribution_chart(histogram=[1, *[0] * 8, 90_000])
    assert chart.bars[0].height == 2
    assert chart.bars[1].height == 0


def test_only_the_persons_own_bar_is_marked():
    chart = charts.distribution_chart(histogram=HISTOGRAM, own_half_stars=9)
    assert [bar.label for bar in chart.bars if bar.is_marked] == ["4½"]


def test_the_mean_is_that_of_the_counts():
    chart = charts.distribution_chart(histogram=[*[0] * 7, 1, 0, 1])
    assert (chart.count, chart.mean) == (2, 4.5)


def test_a_distribution_of_nothing_has_no_mean():
    chart = charts.distribution_chart(histogram=[0] * 10)
    assert (chart.count, chart.mean) == (0, None)
    assert {bar.height for bar in chart.bars} == {0}


def test_a_histogram_of_another_length_is_refused():
    with pytest.raises(ValueError, match="10 counts, not 9"):
        charts.distribution_chart(histogram=[0] * 9)


def test_decades_stand_in_order_of_time_with_the_chosen_ones_marked():
    chart = charts.decade_chart(counts={1990: 4, 1920: 1, 1970: 2}, chosen=[1970, 1850])
    assert [bar.label for bar in chart.bars] == ["1920s", "1970s", "1990s"]
    assert [bar.is_marked for bar in chart.bars] == [False, True, False]


def test_no_decades_are_no_bars():
    assert charts.decade_chart(counts={}).bars == ()


def test_a_prediction_stands_on_the_scale_of_half_a_star_to_five():
    chart = charts.prediction_chart(stars=2.75, low=0.5, high=5.0)
    assert (chart.low_x, chart.x, chart.high_x) == (2, 50, 98)
    assert chart.interval_width == 96


def test_a_prediction_beyond_the_scale_stays_on_it():
    chart = charts.prediction_chart(stars=5.4, low=4.8, high=6.1)
    assert (chart.stars, chart.x, chart.high) == (5, 98, 5)


def test_a_prediction_may_have_no_interval():
    chart = charts.prediction_chart(stars=4)
    assert (chart.low, chart.high_x, chart.interval_width) == (None, None, 0)


def test_printed_numbers_add_up_to_the_printed_total():
    parts = [Part("Average", 3.504), Part("Film", 0.334), Part("You", -0.126)]
    parts += [rated(0.1149), rated(0.1149), rated(0.1149), rated(-0.0851)]
    chart = charts.waterfall_chart(parts=parts)
    assert chart.total_text == "3.97"
    assert sum(hundredths(row.value_text) for row in chart.rows) == 397


def test_at_most_four_ratings_are_named_and_the_rest_is_one_row():
    parts = [Part("Average", 3.5)] + [rated(0.01 * place) for place in range(1, 11)]
    chart = charts.waterfall_chart(parts=parts)
    assert [row.value_text for row in chart.rows] == [
        *("3.50", "+0.10", "+0.09", "+0.08", "+0.07"),
        "+0.21",
    ]
    assert chart.rows[-1].name == "Your other 6 ratings"
    assert chart.rows[-1].voice == "own"


def test_a_single_further_rating_keeps_its_name():
    parts = [Part("Average", 3.5)] + [rated(0.1, title=f"Film {place}") for place in range(5)]
    assert charts.waterfall_chart(parts=parts).rows[-1].name == "Film 4"


def test_a_step_begins_where_the_last_one_ended():
    parts = [Part("Average", 3.5), Part("Film", 0.4), Part("You", -0.15)]
    rows = charts.waterfall_chart(parts=parts).rows
    assert [row.from_x for row in rows[1:]] == [row.end_x for row in rows[:-1]]
    assert rows[2].x == rows[2].end_x
    assert rows[2].is_negative
    assert rows[2].value_text == f"{charts.MINUS}0.15"


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([3.5, 0.4, 0.7], ["3", "3.5", "4", "4.5", "5"]),
        ([3.5, 0.1], ["3", "3.5", "4", "4.5", "5"]),
        ([4.6, 0.2], ["3", "3.5", "4", "4.5", "5"]),
        ([3.5, -1.7], ["1", "1.5", "2", "2.5", "3", "3.5", "4"]),
    ],
)
def test_the_axis_spans_whole_stars_around_every_step(values, labels):
    chart = charts.waterfall_chart(parts=[Part("Step", value) for value in values])
    assert [tick.label for tick in chart.ticks] == labels
    assert all(4 <= row.x <= row.x + row.width <= 96 for row in chart.rows)


def test_a_waterfall_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least the part it starts from"):
        charts.waterfall_chart(parts=[])


def test_largest_remainders_round_up_first():
    assert charts.round_to_sum([0.5, 0.7, 0.8]) == [0, 1, 1]
    assert charts.round_to_sum([-0.4, 1.4]) == [0, 1]
    assert charts.round_to_sum([]) == []


def test_bulbs_light_up_to_the_goal():
    progress = charts.rating_progress(rated=3)
    assert progress.bulbs == (True, True, True, False, False)
    assert (progress.is_done, progress.missing) == (False, 2)
    assert charts.rating_progress(rated=9).bulbs == (True,) * 5
    assert charts.rating_progress(rated=9).missing == 0


@pytest.mark.parametrize(("stars", "text"), [(0.5, "½"), (1, "1"), (3.5, "3½"), (5.0, "5")])
def test_given_stars_are_written_in_halves(stars, text):
    assert charts.format_stars(stars) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.341, "+0.34"), (-0.08, "\N{MINUS SIGN}0.08"), (-0.004, "0.00")]
)
def test_effects_are_written_with_a_sign(value, text):
    assert charts.signed(value) == text
    assert not re.search("-", text)
