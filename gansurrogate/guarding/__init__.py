"""A surrogate under guard: the real thing answers outside its domain, and a spot check watches it inside."""
