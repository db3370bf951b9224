"""The front page's frame: rendered once for everybody, and filled in for each answer.

A frame is what `base.html` puts around the page, with a slot wherever something belongs to one
answer: the page itself, the form token, the person's name. Nothing personal is ever in it. Pages go
from Redis to the answer as bytes: to read a hundred kilobytes as text costs a tenth of a view.
"""

import re
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import mark_safe

from accounts.models import User
from config.views import chosen_theme
from movies.models import DataSet
from movies.services.data_sets import loaded_data_sets
from movies.templatetags.marquee import initial

TEMPLATE = "home.html"
# Letters that no text has stand for what is filled in; the name's first is its initial.
PAGE, TOKEN, INITIAL, NAME = "\ue000", "\ue001", "\ue002", "\ue002\ue003"
SLOTS = re.compile(f"({PAGE}|{TOKEN}|{NAME}|{INITIAL})")


@dataclass(frozen=True, slots=True)
class Frame:
    """Pieces of a page in UTF-8, every other one a slot, and the data sets that its foot names."""

    pieces: tuple[bytes, ...]
    data_sets: tuple[DataSet, ...]


_frames: dict[tuple[str, bool], Frame] = {}


def in_frame(request: HttpRequest, page: bytes, *, token: str, user: User | None) -> bytes:
    """Return the whole page around a front page, which is HTML and has the form token already.

    Both are in UTF-8. One that says something only once, or has an address of its own, is rendered.
    """
    is_nameless = user is not None and not user.display_name.strip()
    if is_nameless or request.META.get("QUERY_STRING") or len(get_messages(request)):
        # Our own template escaped everything in it when it was rendered.
        context = {"front_page": mark_safe(page.decode()), "csrf_token": token}  # noqa: S308
        return render_to_string(TEMPLATE, context, request=request).encode()
    name = user.display_name if user else ""
    filling = {
        PAGE.encode(): page,
        TOKEN.encode(): token.encode(),
        NAME.encode(): escape(name).encode(),
        INITIAL.encode(): escape(initial(name)).encode(),
    }
    frame = _frame(request, is_signed_in=user is not None)
    return b"".join([filling.get(piece, piece) for piece in frame.pieces])


def _frame(request: HttpRequest, *, is_signed_in: bool) -> Frame:
    """Return the frame in a theme, made anew when the data sets have been read again."""
    key, data_sets = (chosen_theme(request), is_signed_in), loaded_data_sets()
    frame = _frames.get(key)
    if frame is None or frame.data_sets is not data_sets:
        user = User(display_name=NAME) if is_signed_in else AnonymousUser()
        context = {"user": user, "csrf_token": TOKEN, "front_page": PAGE}
        whole = render_to_string(TEMPLATE, context, request=request)
        pieces = tuple(piece.encode() for piece in SLOTS.split(whole))
        frame = _frames[key] = Frame(pieces, data_sets)
    return frame
