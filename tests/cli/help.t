Help leads with examples; every long option of it is in the manual and completed by the shells.

  $ imgc compress --help | head -4
  Makes images smaller, losslessly or to a stated quality, and never harms an original.
  
  Examples:
    imgc compress ./in ./out                       lossless, the tree kept
  $ for option in $(imgc compress --help | grep -oE '^ +(-.,)?--[a-z0-9-]+' | grep -oE '[a-z0-9][a-z0-9-]+$'); do
  >   grep -q -- "Fl -$option\|, -$option" "$TESTDIR"/../../man/imgc.1 || echo "not in the manual: $option"
  >   for shell in bash zsh fish; do imgc completion $shell | grep -q -- "$option" || echo "not in $shell: $option"; done
  > done
  $ for command in inspect score formats completion; do
  >   grep -q "^.Cm $command" "$TESTDIR"/../../man/imgc.1 || echo "not in the manual: $command"
  >   for shell in bash zsh fish; do imgc completion $shell | grep -q -- "$command" || echo "not in $shell: $command"; done
  > done
  $ imgc completion bash | bash -n
  $ imgc --version | grep -oE '^(imgc|libpng|libjpeg-turbo|libwebp|libdeflate|oneTBB) [0-9]' | cut -d' ' -f1
  imgc
  libpng
  libjpeg-turbo
  libwebp
  libdeflate
  oneTBB
  $ imgc formats --json | jq -r '.[].name'
  png
  jpeg
  webp
  $ imgc 2>&1
  imgc: A subcommand is required
  Try imgc --help or imgc compress --help.
  [2]
  $ imgc frobnicate 2>&1
  imgc: A subcommand is required
  Try imgc --help or imgc compress --help.
  [2]
