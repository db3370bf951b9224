"""Browsers of the people who look after the site."""

from django.test import Client

from accounts.models import User
from movies.services.curators import ensure_curators_group
from tests.factories import make_user


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def make_curator() -> User:
    """Make somebody who may shape the catalogue."""
    curator = make_user("Curator", is_staff=True)
    curator.groups.add(ensure_curators_group())
    return curator


def make_superuser() -> User:
    return make_user("Superuser", is_staff=True, is_superuser=True)


def form_of(response) -> dict[str, str]:
    """Return what a browser would send back from a page of the admin, unchanged."""
    form = response.context["adminform"].form
    fields = dict(_filled(form))
    for inline in response.context["inline_admin_formsets"]:
        fields.update(_filled(inline.formset.management_form))
        for each in inline.formset.forms:
            fields.update(_filled(each))
    return fields


def _filled(form):
    for bound in form:
        value = bound.value()
        if value is None or value is False:
            continue
        if isinstance(value, list) and bound.name == "keywords":
            value = ",".join(value)
        yield bound.html_name, value if isinstance(value, list) else str(value)
