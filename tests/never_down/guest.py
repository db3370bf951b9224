"""Somebody who has not signed in, with a browser that keeps cookies and sends forms."""

import http.cookiejar
import re
import urllib.parse
import urllib.request

from tests.never_down.site import CSRF, Answer, LiveSite, send

OWN_STARS = re.compile(r'data-own="([^"]*)"')


class Guest:
    """A visit of a site, from the first page on."""

    def __init__(self, site: LiveSite) -> None:
        self._site = site
        self._browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        found = CSRF.search(self._open("/").text)
        assert found
        self._token = found[1]

    def rate(self, movie_id: int, stars: float) -> Answer:
        return self._open(f"/movies/{movie_id}/rating/", stars=str(stars))

    def dismiss(self, movie_id: int) -> Answer:
        return self._open(f"/movies/{movie_id}/dismissal/", on="1")

    def stars_of(self, movie_id: int) -> str:
        """Return the stars that a movie's page shows as the guest's own."""
        found = OWN_STARS.search(self._open(f"/movies/{movie_id}/").text)
        assert found
        return found[1]

    def has_dismissed(self, movie_id: int) -> bool:
        """Tell whether a movie's page offers to take a dismissal back."""
        return "Suggest it again" in self._open(f"/movies/{movie_id}/").text

    def _open(self, path: str, **fields: str) -> Answer:
        form = fields | {"csrfmiddlewaretoken": self._token} if fields else {}
        content = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(self._site.address + path, content)
        answer = send(self._browser, request)
        assert answer.status != 500, answer.text
        return answer
