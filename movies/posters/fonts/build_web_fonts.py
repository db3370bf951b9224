"""Make the fonts of the pages, static/fonts/, from the published variable fonts.

Reproduce from the root of the project, in an empty directory PACKAGES:

    npm pack --pack-destination PACKAGES \
        @fontsource-variable/archivo@5.3.0 @fontsource-variable/brygada-1918@5.3.0
    python -m movies.posters.fonts.build_web_fonts PACKAGES
"""

import argparse
import io
import tarfile
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

STATIC_FONTS = Path("static/fonts")
ARCHIVO = "fontsource-variable-archivo-5.3.0.tgz"
BRYGADA = "fontsource-variable-brygada-1918-5.3.0.tgz"

# The pages use nothing wider than 100 % and nothing bolder than 800: a third of the file saved.
ARCHIVO_LIMITS = {"wdth": (62, 100), "wght": (400, 800)}

ARCHIVO_FILES = {
    "archivo-latin-standard-normal.woff2": "archivo-latin.woff2",
    "archivo-latin-ext-standard-normal.woff2": "archivo-latin-ext.woff2",
}
BRYGADA_FILES = {
    "brygada-1918-latin-wght-italic.woff2": "brygada-1918-italic-latin.woff2",
    "brygada-1918-latin-ext-wght-italic.woff2": "brygada-1918-italic-latin-ext.woff2",
}


def read_packed(archive: Path, name: str) -> bytes:
    """Return one file of a packed font package."""
    with tarfile.open(archive) as package:
        member = package.extractfile(f"package/{name}")
        if member is None:
            raise FileNotFoundError(f"{name} is not a file of {archive}")
        return member.read()


def limit_archivo(published: bytes) -> bytes:
    """Return the font with its axes cut to what the pages use, as woff2."""
    # A stable timestamp makes two runs give the same bytes.
    font = TTFont(io.BytesIO(published), recalcTimestamp=False)
    limited = instancer.instantiateVariableFont(font, ARCHIVO_LIMITS)
    limited.flavor = "woff2"
    packed = io.BytesIO()
    limited.save(packed)
    return packed.getvalue()


def build(packages: Path, target: Path) -> None:
    """Write the four fonts and their two licence texts."""
    target.mkdir(parents=True, exist_ok=True)
    for published, name in ARCHIVO_FILES.items():
        font = read_packed(packages / ARCHIVO, f"files/{published}")
        (target / name).write_bytes(limit_archivo(font))
    for published, name in BRYGADA_FILES.items():
        (target / name).write_bytes(read_packed(packages / BRYGADA, f"files/{published}"))
    (target / "OFL-archivo.txt").write_bytes(read_packed(packages / ARCHIVO, "LICENSE"))
    (target / "OFL-brygada-1918.txt").write_bytes(read_packed(packages / BRYGADA, "LICENSE"))


def main() -> None:
    """Read the directory of packages from the command line and build."""
    parser = argparse.ArgumentParser(description="Make static/fonts/ from the packed fonts.")
    parser.add_argument("packages", type=Path, help="directory with the two .tgz files")
    build(parser.parse_args().packages, STATIC_FONTS)


if __name__ == "__main__":
    main()
