"""The person at the terminal: questions, the picker, tables."""
