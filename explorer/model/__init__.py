"""The data model: numpy columns, string tables, ids. Knows nothing of files or formats."""
