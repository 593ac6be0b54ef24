Stdout is for the report, events or an image; the rest goes to stderr.

  $ mkdir in && cp "$IMAGES"/png/gray-saved-as-rgba.png in/a.png
  $ imgc compress in out > stdout 2> stderr && test -s stdout
  [1]
  $ imgc compress -Q --report - in out | jq -r .summary.status
  completed
  $ imgc compress --json in out | jq -r .event
  start
  file
  summary
  $ imgc compress --json --report - in out
  imgc: only one of --report -, --json and OUTPUT - can have stdout
  [2]
  $ imgc compress -Q in out 2>&1
  $ imgc compress in out 2>&1 >/dev/null | head -n 1 | sed 's/:.*//'
  Compressed 1 of 1 file
