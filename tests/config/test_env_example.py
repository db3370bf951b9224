import re

from django.conf import settings

READ = re.compile(r"""env\.\w+\(\s*"([A-Z_]+)"|environ(?:\.get\(|\[)"([A-Z_]+)\"""")


def test_every_variable_that_is_read_is_in_the_example():
    files = [*settings.BASE_DIR.glob("config/*.py"), *settings.BASE_DIR.glob("runner/*.py")]
    read = {a or b for file in files for a, b in READ.findall(file.read_text())}
    example = (settings.BASE_DIR / ".env.example").read_text()
    shown = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    set_by_programs = {"PATH", "MAKELEVEL", "DJANGO_SETTINGS_MODULE", "MARQUEE_CONSOLE"}
    assert read - set_by_programs <= shown
