"""What is asked and said in windows of its own. None of them blocks: each is opened and answers by a signal."""
