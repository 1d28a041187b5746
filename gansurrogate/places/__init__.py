"""Where surrogates are found: by name on this machine, by URI elsewhere."""

from gansurrogate.places.finding import fetch as fetch
from gansurrogate.places.finding import find as find
from gansurrogate.places.lookup import known as known
