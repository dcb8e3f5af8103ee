"""One parser of stack traces a language; :mod:`explorer.analysis.categories.stacktrace` chooses."""
