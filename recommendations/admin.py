"""Model versions in the admin: facts to read, and which of them serves."""

import json
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import action, display

from accounts.requests import signed_in
from config.admin import QuickAdmin, ReadOnlyAdmin
from movies.services.curation import log_decision
from recommendations.errors import VersionNotServableError
from recommendations.models import ModelVersion
from recommendations.services.alerts import put_alert_away
from recommendations.services.gate import sentence_of
from recommendations.services.patience import REQUEST_SECONDS, patient_for
from recommendations.services.registry import activate_version, rollback_version
from recommendations.services.training import cancel_training
from recommendations.services.versions import HAS_ARTEFACT

SHOWN_ALERTS = 3
FEW_LINES = 20
STATE_COLOURS = {
    "Active": "success",
    "Ready": "info",
    "Training": "warning",
    "Failed": "danger",
    "Retired": "default",
    "Cancelled": "default",
    "Kept, not activated": "warning",
    "Pruned": "default",
}


def tell_of_alerts(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Say on a page of the admin what somebody should look at; Unfold calls it for the first."""
    if request.user.has_perm("recommendations.view_modelversion"):
        for version in ModelVersion.objects.exclude(alert="").order_by("-number")[:SHOWN_ALERTS]:
            for line in version.alert.splitlines():
                messages.error(request, f"Model {version}: {line}")
    return context


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin, QuickAdmin):
    class Media:
        js = (Script("js/admin_progress.js", type="module"),)
        css: ClassVar = {"all": ("css/admin_facts.css",)}

    list_display = (
        "number",
        "state_label",
        "progress",
        "kind",
        "decision",
        "trained_at",
        "activated_at",
        "note",
    )
    list_filter = ("state", "kind")
    ordering = ("-number",)
    actions_list = ("roll_back",)
    actions_detail = ("activate", "cancel", "put_away")
    fields = (
        "number",
        "kind",
        "base",
        "state_label",
        "progress",
        "alert",
        "note",
        "decision",
        "trained_at",
        "activated_at",
        "metrics_text",
        "gate_text",
        "counts_text",
        "recipe_text",
        "directory",
        "checksum",
    )

    @display(description="State", label=STATE_COLOURS, ordering="state")
    def state_label(self, version: ModelVersion) -> str:
        return version.get_state_display()

    @display(description="Progress")
    def progress(self, version: ModelVersion) -> str:
        """Say how far a training is; a module of ours keeps the marked text up to date."""
        if version.state != ModelVersion.State.TRAINING:
            return "–"
        said = f"{version.percent} %, {version.stage or 'beginning'}"
        if version.memory_mb:
            said += f", {version.memory_mb:,} MB"
        if version.cancel_requested:
            said += ", stopping"
        return format_html('<span id="progress-{}" data-progress>{}</span>', version.pk, said)

    @display(description="Gate")
    def decision(self, version: ModelVersion) -> str:
        return sentence_of(version.gate)

    @display(description="Gate's figures")
    def gate_text(self, version: ModelVersion) -> str:
        return _as_text(version.gate)

    @display(description="Metrics")
    def metrics_text(self, version: ModelVersion) -> str:
        return _as_text(version.metrics)

    @display(description="Trained on")
    def counts_text(self, version: ModelVersion) -> str:
        return _as_text(version.training_counts)

    @display(description="Manifest's sha256")
    def checksum(self, version: ModelVersion) -> str:
        return format_html('<span class="facts">{}</span>', version.manifest_sha256)

    @display(description="Recipe")
    def recipe_text(self, version: ModelVersion) -> str:
        return _as_text(version.recipe)

    def has_serve_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell who may decide which version serves; nobody may change a version's facts."""
        return request.user.has_perm("recommendations.change_modelversion")

    def has_activate_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell who may let a version serve that can and does not."""
        can_serve = ModelVersion.objects.filter(pk=object_id, state__in=HAS_ARTEFACT)
        is_another = can_serve.exclude(state=ModelVersion.State.ACTIVE).exists()
        return self.has_serve_permission(request) and is_another

    def has_cancel_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell who may stop a training, while it runs."""
        is_training = ModelVersion.objects.filter(pk=object_id, state=ModelVersion.State.TRAINING)
        return self.has_serve_permission(request) and is_training.exists()

    def has_put_away_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell who may put an alert away, where there is one."""
        has_alert = ModelVersion.objects.filter(pk=object_id).exclude(alert="")
        return self.has_serve_permission(request) and has_alert.exists()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the versions, and above them what somebody should look at."""
        if request.method == "GET":
            tell_of_alerts(request, {})
        return super().changelist_view(request, extra_context)

    @action(
        description="Activate",
        permissions=["activate"],
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

    @action(
        description="Stop the training",
        permissions=["cancel"],
        icon="stop_circle",
        dialog={
            "title": "Stop this training?",
            "description": "What serves now goes on serving. Nothing of the training is kept.",
            "form_class": None,
            "form_submit_text": "Stop it",
        },
    )
    def cancel(self, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        version = ModelVersion.objects.get(pk=object_id)
        if cancel_training(number=version.number):
            log_decision(by=signed_in(request), rows=[version], message="Cancelled.")
            self.message_user(request, f"The training of {version} stops within seconds.")
        else:
            self.message_user(request, f"{version} is not in training.", messages.ERROR)
        return _to_the_list()

    @action(
        description="Put the alert away",
        permissions=["put_away"],
        icon="notifications_off",
        dialog={
            "title": "Has somebody seen to it?",
            "description": "The alert is shown no more. A new one will be.",
            "form_class": None,
            "form_submit_text": "Put it away",
        },
    )
    def put_away(self, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        version = ModelVersion.objects.get(pk=object_id)
        put_alert_away(number=version.number)
        log_decision(by=signed_in(request), rows=[version], message="Alert put away.")
        return _to_the_list()

    def _decide(self, request: HttpRequest, decide: Any, message: str) -> HttpResponse:
        """Make the decision, log it, and say what came of it on the list that follows."""
        try:
            with patient_for(REQUEST_SECONDS):
                version = decide()
        except VersionNotServableError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            log_decision(by=signed_in(request), rows=[version], message=message)
            self.message_user(request, f"{str(version).capitalize()} serves now.")
        return _to_the_list()


def _to_the_list() -> HttpResponse:
    versions = reverse("admin:recommendations_modelversion_changelist")
    return HttpResponse(headers={"HX-Redirect": versions})


def _as_text(facts: object) -> str:
    if not facts:
        return "–"
    text = json.dumps(facts, indent=2, ensure_ascii=False)
    n_lines = text.count("\n") + 1
    if n_lines <= FEW_LINES:
        return format_html('<pre class="facts">{}</pre>', text)
    return format_html(
        '<details><summary class="facts-fold">{}</summary><pre class="facts">{}</pre></details>',
        f"{n_lines} lines",
        text,
    )
