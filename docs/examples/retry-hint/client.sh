#!/usr/bin/env bash
# Runs a command until it succeeds, and waits in between as the exporter advises.
#
#   client.sh EXPORTER PROVIDER PRODUCT ACCOUNT COMMAND...
#
# The command places a call. When that is refused, it prints the provider's code and ends with a failure.
set -euo pipefail

exporter=$1 provider=$2 product=$3 account=$4
shift 4
attempts=6

# Prints the answer, and then "STATUS WAIT". WAIT is the header Retry-After: whole seconds, empty for none. It is asked
# between attempts, so it may not hold up anybody.
retry_hint() {
  curl --silent --max-time 1 --get "$exporter/api/v1/retry-hint" --write-out '\n%{http_code} %header{retry-after}\n' \
    --data-urlencode "provider=$provider" --data-urlencode "product=$product" \
    --data-urlencode "account=$account" --data-urlencode "code=$1" || true
}

for ((attempt = 0; attempt < attempts; attempt++)); do
  if code=$("$@"); then exit 0; fi
  answer=$(retry_hint "$code")
  read -r status wait <<<"$(tail -n 1 <<<"$answer")"
  # Exponential backoff with full jitter, for when nobody advises.
  [ "$status" = 200 ] || wait=$((RANDOM % (attempt < 6 ? 1 << attempt : 60)))
  case $answer in *'"allowed":false'*)
    echo "$code: give up" >&2
    exit 1
    ;;
  esac
  if ((attempt + 1 < attempts)); then sleep "${wait:-0}"; fi
done
exit 1
