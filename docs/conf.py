"""The documentation site: ``make docs`` builds it from these pages into ``build/docs``, without a network.

The pages are plain Markdown that reads as well in the repository. What only the site has stands in `generated.py`.
"""

import sys
from pathlib import Path

import gansurrogate

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

project = "gansurrogate"
copyright = "the authors of gansurrogate"
version = release = gansurrogate.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "generated"]
exclude_patterns = ["containers"]  # files to build from, no pages
smartquotes_action = "qe"  # quotes and dots; of two hyphens it would make a dash, and options begin with two
myst_heading_anchors = 3  # PAGE.md#heading leads where it leads in the repository

# Docstrings are numpydoc; a word in single backticks is a link where it names something on these pages.
default_role = "py:obj"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say shapes and units, which types do not
autodoc_inherit_docstrings = False
autodoc_preserve_defaults = True

nitpicky = True
nitpick_ignore_regex = [
    ("py:obj", ".*"),  # parameters, and what is named but not public
    ("py:class", ".*"),  # types are words: "array of shape (n, 300)"
    ("py:exc", r".* .*"),  # words
]

html_theme = "furo"
html_title = f"gansurrogate {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
pygments_dark_style = "github-dark"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}
