"""The command line: the same pure functions as the window, printed. Qt is imported only for a picture or the window."""
