from .desk import desk, own_environment, sts, user

__all__ = ["desk", "own_environment", "sts", "user"]
