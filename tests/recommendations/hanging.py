"""A trainer and a storage that stop at a moment that the environment names, to be killed there."""

import os
import time
from pathlib import Path

from django.core.files.storage import FileSystemStorage

from recommendations.services import trainers
from recommendations.services.trainers import ForkedTrainer

JUDGING, FITTING, WRITING, STORING = MOMENTS = ("judging", "fitting", "writing", "storing")


def hang_at(moment: str) -> None:
    """Tell that the moment has come and never go on, if it is the one asked for."""
    if os.environ["HANG_AT"] == moment:
        Path(os.environ["HANGS"]).touch()
        time.sleep(3600)


class HangingTrainer(ForkedTrainer):
    """Fit and judge as ever, in processes that hang on their way."""

    def judge(self, interactions, **options):
        judge_recipes = trainers.judge_recipes

        def judge(*args, **kwargs):
            hang_at(JUDGING)
            return judge_recipes(*args, **kwargs)

        trainers.judge_recipes = judge
        try:
            return super().judge(interactions, **options)
        finally:
            trainers.judge_recipes = judge_recipes

    def fit(self, interactions, **options):
        fit_and_save, rename = trainers.fit_and_save, Path.rename

        def fit(*args, **kwargs):
            hang_at(FITTING)
            return fit_and_save(*args, **kwargs)

        def hang_before_renaming(path, target):
            hang_at(WRITING)
            return rename(path, target)

        trainers.fit_and_save, Path.rename = fit, hang_before_renaming
        try:
            return super().fit(interactions, **options)
        finally:
            trainers.fit_and_save, Path.rename = fit_and_save, rename


class HangingStorage(FileSystemStorage):
    """Take every array and hang before the manifest."""

    def _save(self, name, content):
        if name.endswith("manifest.json"):
            hang_at(STORING)
        return super()._save(name, content)
