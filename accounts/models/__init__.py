"""Who uses Marquee, and the keys they hand to programs."""

from accounts.models.session import Session
from accounts.models.token import ApiToken
from accounts.models.user import AgeBand, Gender, Occupation, User

__all__ = ["AgeBand", "ApiToken", "Gender", "Occupation", "Session", "User"]
