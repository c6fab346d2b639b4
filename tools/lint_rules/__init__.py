# SPDX-License-Identifier: MIT
"""The rules of tools/lint.py, one module per kind of thing they look at."""
