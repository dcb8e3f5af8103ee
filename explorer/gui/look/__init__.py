"""What all parts have in common to look at: fonts, the style of widgets, text on its one way into Qt, the focus."""
