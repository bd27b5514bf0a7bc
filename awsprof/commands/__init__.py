"""One short file per command: plain arguments in, a result or a change out. The porch in cli.py only names them."""
