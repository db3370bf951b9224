"""Where the real data sets are; tests that need them are skipped aloud without."""

import os
from pathlib import Path

import pytest

BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[3].parent / "shared" / "data"
DATA = Path(os.environ.get("MARQUEE_TEST_DATA", BESIDE_THE_CHECKOUT))
LATEST_SMALL = DATA / "movielens" / "ml-latest-small.zip"
OLD_100K = DATA / "movielens" / "ml-100k.zip"
ML_1M = DATA / "movielens" / "ml-1m.zip"
METADATA = DATA / "metadata" / "ml-latest-small-metadata.csv.gz"


def needs(path: Path) -> pytest.MarkDecorator:
    """Skip a test, with the reason, where a file is missing."""
    return pytest.mark.skipif(not path.exists(), reason=f"no {path}; set MARQUEE_TEST_DATA")
