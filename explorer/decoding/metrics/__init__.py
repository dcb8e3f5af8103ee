"""What the readers of metrics and alerts share: what labels and names tell, alerts as marks."""
