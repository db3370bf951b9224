"""Index the names of movies, people and tags, whoever writes them."""

from typing import ClassVar

from django.db import migrations, models

# Words as search compares them: small letters without accents, one space between words.
# Classes of characters are spelled out, for those of a database depend on its locale.
PLAIN_WORDS = r"""
CREATE FUNCTION movies_unify_numeral(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE word
        WHEN 'ii' THEN '2' WHEN 'iii' THEN '3' WHEN 'iv' THEN '4' WHEN 'vi' THEN '6'
        WHEN 'vii' THEN '7' WHEN 'viii' THEN '8' WHEN 'ix' THEN '9' WHEN 'xi' THEN '11'
        WHEN 'xii' THEN '12' WHEN 'xiii' THEN '13' ELSE word END
$$;

CREATE FUNCTION movies_plain_words(raw text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    plain text := replace(replace(raw, '½', ' 1 2'), '&', ' and ');
BEGIN
    -- Accents become characters of their own, and go; so do the dots of Japanese kana.
    plain := lower(regexp_replace(
        normalize(plain, NFKD), '[\u0300-\u036f\u3099\u309a]', '', 'g'));
    plain := translate(plain, 'øØłŁđĐðÐıħŧ', 'oollddddiht');
    plain := replace(replace(replace(replace(replace(replace(
        plain, 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'þ', 'th');
    -- L'Avventura has two words, Schindler's one.
    plain := regexp_replace(
        plain, '\m(l|d|j|c|s|n|m|qu|un|dell|dall|nell|sull)[''’ʼ`]', '\1 ', 'g');
    plain := regexp_replace(plain, '[''’ʼ`]', '', 'g');
    -- E.T. is one word.
    plain := regexp_replace(plain, '\m([a-z])\.', '\1', 'g');
    plain := regexp_replace(
        plain,
        '[\u0001-\u002f\u003a-\u0060\u007b-\u00bf\u00d7\u00f7\u2000-\u2bff\u3000-\u3004'
        '\u3008-\u303f\ufe00-\ufe0f\U0001f000-\U0001faff]+',
        ' ', 'g');
    RETURN coalesce((
        SELECT string_agg(movies_unify_numeral(word), ' ' ORDER BY place)
        FROM unnest(string_to_array(btrim(plain), ' ')) WITH ORDINALITY AS words (word, place)
    ), '');
END $$;

CREATE FUNCTION movies_without_article(plain text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        plain,
        '^(the|a|an|la|le|les|l|il|lo|gli|el|los|las|der|das|det|den|un|une|una|uno|ein|eine) '
        '(?=.)', '')
$$;

-- Spider-Man is found as "spider man" and as "spiderman". A third of all words are articles,
-- which nobody searches for.
CREATE FUNCTION movies_words(raw text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT word FROM (
        SELECT unnest(string_to_array(movies_plain_words(raw), ' ')) AS word
        UNION
        SELECT unnest(string_to_array(
            movies_plain_words(regexp_replace(raw, '(\S)[-·.](?=\S)', '\1', 'g')), ' '))
        WHERE raw ~ '\S[-·.]\S'
    ) AS words
    WHERE word NOT IN ('the', 'a', 'an')
$$;

CREATE FUNCTION movies_trigrams(word text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT DISTINCT substr('  ' || word || ' ', place, 3)
    FROM generate_series(1, length(word) + 1) AS place
$$;
"""

NO_PLAIN_WORDS = """
DROP FUNCTION movies_trigrams(text);
DROP FUNCTION movies_words(text);
DROP FUNCTION movies_without_article(text);
DROP FUNCTION movies_plain_words(text);
DROP FUNCTION movies_unify_numeral(text);
"""

INDEX = """
CREATE VIEW movies_name AS
    SELECT 'm' AS kind, id AS target_id, title AS name, true AS is_main FROM movies_movie
    UNION ALL
    SELECT 'm', id, original_title, false FROM movies_movie WHERE original_title <> ''
    UNION ALL
    SELECT 'm', movie_id, title, false FROM movies_alternativetitle
    UNION ALL
    SELECT 'p', id, name, true FROM movies_person
    UNION ALL
    SELECT 't', id, name, true FROM movies_tag;

CREATE FUNCTION movies_index_names(changed_kind text, changed_ids bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    former_words text[];
BEGIN
    IF cardinality(changed_ids) IS NULL THEN
        RETURN;
    END IF;
    DELETE FROM movies_searchname WHERE kind = changed_kind AND target_id = ANY (changed_ids);
    WITH gone AS (
        DELETE FROM movies_searchposting
        WHERE kind = changed_kind AND target_id = ANY (changed_ids) RETURNING word
    )
    SELECT array_agg(DISTINCT word) INTO former_words FROM gone;
    INSERT INTO movies_searchname (kind, target_id, text, is_main)
        SELECT kind, target_id, movies_without_article(movies_plain_words(name)) AS text,
               bool_or(is_main)
        FROM movies_name
        WHERE kind = changed_kind AND target_id = ANY (changed_ids)
        GROUP BY 1, 2, 3;
    INSERT INTO movies_searchposting (word, kind, target_id)
        SELECT DISTINCT word, kind, target_id
        FROM movies_name, movies_words(name) AS word
        WHERE kind = changed_kind AND target_id = ANY (changed_ids) AND word <> '';
    -- In order, so that two writers never wait for each other in a circle.
    INSERT INTO movies_searchtrigram (trigram, word)
        SELECT trigram, word
        FROM (
            SELECT DISTINCT word FROM movies_searchposting AS posting
            WHERE kind = changed_kind AND target_id = ANY (changed_ids)
            AND NOT EXISTS (
                SELECT FROM movies_searchtrigram AS known WHERE known.word = posting.word
            )
        ) AS new_words, movies_trigrams(word) AS trigram
        ORDER BY word, trigram
        ON CONFLICT DO NOTHING;
    DELETE FROM movies_searchtrigram AS known
        WHERE known.word = ANY (former_words)
        AND NOT EXISTS (
            SELECT FROM movies_searchposting AS posting WHERE posting.word = known.word
        );
END $$;
"""

NO_INDEX = """
DROP FUNCTION movies_index_names(text, bigint[]);
DROP VIEW movies_name;
"""

FUNCTION = """
CREATE FUNCTION movies_index_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM movies_index_names('{kind}', (SELECT array_agg({target}) FROM new_rows));
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM movies_index_names('{kind}', (SELECT array_agg({target}) FROM old_rows));
    ELSE
        PERFORM movies_index_names('{kind}', (
            SELECT array_agg({target}) FROM (
                (SELECT {columns} FROM new_rows EXCEPT SELECT {columns} FROM old_rows)
                UNION
                (SELECT {columns} FROM old_rows EXCEPT SELECT {columns} FROM new_rows)
            ) AS changed
        ));
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER {table}_name_added AFTER INSERT ON movies_{table}
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION movies_index_{table}();
CREATE TRIGGER {table}_name_changed AFTER UPDATE ON movies_{table}
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION movies_index_{table}();
CREATE TRIGGER {table}_name_removed AFTER DELETE ON movies_{table}
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION movies_index_{table}();
"""

NO_FUNCTION = """
DROP TRIGGER {table}_name_removed ON movies_{table};
DROP TRIGGER {table}_name_changed ON movies_{table};
DROP TRIGGER {table}_name_added ON movies_{table};
DROP FUNCTION movies_index_{table}();
"""

NAMED = (
    {"table": "movie", "kind": "m", "target": "id", "columns": "id, title, original_title"},
    {"table": "alternativetitle", "kind": "m", "target": "movie_id", "columns": "movie_id, title"},
    {"table": "person", "kind": "p", "target": "id", "columns": "id, name"},
    {"table": "tag", "kind": "t", "target": "id", "columns": "id, name"},
)

WHAT_IS_THERE = """
SELECT movies_index_names('m', (SELECT array_agg(id) FROM movies_movie));
SELECT movies_index_names('p', (SELECT array_agg(id) FROM movies_person));
SELECT movies_index_names('t', (SELECT array_agg(id) FROM movies_tag));
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("movies", "0002_triggers")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="SearchTrigram",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "trigram",
                        "word",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("trigram", models.TextField(db_collation="C")),
                ("word", models.TextField(db_collation="C", db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="SearchName",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "kind",
                        "target_id",
                        "text",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("m", "Movie"), ("p", "Person"), ("t", "Tag")], max_length=1
                    ),
                ),
                ("target_id", models.BigIntegerField()),
                ("text", models.TextField(db_collation="C")),
                ("is_main", models.BooleanField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["text", "kind", "target_id"], name="search_name_text")
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchPosting",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "word",
                        "kind",
                        "target_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("word", models.TextField(db_collation="C")),
                (
                    "kind",
                    models.CharField(
                        choices=[("m", "Movie"), ("p", "Person"), ("t", "Tag")], max_length=1
                    ),
                ),
                ("target_id", models.BigIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["kind", "target_id"], name="search_posting_target")
                ],
            },
        ),
        migrations.RunSQL(PLAIN_WORDS, NO_PLAIN_WORDS),
        migrations.RunSQL(INDEX, NO_INDEX),
        *(
            migrations.RunSQL(FUNCTION.format(**named), NO_FUNCTION.format(**named))
            for named in NAMED
        ),
        migrations.RunSQL(WHAT_IS_THERE, migrations.RunSQL.noop),
    ]
