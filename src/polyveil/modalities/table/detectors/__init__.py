"""What a column is: by its name, by its values, and what its cells hold."""
