"""Processes that serve leave the other cores to the others."""

import subprocess
import sys

import pytest

ASK = """
import numpy
from config.blas import use_one_blas_thread
use_one_blas_thread()
import scipy.linalg
from threadpoolctl import threadpool_info
found = [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]
print(found)
"""


@pytest.mark.parametrize(("asked", "threads"), [(None, {1}), ("2", {2})])
def test_blas_takes_one_thread_unless_told_otherwise(monkeypatch, asked, threads):
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    if asked:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", asked)
    found = subprocess.check_output([sys.executable, "-c", ASK], text=True)
    assert set(map(int, found.strip("[] \n").split(", "))) == threads
