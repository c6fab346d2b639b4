#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The status values agree with mingw-w64's (skipped without its compiler)."""
import os
import subprocess
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

sys.exit(subprocess.call([sys.executable, os.path.join(ROOT, "tools", "status-audit.py")]))
