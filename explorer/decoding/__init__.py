"""What readers share: documents and lines decoded with care, and written to the builder by column.

Nothing here knows which system wrote a file; that is for :mod:`explorer.readers`.
"""
