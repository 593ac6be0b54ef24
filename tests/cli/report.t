Real reports hold to the schema: of a good run, of one with failures, of a dry run, of weird names, and the events.

  $ validate() { /usr/bin/python3 "$TESTDIR"/../journal/validate_report.py "$@"; }
  $ imgc compress -Q -e fast --lossy "$IMAGES" good && validate good/imgc-report.json
  $ mkdir weird && cp "$IMAGES"/png/icon-tiny.png "$(printf 'weird/\377\n.png')" && cp "$BROKEN"/truncated.png weird/
  $ imgc compress -Q -j 1 weird out 2> /dev/null
  [1]
  $ validate out/imgc-report.json
  $ jq -r '.files[] | select(.input_base64) | .input_base64' out/imgc-report.json | base64 -d | od -An -c
     w   e   i   r   d   / 377  \n   .   p   n   g
  $ imgc compress -n -e fast --report dry.json "$IMAGES" dry 2> /dev/null && validate dry.json
  $ imgc compress -e fast --json "$IMAGES" events > events.jsonl && validate --events events.jsonl
  $ imgc compress -Q --fail-fast weird stopped 2> /dev/null
  [1]
  $ validate stopped/imgc-report.json

What stands beside the report can fail without it.

  $ : > file && imgc compress -Q "$IMAGES"/png/icon-tiny.png beside/ --metrics file/imgc.prom
  imgc: file/imgc.prom: can't enter the directory: Not a directory
  [1]
  $ jq -r .summary.status beside/imgc-report.json
  completed
