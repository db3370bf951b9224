from movies.facets import Facet, FacetOption


def test_a_row_without_films_is_disabled_unless_it_is_on():
    assert FacetOption("imax", "IMAX", 0).is_disabled
    assert not FacetOption("imax", "IMAX", 0, is_on=True).is_disabled
    assert not FacetOption("drama", "Drama", 3).is_disabled


def test_a_facet_knows_when_a_choice_is_out_of_sight():
    hidden = FacetOption("western", "Western", 2, is_on=True)
    facet = Facet("genre", "Genre", (FacetOption("drama", "Drama", 3),), (hidden,))
    assert facet.hides_a_choice
    assert facet.option_count == 2
    assert not Facet("genre", "Genre", (hidden,)).hides_a_choice
