"""Names of languages for their ISO 639-1 codes, as Django's locale data has them."""

from django.conf.locale import LANG_INFO

# What film data bases use beside the standard, or Django has no name for.
OTHERS = {
    "am": "Amharic",
    "bm": "Bambara",
    "bo": "Tibetan",
    "cn": "Cantonese",
    "dz": "Dzongkha",
    "iu": "Inuktitut",
    "ku": "Kurdish",
    "la": "Latin",
    "ln": "Lingala",
    "mi": "Maori",
    "mo": "Moldovan",
    "no": "Norwegian",
    "ps": "Pashto",
    "rw": "Kinyarwanda",
    "sh": "Serbo-Croatian",
    "si": "Sinhala",
    "sm": "Samoan",
    "tl": "Tagalog",
    "tn": "Tswana",
    "wo": "Wolof",
    "xh": "Xhosa",
    "xx": "No language",
    "yi": "Yiddish",
    "zh": "Mandarin",
    "zu": "Zulu",
}


def language_name(code: str) -> str:
    """Return the language's English name; the code itself where none is known."""
    if not code:
        return ""
    known = LANG_INFO.get(code.lower(), {})
    return OTHERS.get(code.lower()) or str(known.get("name") or code)
