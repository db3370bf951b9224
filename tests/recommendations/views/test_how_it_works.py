import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recommendations.models import ModelVersion

pytestmark = pytest.mark.django_db


def test_the_page_says_what_the_model_learned_from_and_counts_nothing_itself(client):
    learned = {"ratings": 32_000_204, "items": 87_585, "users": 200_948}
    ModelVersion.objects.create(
        number=1,
        state=ModelVersion.State.ACTIVE,
        training_counts=learned,
        directory="0001-x",
        manifest_sha256="0" * 64,
    )

    with CaptureQueriesContext(connection) as asked:
        page = client.get("/how-it-works/").content.decode()

    assert "32,000,204 ratings of 87,585 films" in page
    assert "200,948 people" in page
    assert not any("movies_rating" in query["sql"] for query in asked)


def test_without_a_model_the_page_names_no_numbers(client):
    page = client.get("/how-it-works/").content.decode()

    assert "Marquee learns from what people rate." in " ".join(page.split())
