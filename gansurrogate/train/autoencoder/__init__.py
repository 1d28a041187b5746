"""Autoencoders: signals to a few codes and back, principal components as the base line, and what the codes are for."""
