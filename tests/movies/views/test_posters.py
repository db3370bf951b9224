"""Posters and how long browsers may keep them."""

import pytest
from django.test import Client

from tests.factories import make_movie


@pytest.fixture
def url(heat):
    return type(heat).objects.for_cards().get(pk=heat.pk).poster_url


def test_poster_is_kept_for_ever_and_may_load_nothing(url):
    response = Client().get(url)
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Cookie" not in response.get("Vary", "")
    assert response.content.startswith(b"<svg")


def test_poster_that_is_known_is_not_sent_again(url):
    etag = Client().get(url)["ETag"]
    response = Client().get(url, HTTP_IF_NONE_MATCH=etag)
    assert (response.status_code, response.content) == (304, b"")


def test_poster_is_sent_compressed(url):
    response = Client().get(url, HTTP_ACCEPT_ENCODING="gzip")
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < len(Client().get(url).content)


def test_old_address_leads_to_the_present_drawing(heat, url):
    response = Client().get(f"/posters/{heat.pk}-0123456789.svg")
    assert (response.status_code, response.url) == (302, url)
    assert "immutable" not in response["Cache-Control"]


def test_changed_title_changes_the_address(heat, url):
    heat.title = "Heat and Dust"
    heat.save()
    assert type(heat).objects.for_cards().get(pk=heat.pk).poster_url != url


@pytest.mark.django_db
def test_hidden_and_unknown_movies_have_no_poster():
    hidden = make_movie("Gone", is_hidden=True)
    for movie_id in (hidden.pk, 999_999, 10**30):
        assert Client().get(f"/posters/{movie_id}-0123456789.svg").status_code == 404
