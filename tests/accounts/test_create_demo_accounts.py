import json
import stat

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _var(tmp_path, settings):
    settings.VAR_DIR = tmp_path


def test_the_kept_passwords_open_both_accounts(tmp_path):
    call_command("create_demo_accounts")
    kept = json.loads((tmp_path / "demo-accounts.json").read_text())
    for role, is_staff in (("person", False), ("curator", True)):
        user = User.objects.get(email=kept[role]["email"])
        assert user.check_password(kept[role]["password"])
        assert user.is_staff is is_staff


def test_only_the_owner_reads_the_passwords_and_a_second_run_keeps_them(tmp_path):
    call_command("create_demo_accounts")
    first = (tmp_path / "demo-accounts.json").read_text()
    call_command("create_demo_accounts")
    assert (tmp_path / "demo-accounts.json").read_text() == first
    assert stat.S_IMODE((tmp_path / "demo-accounts.json").stat().st_mode) == 0o600
    assert User.objects.count() == 2


def test_a_site_in_production_gets_none(settings):
    settings.IS_PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("create_demo_accounts")
    assert not User.objects.exists()
