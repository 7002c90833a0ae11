"""Settings pages: the law as it is installed, and the years' working days."""
