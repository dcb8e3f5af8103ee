"""One file a format. A new format is a new module here with the names of :mod:`explorer.decoding.contract`."""
