"""Order by title, and count filters without reading whole movies."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("movies", "0003_search")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="movie",
            index=models.Index(fields=["title", "id"], name="movie_title"),
        ),
        migrations.AddIndex(
            model_name="movie",
            index=models.Index(
                fields=["year", "language", "runtime_minutes", "id"],
                name="movie_facets",
                condition=models.Q(is_hidden=False),
            ),
        ),
    ]
