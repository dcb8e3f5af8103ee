"""A cause that many ids share, weighed: how new, how sure, what speaks for it, what it was not, and its title."""
