"""How bodies of requests are read."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

MOST_BYTES = 64 * 1024


class TooLargeError(APIException):
    """A body is larger than anything the API takes."""

    status_code = 413
    default_detail = f"A body may have {MOST_BYTES} bytes at most."


class SmallJSONParser(JSONParser):
    """Read JSON of a modest size; what cannot be read is the sender's mistake, never ours."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0
        if int(length) > MOST_BYTES:
            raise TooLargeError
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error
