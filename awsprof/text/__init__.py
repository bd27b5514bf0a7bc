"""Text for people: safe to show, with secrets hidden; times and durations."""
