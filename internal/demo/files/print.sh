#!/bin/sh
# Prints every HTML file in this folder as a tagged PDF beside it. Needs Chromium.
set -eu
cd "$(dirname "$0")"
for page in *.html; do
  "${CHROMIUM:-chromium}" --headless --no-sandbox --disable-gpu --no-pdf-header-footer \
    --export-tagged-pdf --generate-pdf-document-outline \
    --print-to-pdf="${page%.html}.pdf" "file://$PWD/$page" 2>/dev/null
done
