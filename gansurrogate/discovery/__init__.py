"""Plugins: how they are announced, loaded on their own, and held to what they offer."""
