"""Files, folders and archives as limited streams (walk), and streams as batches of records (framing)."""
