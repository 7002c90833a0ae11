"""How passwords are hashed, and how where they are no secret."""

from django.contrib.auth.hashers import Argon2PasswordHasher

from linli.kernel.text import opaque


class OnePasswordHasher(Argon2PasswordHasher):
    """Django's, for a password that is one however a keyboard writes its signs (``kernel.text.opaque``): whoever sets
    or checks one comes by here.
    """

    def encode(self, password: str, salt: str) -> str:
        """As it is kept. What is typed in another spelling takes as long as it does to verify it: for a name that
        nobody has a password is encoded, and how long that takes must not tell.
        """
        one = opaque(password)
        if one != password:
            super().encode(password, salt)
        return super().encode(one, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Whether it is the one that is kept; one that was kept as it was typed, before they were one, is known too."""
        one = opaque(password)
        as_typed = one != password and super().verify(password, encoded)
        return super().verify(one, encoded) or as_typed


class PublishedPasswordHasher(OnePasswordHasher):
    """Argon2 at its cheapest, for the password that a demonstration prints on its own log-in page.

    The product's own hasher reads what this one wrote, and hashes anew at the first log-in.
    """

    time_cost = 1
    memory_cost = 64
    parallelism = 1
