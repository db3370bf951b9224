"""Who a program acts for."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.requests import signed_in


class MeSerializer(serializers.Serializer[User]):
    """The person whose token or session it is."""

    id = serializers.IntegerField()
    email = serializers.EmailField()
    display_name = serializers.CharField()
    handle = serializers.CharField()
    profile_revision = serializers.IntegerField(
        help_text="Grows with every rating, dismissal and change of the watchlist."
    )


class MeView(APIView):
    @extend_schema(operation_id="read_me", summary="Who I am", responses=MeSerializer, tags=["me"])
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(signed_in(request)).data)
