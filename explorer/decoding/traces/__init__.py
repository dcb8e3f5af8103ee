"""What the readers of traces share: rows of spans, telling attributes, resources."""
