"""The tests here import the corpus beside them; under --import-mode=importlib that needs a path."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
