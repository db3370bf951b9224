"""Values that programs send, read strictly."""

import math
import re
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from movies.errors import StarsError
from movies.services.ratings import half_stars_from

HIGHEST_ID = 2**31 - 1
DECADE = 10
FIRST_YEAR, LAST_YEAR = 1870, 2100
IMDB_CODE = re.compile(r"(?:tt)?(?P<digits>[0-9]{1,10})", re.IGNORECASE)


@extend_schema_field({"type": "number", "minimum": 0.5, "maximum": 5, "multipleOf": 0.5})
class StarsField(serializers.Field[float, Any, float, Any]):
    """Stars as a JSON number: 0.5, 1, … 5. Texts and booleans are no numbers."""

    default_error_messages = {  # noqa: RUF012 - DRF's way to say it
        "not_a_number": "Send a number, such as 4.5.",
        "out_of_range": "A rating is between 0.5 and 5 in steps of a half.",
    }

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("not_a_number")
        if isinstance(data, float) and not math.isfinite(data):
            self.fail("out_of_range")
        try:
            return half_stars_from(data) / 2
        except StarsError:
            self.fail("out_of_range")

    def to_representation(self, value: float) -> float:
        return value


@extend_schema_field({"type": "string", "pattern": "^(tt)?[0-9]{1,10}$", "example": "tt0133093"})
class ImdbIdField(serializers.Field[int, str, str, Any]):
    """An id of IMDb's, as it writes it (`tt0133093`) or as a plain number."""

    default_error_messages = {  # noqa: RUF012 - DRF's way to say it
        "invalid": "Send an id such as tt0133093.",
    }

    def to_internal_value(self, data: str) -> int:
        code = IMDB_CODE.fullmatch(data)
        if code is None or int(code["digits"]) > HIGHEST_ID:
            self.fail("invalid")
        return int(code["digits"])

    def to_representation(self, value: int) -> str:
        return str(value)


class DecadeField(serializers.IntegerField):
    """A decade by its first year."""

    default_error_messages = {  # noqa: RUF012 - DRF's way to say it
        "not_a_decade": "Send the first year of a decade, such as 1990.",
    }

    def to_internal_value(self, data: Any) -> int:
        year = super().to_internal_value(data)
        if year % DECADE:
            self.fail("not_a_decade")
        return year
