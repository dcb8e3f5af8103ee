"""What the readers of log lines share: times, severities, JSON objects, line formats, ids in free text."""
