"""The profiles of both AWS files: their names, kinds, chains and settings."""
