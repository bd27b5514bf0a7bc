"""What shells read without starting a process. It can be deleted at any time."""
