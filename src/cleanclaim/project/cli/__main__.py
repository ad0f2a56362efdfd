"""`python -m cleanclaim.project.cli`."""

import sys

from cleanclaim.project.cli import main

sys.exit(main())
