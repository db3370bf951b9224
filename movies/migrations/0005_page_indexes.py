"""Reach pages far down a list by reading indexes only, and find the few hidden movies."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("movies", "0004_browse_indexes")]

    operations: ClassVar = [
        migrations.RemoveIndex(model_name="movie", name="movie_newest"),
        migrations.RemoveIndex(model_name="movie", name="movie_title"),
        migrations.AddIndex(
            model_name="movie",
            index=models.Index(
                models.F("year").desc(nulls_last=True),
                models.F("id").desc(),
                name="movie_newest",
                include=["is_hidden"],
            ),
        ),
        migrations.AddIndex(
            model_name="movie",
            index=models.Index(fields=["title", "id"], name="movie_title", include=["is_hidden"]),
        ),
        migrations.AddIndex(
            model_name="movie",
            index=models.Index(
                fields=["id"], name="movie_hidden", condition=models.Q(is_hidden=True)
            ),
        ),
    ]
