import re

from django.conf import settings

READ = re.compile(r"""env\.\w+\(\s*"([A-Z_]+)"|environ(?:\.get\(|\[)"([A-Z_]+)\"""")
PACKAGES = ("accounts", "config", "movies", "recommendations", "runner")


def test_every_variable_that_is_read_is_in_the_example():
    files = [file for each in PACKAGES for file in (settings.BASE_DIR / each).rglob("*.py")]
    read = {a or b for file in files for a, b in READ.findall(file.read_text())}
    example = (settings.BASE_DIR / ".env.example").read_text()
    shown = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    set_by_programs = {"PATH", "MAKELEVEL", "DJANGO_SETTINGS_MODULE", "MARQUEE_CONSOLE"}
    set_by_programs |= {"NUMBA_CACHE_DIR", "MARQUEE_TEST_DATA"}  # numba's, and a curator's tool's
    assert read - set_by_programs <= shown
