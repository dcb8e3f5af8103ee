"""What the readers of data- and model-quality results share."""
