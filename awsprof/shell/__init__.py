"""What a switch changes, how each shell spells it, and how it gets there."""
