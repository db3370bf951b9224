"""What people fill in about their account."""

from typing import Any, ClassVar

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from accounts.errors import HandleTakenError
from accounts.models import AgeBand, ApiToken, Gender, Occupation, User
from accounts.services.handles import clean_display_name, is_free

ADVICE = "At least 10 characters. A few words in a row are easy to remember."
UNTOLD = "Rather not say"


class DisplayNameField(forms.CharField):
    """A name that others see."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": "Display name", "max_length": 60, **options})
        self.widget.attrs.setdefault("autocomplete", "nickname")

    def clean(self, value: str) -> str:
        name: str = super().clean(value)
        return clean_display_name(name) if name else name


def drop_placeholders(form: forms.Form) -> None:
    """Leave the naming of fields to their labels, which stay when something is typed."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    """Sign-in: an address, a password, whether to stay."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        drop_placeholders(self)
        self.fields["remember"].label = "Stay signed in"


class SignupForm(AllauthSignupForm):  # type: ignore[misc]
    """Sign-up: an address, a name, a password."""

    field_order: ClassVar[list[str]] = ["email", "display_name", "password1"]
    account_already_exists: bool
    display_name = DisplayNameField(help_text="Shown to others. You can change it at any time.")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        drop_placeholders(self)
        self.fields["password1"].help_text = ADVICE

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Sign up, or send a mail to whoever has this address already, in the same time."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        try:
            with transaction.atomic():
                return super().try_save(request)  # type: ignore[no-any-return]
        except IntegrityError:
            # Another request took the address or the handle since the form was checked.
            taken = User.objects.filter(email=self.cleaned_data["email"])
            self.account_already_exists = taken.exists()
            return super().try_save(request)  # type: ignore[no-any-return]


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """The names that others see."""

    display_name = DisplayNameField()

    class Meta:
        model = User
        fields: ClassVar = ["display_name", "handle"]
        help_texts: ClassVar = {"handle": "Small letters, digits and hyphens. Shown to others."}

    def clean_handle(self) -> str:
        handle: str = self.cleaned_data["handle"].lower()
        if "handle" in self.changed_data and not is_free(handle, but_for=self.instance):
            raise forms.ValidationError(str(HandleTakenError()))
        return handle


class DemographicsForm(forms.Form):
    """What helps to choose the first films; each may stay unsaid."""

    age_band = forms.TypedChoiceField(
        label="Age",
        choices=[("", UNTOLD), *AgeBand.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    gender = forms.TypedChoiceField(
        label="Gender", choices=[("", UNTOLD), *Gender.choices], empty_value=None, required=False
    )
    occupation = forms.TypedChoiceField(
        label="Occupation",
        choices=[("", UNTOLD), *Occupation.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new token."""

    class Meta:
        model = ApiToken
        fields: ClassVar = ["name"]
        help_texts: ClassVar = {"name": "What will use it, so that you recognise it later."}


class DeleteAccountForm(forms.Form):
    """The password, to be sure who asks."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
