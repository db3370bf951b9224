"""The index of names that search reads. Triggers keep it; nothing else writes it."""

from typing import ClassVar

from django.db import models


class Kind(models.TextChoices):
    """What a name belongs to."""

    MOVIE = "m", "Movie"
    PERSON = "p", "Person"
    TAG = "t", "Tag"


class SearchName(models.Model):
    """A name in plain letters, without a leading article; a movie has one per title."""

    pk = models.CompositePrimaryKey("kind", "target_id", "text")
    kind = models.CharField(max_length=1, choices=Kind)
    target_id = models.BigIntegerField()
    text = models.TextField(db_collation="C")
    is_main = models.BooleanField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["text", "kind", "target_id"], name="search_name_text"),
        ]

    def __str__(self) -> str:
        return self.text


class SearchPosting(models.Model):
    """A word of a name, if it is no English article."""

    pk = models.CompositePrimaryKey("word", "kind", "target_id")
    word = models.TextField(db_collation="C")
    kind = models.CharField(max_length=1, choices=Kind)
    target_id = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "target_id"], name="search_posting_target"),
        ]

    def __str__(self) -> str:
        return self.word


class SearchTrigram(models.Model):
    """Three letters in a row of a word that is in use, for finding words by misspelt ones."""

    pk = models.CompositePrimaryKey("trigram", "word")
    trigram = models.TextField(db_collation="C")
    word = models.TextField(db_collation="C", db_index=True)

    def __str__(self) -> str:
        return f"{self.trigram} in {self.word}"
