"""Who looks after the catalogue."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

CURATORS = "Curators"
MAY_SHAPE = ("movie", "alternativetitle", "person", "credit", "genre", "tag")
MAY_DELETE = ("alternativetitle", "credit", "tagapplication")
MAY_VIEW = ("rating", "tagapplication", "dataset")


def ensure_curators_group() -> Group:
    """Return the group whose people may do everything with the catalogue and nothing with people.

    Called again it brings the group's permissions up to date.
    """
    names = {f"{verb}_{model}" for verb in ("view", "add", "change") for model in MAY_SHAPE}
    names |= {f"delete_{model}" for model in MAY_DELETE}
    names |= {f"view_{model}" for model in MAY_VIEW}
    may = Q(content_type__app_label="movies", codename__in=names)
    may |= Q(content_type__app_label="recommendations", codename="view_modelversion")
    group, _ = Group.objects.get_or_create(name=CURATORS)
    group.permissions.set(Permission.objects.filter(may))
    return group
