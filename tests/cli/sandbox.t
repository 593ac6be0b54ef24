Where the kernel has Landlock, a run reaches its inputs and its outputs and nothing else.

  $ imgc --version | grep -q '^sandbox: Landlock' || exit 80
  $ mkdir in out elsewhere && cp "$IMAGES"/png/gray-saved-as-rgba.png in/a.png && cp in/a.png in/b.png
  $ echo precious > elsewhere/a.png && ln -s ../elsewhere/a.png out/a.png
  $ imgc compress -Q in out
  imgc: in/a.png: can't make a file in its directory: Permission denied; it is a link, and --no-sandbox allows those to elsewhere
  [1]
  $ cat elsewhere/a.png; ls elsewhere out; jq -r .machine.sandbox out/imgc-report.json | cut -d' ' -f1
  precious
  elsewhere:
  a.png
  
  out:
  a.png
  b.png
  imgc-report.json
  Landlock

Outputs that are meant to be elsewhere need a word.

  $ imgc compress -Q --no-sandbox in out && cmp elsewhere/a.png out/b.png && jq .machine.sandbox out/imgc-report.json
  null

The other ways to name inputs and outputs.

  $ imgc compress -Q in/a.png one.png && cmp one.png out/b.png
  $ mkdir away && imgc compress -Q --state st --cache ca --report away/r.json --metrics away/m.prom --errors-to away/e in out2
  $ ls away ca st | grep -c .
  9
  $ printf 'in/a.png\n' | imgc compress -Q --files-from - -o out3 && cmp out3/in/a.png one.png
  $ printf '{"input":"in/a.png","output":"%s/away/there.png"}\n' "$PWD" > manifest && imgc compress -Q --manifest manifest out4 && cmp away/there.png one.png
  $ cp -r in place && imgc compress -Q --in-place place && cmp place/a.png one.png
  $ cp in/a.png single.png && imgc compress -Q --in-place single.png && cmp single.png one.png
  $ imgc compress -Q - - < in/a.png | cmp - one.png
