"""How passwords are hashed, and how where they are no secret."""

from django.contrib.auth.hashers import Argon2PasswordHasher

from linli.kernel.text import opaque


class OnePasswordHasher(Argon2PasswordHasher):
    """Django's, for a password that is one however a keyboard writes its signs (``kernel.text.opaque``): whoever sets
    or checks one comes by here.
    """

    def encode(self, password: str, salt: str) -> str:
        """As it is kept."""
        return super().encode(opaque(password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Whether it is the one that is kept; one that was kept as it was typed, before they were one, is known too."""
        one = opaque(password)
        return super().verify(one, encoded) or (one != password and super().verify(password, encoded))


class PublishedPasswordHasher(OnePasswordHasher):
    """Argon2 at its cheapest, for the password that a demonstration prints on its own log-in page.

    The product's own hasher reads what this one wrote, and hashes anew at the first log-in.
    """

    time_cost = 1
    memory_cost = 64
    parallelism = 1
