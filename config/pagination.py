"""Lists come in pages: `limit` rows from `offset` on."""

from typing import Any

from rest_framework import serializers
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.views import APIView

DEFAULT_LIMIT = 20
MOST_ROWS = 100
LAST_OFFSET = 1_000_000


class PlaceSerializer(serializers.Serializer[Any]):
    """Which part of a list is asked for."""

    limit = serializers.IntegerField(
        default=DEFAULT_LIMIT, min_value=1, max_value=MOST_ROWS, help_text="How many at most."
    )
    offset = serializers.IntegerField(
        default=0, min_value=0, max_value=LAST_OFFSET, help_text="How many to pass over."
    )


class StrictPagination(LimitOffsetPagination):
    """Refuse a `limit` or `offset` that is out of range, where DRF's own takes another."""

    limit: int
    offset: int

    def paginate_queryset(
        self,
        queryset: Any,
        request: Request,
        view: APIView | None = None,  # noqa: ARG002 - DRF's signature
    ) -> list[Any]:
        place = PlaceSerializer(data=request.query_params)
        place.is_valid(raise_exception=True)
        self.limit = place.validated_data["limit"]
        self.offset = place.validated_data["offset"]
        self.count = self.get_count(queryset)
        self.request = request
        return list(queryset[self.offset : self.offset + self.limit])

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:  # noqa: ARG002
        """Return nothing: every view names `PlaceSerializer`, which knows the bounds."""
        return []
