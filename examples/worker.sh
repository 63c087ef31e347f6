#!/usr/bin/env bash
# A worker node of TaskRouterX in bash, curl and jq: runs one task at a time, of type `reverse` or `wait`.
#   ./worker.sh http://127.0.0.1:8000 POOL [NAME]
set -uo pipefail
server=$1 pool=$2 id=${3:-bash-$$} lease= task= session=
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT

call() { # METHOD PATH [BODY]: prints the answer; fails unless it is 2xx
  curl -sS --fail-with-body --max-time 40 -X "$1" "$server/api/v1$2" -H "node-session: $session" \
    ${TRX_API_KEY:+-H "authorization: Bearer $TRX_API_KEY"} -H 'content-type: application/json' ${3:+-d "$3"} 2>>"$folder/errors"
}
held() { jq -nc --arg lease "$lease" '[$lease | select(. != "")]'; }
register() {
  until answer=$(call POST /nodes "{\"id\":\"$id\",\"pool\":\"$pool\",\"types\":[\"reverse\",\"wait\"],\"slots\":1,\"agent\":\"bash/1\",\"leases\":$(held)}"); do sleep 1; done
  session=$(jq -r .session <<<"$answer") every=$(jq '.heartbeat_ms / 1000' <<<"$answer") limit=$(jq '.lease_ms * 3 / 4000 | floor' <<<"$answer")
  renewed=$SECONDS && obey "$answer"
}
obey() { # ends the work when the server says so, and forgets it when it is lost
  local reason; reason=$(jq -r --arg lease "$lease" '[.stop[] | select(.lease == $lease) | .reason][0] // ""' <<<"$1")
  [ -z "$reason" ] || kill "$task" 2>/dev/null
  [ "$reason" != lease_lost ] || lease=
}
beat() {
  local sent=$SECONDS answer
  if answer=$(call POST "/nodes/$id/heartbeats" "{\"leases\":$(held)}"); then renewed=$sent; obey "$answer"
  else case $(jq -r '.code // ""' <<<"$answer" 2>/dev/null) in
    unknown_node) register ;;
    node_replaced) kill "$task" 2>/dev/null; exit 1 ;;
  esac; fi
  [ $((SECONDS - renewed)) -lt "$limit" ] || { kill "$task" 2>/dev/null; lease=; } # it could not renew: the work runs elsewhere
}
work() {
  case $(jq -r .type <<<"$1") in
    reverse) jq -c '.payload | explode | reverse | implode' <<<"$1" >"$folder/result" ;;
    wait) echo null >"$folder/result"; exec sleep "$(jq .payload <<<"$1")" ;;
  esac
}
leave() { kill "$task" 2>/dev/null; call DELETE "/nodes/$id" >/dev/null; exit 0; }

register && trap leave TERM INT
while :; do
  answer=$(call POST "/nodes/$id/leases?wait=${every%.*}&max=1") || { sleep 1; answer='{"leases":[]}'; }
  lease=$(jq -r '.leases[0].lease // ""' <<<"$answer")
  if [ -n "$lease" ]; then
    work "$(jq -c '.leases[0]' <<<"$answer")" & task=$!
    while kill -0 "$task" 2>/dev/null && ! timeout "$every" tail --pid="$task" -f /dev/null; do beat; done
    if wait "$task"; then body=$(jq -nc --slurpfile result "$folder/result" '{outcome: "succeeded", result: $result[0]}')
    else body='{"outcome":"stopped"}'; fi
    while [ -n "$lease" ]; do
      answer=$(call POST "/nodes/$id/leases/$lease/result" "$body") && break
      case $(jq -r '.status // 0' <<<"$answer" 2>/dev/null) in 4*) [ "$(jq -r .code <<<"$answer")" = unknown_node ] || break ;; esac
      beat; sleep 1
    done
    lease=
  fi
  beat
done
