"""Every command of the window as Qt's actions and menus, and which of them make sense now."""
