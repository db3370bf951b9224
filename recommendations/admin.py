"""Model versions in the admin: facts to read, and which of them serves."""

import json
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import action, display

from accounts.requests import signed_in
from config.admin import QuickAdmin, ReadOnlyAdmin
from movies.services.curation import log_decision
from recommendations.errors import VersionNotServableError
from recommendations.models import ModelVersion
from recommendations.services.registry import activate_version, rollback_version

STATE_COLOURS = {
    "Active": "success",
    "Ready": "info",
    "Training": "warning",
    "Failed": "danger",
    "Retired": "default",
}


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin, QuickAdmin):
    list_display = ("number", "state_label", "trained_at", "activated_at", "note")
    list_filter = ("state",)
    ordering = ("-number",)
    actions_list = ("roll_back",)
    actions_detail = ("activate",)
    fields = (
        "number",
        "state_label",
        "note",
        "trained_at",
        "activated_at",
        "metrics_text",
        "counts_text",
        "recipe_text",
        "directory",
        "manifest_sha256",
    )

    @display(description="State", label=STATE_COLOURS, ordering="state")
    def state_label(self, version: ModelVersion) -> str:
        return version.get_state_display()

    @display(description="Metrics")
    def metrics_text(self, version: ModelVersion) -> str:
        return _as_text(version.metrics)

    @display(description="Trained on")
    def counts_text(self, version: ModelVersion) -> str:
        return _as_text(version.training_counts)

    @display(description="Recipe")
    def recipe_text(self, version: ModelVersion) -> str:
        return _as_text(version.recipe)

    def has_serve_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell who may decide which version serves; nobody may change a version's facts."""
        return request.user.has_perm("recommendations.change_modelversion")

    @action(
        description="Activate",
        permissions=["serve"],
        icon="rocket_launch",
        dialog={
            "title": "Let this version serve?",
            "description": "Its artefact is checked first. What serves now goes on until then.",
            "form_class": None,
            "form_submit_text": "Activate",
        },
    )
    def activate(self, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        number = ModelVersion.objects.values_list("number", flat=True).get(pk=object_id)
        return self._decide(request, lambda: activate_version(number=number), "Activated.")

    @action(
        description="Roll back",
        permissions=["serve"],
        icon="undo",
        dialog={
            "title": "Go back to the version before?",
            "description": "The version that served before the active one will serve again.",
            "form_class": None,
            "form_submit_text": "Roll back",
        },
    )
    def roll_back(self, request: HttpRequest, _form: Any) -> HttpResponse:
        return self._decide(request, rollback_version, "Activated by going back.")

    def _decide(self, request: HttpRequest, decide: Any, message: str) -> HttpResponse:
        """Make the decision, log it, and say what came of it on the list that follows."""
        try:
            version = decide()
        except VersionNotServableError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            log_decision(by=signed_in(request), rows=[version], message=message)
            self.message_user(request, f"{str(version).capitalize()} serves now.")
        versions = reverse("admin:recommendations_modelversion_changelist")
        return HttpResponse(headers={"HX-Redirect": versions})


def _as_text(facts: object) -> str:
    return format_html("<pre>{}</pre>", json.dumps(facts, indent=2, ensure_ascii=False))
