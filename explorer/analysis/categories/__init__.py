"""What kind of failure an error is: signals in, verdict out; rules are data (``resources/rules``)."""
