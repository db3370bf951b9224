"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with 46 MiB and one pass, the first of the settings that OWASP recommends.

    Django's own 100 MiB on eight lanes would let ten people who sign in at once take a gigabyte.
    """

    memory_cost = 47_104
    time_cost = 1
    parallelism = 1
