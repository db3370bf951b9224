"""People: those who sign in, and the raters of imported data sets."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class AgeBand(models.IntegerChoices):
    """Age in the bands of MovieLens 1M; the code is the band's lowest age."""

    UNDER_18 = 1, "Under 18"
    FROM_18 = 18, "18 to 24"
    FROM_25 = 25, "25 to 34"
    FROM_35 = 35, "35 to 44"
    FROM_45 = 45, "45 to 49"
    FROM_50 = 50, "50 to 55"
    FROM_56 = 56, "56 or over"


class Gender(models.TextChoices):
    """Gender as MovieLens 1M codes it."""

    FEMALE = "F", "Female"
    MALE = "M", "Male"


class Occupation(models.IntegerChoices):
    """Occupation as MovieLens 1M codes it."""

    OTHER = 0, "Other"
    EDUCATOR = 1, "Academic or educator"
    ARTIST = 2, "Artist"
    CLERICAL = 3, "Clerical or administrative"
    STUDENT = 4, "College or graduate student"
    CUSTOMER_SERVICE = 5, "Customer service"
    HEALTH_CARE = 6, "Doctor or health care"
    EXECUTIVE = 7, "Executive or managerial"
    FARMER = 8, "Farmer"
    HOMEMAKER = 9, "Homemaker"
    PUPIL = 10, "Pupil"
    LAWYER = 11, "Lawyer"
    PROGRAMMER = 12, "Programmer"
    RETIRED = 13, "Retired"
    SALES = 14, "Sales or marketing"
    SCIENTIST = 15, "Scientist"
    SELF_EMPLOYED = 16, "Self-employed"
    ENGINEER = 17, "Technician or engineer"
    TRADESPERSON = 18, "Tradesperson"
    UNEMPLOYED = 19, "Unemployed"
    WRITER = 20, "Writer"


class UserManager(BaseUserManager["User"]):
    """Make people; whoever signs in has an address, kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def who_sign_in(self) -> "models.QuerySet[User]":
        return self.filter(data_set="")


def is_one_of(field: str, choices: type[models.Choices]) -> models.Q:
    return models.Q(**{f"{field}__in": choices.values}) | models.Q(**{f"{field}__isnull": True})


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Either signs in by e-mail, or is rater `data_set_user_id` of an imported set."""

    email = models.EmailField(unique=True, null=True)  # noqa: DJ001 - imported raters have none
    display_name = models.CharField(max_length=60)
    handle = models.CharField(max_length=40, unique=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)
    profile_revision = models.PositiveBigIntegerField(default=0, editable=False)
    profile_changed_at = models.DateTimeField(null=True, editable=False)
    data_set = models.SlugField(max_length=40, blank=True, default="", editable=False)
    data_set_user_id = models.BigIntegerField(null=True, editable=False)
    age_band = models.SmallIntegerField(choices=AgeBand, null=True, blank=True)
    gender = models.CharField(max_length=1, choices=Gender, null=True, blank=True)  # noqa: DJ001 - unknown is no choice
    occupation = models.SmallIntegerField(choices=Occupation, null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name", "handle"]

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        indexes: ClassVar = [
            # Whose lists may be stale, and who was here lately: few among many raters.
            models.Index(
                name="user_profile_changed",
                fields=["profile_changed_at"],
                condition=models.Q(data_set=""),
            ),
            models.Index(
                name="user_signed_in_lately",
                fields=["last_login"],
                condition=models.Q(data_set=""),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="user_signs_in_or_is_imported",
                condition=models.Q(data_set="", data_set_user_id__isnull=True, email__isnull=False)
                | (
                    ~models.Q(data_set="")
                    & models.Q(
                        data_set_user_id__isnull=False,
                        email__isnull=True,
                        password__startswith="!",  # noqa: S106 - unusable
                        is_staff=False,
                        is_superuser=False,
                    )
                ),
            ),
            models.UniqueConstraint(
                name="user_once_in_a_data_set",
                fields=["data_set", "data_set_user_id"],
                condition=~models.Q(data_set=""),
            ),
            models.CheckConstraint(
                name="user_email_is_lower_case", condition=models.Q(email=Lower("email"))
            ),
            models.CheckConstraint(
                name="user_handle_is_plain",
                condition=models.Q(handle__regex=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"),
            ),
            models.CheckConstraint(
                name="user_age_band_is_known", condition=is_one_of("age_band", AgeBand)
            ),
            models.CheckConstraint(
                name="user_gender_is_known", condition=is_one_of("gender", Gender)
            ),
            models.CheckConstraint(
                name="user_occupation_is_known", condition=is_one_of("occupation", Occupation)
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_imported(self) -> bool:
        return self.data_set != ""

    @property
    def is_simulated(self) -> bool:
        return self.data_set == "demo"

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name
