"""Give the raters of a data set a row of their own; nobody can sign in as one of them."""

from django.db.backends.utils import CursorWrapper

RATERS = """
CREATE TEMPORARY TABLE staged_rater ON COMMIT DROP AS
SELECT number, min(since) AS since, NULL::bigint AS user_id, false AS is_new
FROM (
    SELECT person AS number, min(rated_at) AS since FROM staged_rating GROUP BY person
    UNION ALL SELECT person, min(applied_at) FROM staged_tag GROUP BY person
    UNION ALL SELECT number, NULL FROM staged_person
) AS seen
GROUP BY number;
CREATE UNIQUE INDEX ON staged_rater (number);
ANALYZE staged_rater
"""

KNOWN = """
UPDATE staged_rater SET user_id = known.id
FROM accounts_user AS known
WHERE known.data_set = %(slug)s AND known.data_set_user_id = staged_rater.number
"""

# Somebody who signs in may have taken a rater's handle already.
ADD = """
INSERT INTO accounts_user (
    password, is_superuser, display_name, handle, is_active, is_staff, date_joined,
    profile_revision, data_set, data_set_user_id
)
SELECT '!', false, %(title)s || ' viewer ' || number,
       CASE WHEN taken.id IS NULL THEN %(slug)s || '-' || number
            ELSE %(slug)s || '-rater-' || number END,
       true, false, coalesce(to_timestamp(since), now()), 0, %(slug)s, number
FROM staged_rater
LEFT JOIN accounts_user AS taken ON taken.handle = %(slug)s || '-' || number
WHERE user_id IS NULL
ORDER BY number
"""

NUMBER_NEW = """
UPDATE staged_rater SET user_id = added.id, is_new = true
FROM accounts_user AS added
WHERE staged_rater.user_id IS NULL
AND added.data_set = %(slug)s AND added.data_set_user_id = staged_rater.number
"""

DEMOGRAPHICS = """
UPDATE accounts_user AS person
SET age_band = known.age_band, gender = known.gender, occupation = known.occupation
FROM (
    SELECT DISTINCT ON (number) number, age_band, gender, occupation
    FROM staged_person ORDER BY number, line
) AS known
WHERE person.data_set = %(slug)s AND person.data_set_user_id = known.number
AND (person.age_band, person.gender, person.occupation)
    IS DISTINCT FROM (known.age_band, known.gender::varchar, known.occupation)
"""


def merge_people(cursor: CursorWrapper, *, slug: str, title: str) -> int:
    """Give every rater a row; return how many were added."""
    parameters = {"slug": slug, "title": title}
    cursor.execute(RATERS)
    cursor.execute(KNOWN, parameters)
    cursor.execute(ADD, parameters)
    added = int(cursor.rowcount)
    cursor.execute(NUMBER_NEW, parameters)
    cursor.execute(DEMOGRAPHICS, parameters)
    cursor.execute("ANALYZE staged_rater")
    return added
