#!/usr/bin/env python3
"""within.py SECONDS MEGABYTES COMMAND...: runs the command, and says so when it took longer or more resident memory.

Exits as the command did. Under AddressSanitizer, which needs memory and time of its own, give room for it.
"""

import resource
import subprocess
import sys
import time

seconds, megabytes = float(sys.argv[1]), float(sys.argv[2])
start = time.monotonic()
status = subprocess.run(sys.argv[3:], check=False).returncode
took = time.monotonic() - start
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
if took > seconds:
    print(f"took {took:.1f} s")
if peak > megabytes:
    print(f"took {peak:.0f} MB")
sys.exit(status)
