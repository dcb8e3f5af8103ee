"""What a window shows, in one place: the state, how things are drawn, the notes, and what Copy takes of it."""
