  $ mkdir in && cp "$IMAGES"/png/gray-saved-as-rgba.png in/a.png

0: done. Keeping an original is no failure.

  $ imgc compress -Q in out; imgc compress -Q out again

1: something failed; the rest is done.

  $ mkdir bad && cp in/a.png bad/ && cp "$BROKEN"/truncated.png bad/b.png && : > bad/c.png
  $ imgc compress -Q bad badout 2> errors
  [1]
  $ sort errors
  imgc: bad/b.png: the file ends inside its IDAT chunk
  imgc: bad/c.png: the file is empty
  $ ls badout
  a.png
  imgc-report.json
  $ jq -r '.summary.status' badout/imgc-report.json
  completed_with_errors

  $ imgc compress -Q missing.png out
  imgc: missing.png: * (glob)
  [1]

--fail-fast and --max-errors stop early.

  $ imgc compress -Q -j 1 --fail-fast bad ff 2>/dev/null
  [1]
  $ jq -r '.summary.status, .summary.stopped_by.message' ff/imgc-report.json
  failed
  stopped at the first failure, as --fail-fast asks

2: the command line is wrong, and nothing was done.

  $ imgc compress in
  imgc: give an OUTPUT behind the inputs, or --in-place to replace them
  [2]
  $ imgc compress -q 70 in never
  imgc: --quality has no meaning without --lossy; add --lossy to allow loss
  [2]
  $ imgc compress --lossy -q 90-80 in never
  imgc: --quality: "90-80" is not a quality: N or MIN-MAX between 0 and 100, or FORMAT=N
  Try imgc --help or imgc compress --help.
  [2]
  $ imgc compress --no-such-option in never
  imgc: The following argument was not expected: --no-such-option
  Try imgc --help or imgc compress --help.
  [2]
  $ imgc compress --backup .orig in never
  imgc: --backup has no meaning without --in-place
  [2]
  $ test -e never
  [1]

3: --check found work. It writes nothing.

  $ imgc compress -Q --check in
  [3]
  $ imgc compress -Q --check out
  $ imgc compress -Q --check --min-savings 100% in
  $ ls in
  a.png

4: no image among the inputs.

  $ mkdir none && cp "$IMAGES"/misc/notes.txt none
  $ imgc compress -Q none empty
  imgc: no image found among the inputs
  [4]

A dry run does the work and writes nothing.

  $ imgc compress -n in dry 2>&1 | grep -o 'would save'
  would save
  $ test -e dry
  [1]
