"""Painters: values of :mod:`explorer.layout` onto a QPainter, for the window, PNG and SVG alike."""
