"""Every number that zhiyin quotes, as a command that anyone can run again."""
