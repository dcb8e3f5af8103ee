"""What the program ships: fonts, rules, formats, icons, the demo, licences.

Data only; in a wheel this folder is ``explorer._resources``.
The way to it is :func:`explorer.paths.resource`.
"""
