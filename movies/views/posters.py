"""The drawn posters, each under an address that changes when the drawing does."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.cache import get_conditional_response
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from movies.models import Movie
from movies.posters import draw_poster, poster_hash

FOR_EVER = "public, max-age=31536000, immutable"
# An address of an older drawing may be asked for again after the next change.
FOR_AN_HOUR = "public, max-age=3600"
NOTHING_ALLOWED = "default-src 'none'; frame-ancestors 'none'; sandbox"


@require_safe
@gzip_page
def poster(request: HttpRequest, movie_id: int, content_hash: str) -> HttpResponseBase:
    """Draw a visible movie's poster."""
    movie = Movie.objects.visible().for_cards().filter(pk=movie_id).first()
    if movie is None:
        raise Http404(f"There is no movie {movie_id}.")
    if content_hash != poster_hash(movie.poster_subject):
        headers = {"Cache-Control": FOR_AN_HOUR}
        return HttpResponseRedirect(movie.poster_url, headers=headers)
    etag = f'"{content_hash}"'
    headers = {
        "Cache-Control": FOR_EVER,
        "Content-Security-Policy": NOTHING_ALLOWED,
        "ETag": etag,
    }
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged:
        return unchanged
    drawing = draw_poster(movie.poster_subject)
    return HttpResponse(drawing, content_type="image/svg+xml", headers=headers)
