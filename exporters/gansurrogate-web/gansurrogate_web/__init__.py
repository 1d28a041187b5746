"""Export a surrogate file as one HTML page that draws its signals in any browser."""

from gansurrogate_web.export import export as export
