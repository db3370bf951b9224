"""People of film."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from movies.models import Credit, Movie, Person
from movies.views.parts import cards_of
from movies.views.viewers import viewer_of


@require_safe
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show the visible films of a person by role, newest first."""
    shown = get_object_or_404(Person, pk=person_id)
    movies = list(
        Movie.objects.visible().filter(people=shown).distinct().newest_first().for_cards()
    )
    ids_by_role = _ids_by_role(shown)
    cards = cards_of(movies, viewer=viewer_of(request))
    context = {
        "person": shown,
        "directed": [card for card in cards if card.movie.pk in ids_by_role[Credit.Role.DIRECTOR]],
        "acted": [card for card in cards if card.movie.pk in ids_by_role[Credit.Role.CAST]],
        "film_count": len(cards),
    }
    return render(request, "movies/person.html", context)


def _ids_by_role(person: Person) -> dict[str, set[int]]:
    ids: dict[str, set[int]] = {role: set() for role in Credit.Role.values}
    for role, movie_id in person.credits.values_list("role", "movie_id"):
        ids[role].add(movie_id)
    return ids
