from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0002_sessions")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="user",
            name="profile_changed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                condition=models.Q(("data_set", "")),
                fields=["profile_changed_at"],
                name="user_profile_changed",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                condition=models.Q(("data_set", "")),
                fields=["last_login"],
                name="user_signed_in_lately",
            ),
        ),
    ]
