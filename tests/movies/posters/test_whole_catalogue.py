"""Every title of a real catalogue is drawn: the test that met the titles nobody thinks of."""

import csv
import io
import os
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from movies.posters import PosterSubject, draw_poster

SHARED_DATA = Path(__file__).parents[3].parent / "shared" / "data"
DATA = Path(os.environ.get("MARQUEE_TEST_DATA", SHARED_DATA))
ARCHIVE = DATA / "movielens" / "ml-latest-small.zip"


def read_subjects():
    with zipfile.ZipFile(ARCHIVE) as archive:
        name = next(name for name in archive.namelist() if name.endswith("movies.csv"))
        rows = csv.DictReader(io.StringIO(archive.read(name).decode()))
        for row in rows:
            year = re.search(r"\((\d{4})\)\s*$", row["title"])
            yield PosterSubject(
                title=row["title"],
                year=int(year[1]) if year else None,
                genres=tuple(row["genres"].split("|")),
            )


@pytest.mark.skipif(not ARCHIVE.exists(), reason=f"no MovieLens latest-small at {ARCHIVE}")
def test_no_title_of_the_catalogue_fails():
    sizes = []
    for subject in read_subjects():
        poster = draw_poster(subject)
        ET.fromstring(poster)
        sizes.append(len(poster.encode()))
    assert len(sizes) == 9742
    assert max(sizes) <= 40_000
    assert sum(sizes) / len(sizes) <= 12_000
