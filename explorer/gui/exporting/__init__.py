"""What the window and the command line draw and write of an id: PNG, SVG and PDF."""
