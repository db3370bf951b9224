"""A person's own account: names, what they told us, tokens, their data."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import AccountKeptError, HandleTakenError, TooManyTokensError
from accounts.forms import DeleteAccountForm, DemographicsForm, ProfileForm, TokenForm
from accounts.models import User
from accounts.requests import signed_in
from accounts.services import people, tokens
from accounts.services.demo import is_demo_account
from accounts.services.personal_data import erase_person, export_personal_data


def show_profile(
    request: HttpRequest, *, new_token: str | None = None, **forms: BaseForm
) -> HttpResponse:
    """Show the account page; a form given replaces the fresh one, with its errors."""
    # The form would write what was refused into its instance, and so into the page's header.
    user = User.objects.get(pk=signed_in(request).pk)
    said = {name: getattr(user, name) for name in ("age_band", "gender", "occupation")}
    context = {
        "profile_form": ProfileForm(instance=user),
        "demographics_form": DemographicsForm(initial=said),
        "tokens": user.api_tokens.all(),
        "token_form": TokenForm(),
        "new_token": new_token,
        "delete_form": DeleteAccountForm(),
        "is_demo": is_demo_account(user),
        **forms,
    }
    has_errors = any(form.errors for form in forms.values())
    return render(request, "accounts/profile.html", context, status=422 if has_errors else 200)


@login_required
@never_cache
def profile(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return show_profile(request)
    user = User.objects.get(pk=signed_in(request).pk)
    form = ProfileForm(request.POST, instance=user)
    if not form.is_valid():
        return show_profile(request, profile_form=form)
    try:
        people.update_profile(user=user, **form.cleaned_data)
    except HandleTakenError as error:
        form.add_error("handle", str(error))
        return show_profile(request, profile_form=form)
    messages.success(request, "Your names are saved.")
    return redirect("accounts:profile")


@require_POST
@login_required
@never_cache
def demographics(request: HttpRequest) -> HttpResponse:
    """Save what a person says about themselves, or forget all of it."""
    user = signed_in(request)
    if "erase" in request.POST:
        people.erase_demographics(user=user)
        messages.success(request, "We have forgotten your age, gender and occupation.")
        return redirect("accounts:profile")
    form = DemographicsForm(request.POST)
    if not form.is_valid():
        return show_profile(request, demographics_form=form)
    people.update_demographics(user=user, **form.cleaned_data)
    messages.success(request, "Saved.")
    return redirect("accounts:profile")


@require_POST
@login_required
@never_cache
@sensitive_variables("secret")
def create_token(request: HttpRequest) -> HttpResponse:
    """Make a token and show it, in this one answer and never again."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return show_profile(request, token_form=form)
    try:
        _, secret = tokens.create_token(user=signed_in(request), name=form.cleaned_data["name"])
    except TooManyTokensError as error:
        form.add_error("name", str(error))
        return show_profile(request, token_form=form)
    return show_profile(request, new_token=secret)


@require_POST
@login_required
@never_cache
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    if tokens.revoke_token(user=signed_in(request), token_id=token_id):
        messages.success(request, "The token no longer works.")
    return redirect("accounts:profile")


@require_GET
@login_required
@never_cache
def download_data(request: HttpRequest) -> HttpResponse:
    """Hand over everything that we keep about the person, as a file."""
    kept = export_personal_data(user=signed_in(request))
    headers = {"Content-Disposition": 'attachment; filename="marquee-my-data.json"'}
    form = {"indent": 2, "ensure_ascii": False}
    return JsonResponse(kept, json_dumps_params=form, headers=headers)


@require_POST
@login_required
@never_cache
@sensitive_post_parameters("password")
def delete_account(request: HttpRequest) -> HttpResponse:
    """Delete the account at once, if the password is right."""
    user = signed_in(request)
    form = DeleteAccountForm(request.POST)
    if not form.is_valid():
        return show_profile(request, delete_form=form)
    try:
        # Through allauth, so that guesses count towards the limit of failed sign-ins.
        if not get_adapter().reauthenticate(user, form.cleaned_data["password"]):
            form.add_error("password", "This is not your password.")
    except ValidationError as error:
        form.add_error("password", error)
    if not form.errors:
        try:
            erase_person(user=user)
        except AccountKeptError as error:
            form.add_error(None, str(error))
    if form.errors:
        return show_profile(request, delete_form=form)
    logout(request)
    messages.success(request, "Your account and everything in it are deleted.")
    return redirect("home")
