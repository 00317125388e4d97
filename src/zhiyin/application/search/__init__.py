"""Search: one request over words, meanings and pictures."""
