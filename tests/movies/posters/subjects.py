"""Movies the tests draw."""

from movies.posters.subject import PosterSubject

HEAT = PosterSubject(
    title="Heat", year=1995, director="Michael Mann", genres=("Action", "Crime", "Thriller")
)
ODD_TITLES = [
    "", " ", "…", "()", "(1999)", ", The", ": ", " - ", "-", "x" * 300, "word " * 60,
    "a - " * 75, "W" * 36 + " " + "M" * 36, "Сталкер", "千と千尋の神隠し", "Ψυχή", "שלום", "ไทย",
    "😀🎬", "\x00\x07\x1b", "\ud800", "\u202eRTL", "<script>alert('x')</script>", "&amp; \"Q\"",
    "Đặng Nhật Minh", "ŒUVRE ǅ ß ŉ ﬁ ⅷ", "A\u0301\u0301\u0301", "12", "$¥€", "I",
]  # fmt: skip
