"""What the readers of tables have in common: CSV and TSV cut into rows, columns known by their names."""
