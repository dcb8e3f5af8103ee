"""What is told of one id to others: composed once, redacted, then written in any form."""
