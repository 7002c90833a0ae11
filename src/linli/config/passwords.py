"""How passwords are hashed where they are no secret."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PublishedPasswordHasher(Argon2PasswordHasher):
    """Argon2 at its cheapest, for the password that a demonstration prints on its own log-in page.

    The product's own hasher reads what this one wrote, and hashes anew at the first log-in.
    """

    time_cost = 1
    memory_cost = 64
    parallelism = 1
