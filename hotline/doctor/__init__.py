"""What keeps the line from working as it should, and the command that mends it."""
