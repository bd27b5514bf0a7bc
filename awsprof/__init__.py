"""Switch the shell you are in between AWS profiles, with one MFA code a day."""

__version__ = "0.1.0"
