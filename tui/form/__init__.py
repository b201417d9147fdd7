"""The form of a new run: its fields, what is typed into them, how it is drawn, what it shows."""
