"""Vectors, words and the store: from passages to hits."""
