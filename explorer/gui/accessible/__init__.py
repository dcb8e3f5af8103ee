"""What is painted, for those who hear it: rows, boxes and bars as parts that a screen reader walks over."""
