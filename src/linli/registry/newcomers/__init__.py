"""People who register themselves at the public door, until somebody of the community has spoken with them."""
