"""Surrogates as packages: the wheel as it is read, and the card and the citation that go with a surrogate."""
