import pytest
from django.core.management import CommandError, call_command


def check() -> None:
    call_command("check", deploy=True, tags=["files"])


def test_what_trains_by_default_is_there():
    check()


def test_a_trainer_that_is_nowhere_is_named(settings):
    settings.TRAINER = "no.such.Trainer"
    with pytest.raises(CommandError, match="MARQUEE_TRAINER: No module named"):
        check()


@pytest.mark.parametrize(
    "storage",
    [
        {"BACKEND": "no.such.Storage"},
        {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"bucket_name": "models"},
        },
    ],
)
def test_a_storage_that_cannot_be_made_is_named(settings, storage):
    settings.STORAGES = settings.STORAGES | {"artefacts": storage}
    with pytest.raises(CommandError, match="MARQUEE_ARTEFACT_STORAGE_BACKEND"):
        check()
