# shellcheck shell=bash
# What the benchmarks share. Sourced; needs HERE, the directory of this file.

readonly BUILD=$HERE/build
readonly START_SECONDS=20
readonly BUILD_SECONDS=300
readonly JAVA_VERSION=25
SERVER_PID=
JAVA_PEERS=

say() { printf '%s\n' "$*" >&2; }
die() { say "bench: $*"; exit 2; }
has() { command -v "$1" > /dev/null; }

# Builds clients of bench/client: build_clients NAME...
build_clients() {
  local client
  [[ $(uname -s) == Linux ]] || die "needs Linux: epoll and /proc"
  has "${CC:-gcc}" || die "needs a C compiler for the load client: no ${CC:-gcc}"
  mkdir -p "$BUILD"
  for client in "$@"; do
    "${CC:-gcc}" -O2 -Wall -Wextra -o "$BUILD/$client" \
      "$HERE/client/$client.c" "$HERE/client/measure.c"
  done
}

java_tool() { if [[ -n ${JAVA_HOME:-} ]]; then echo "$JAVA_HOME/bin/java"; else echo java; fi; }

# The major version, 0 if there is no Java.
java_version() {
  local version
  version=$("$(java_tool)" -version 2>&1 | sed -nE '1s/.*"([0-9]+).*/\1/p') || true
  echo "${version:-0}"
}

# The Java peers, or why not, and failure. Once; what it answered the first time it answers again.
build_java_peers() {
  if [[ -z $JAVA_PEERS ]]; then
    JAVA_PEERS=built
    if ! has mvn; then
      JAVA_PEERS="mvn is not installed"
    elif (($(java_version) < JAVA_VERSION)); then
      JAVA_PEERS="needs Java $JAVA_VERSION in JAVA_HOME, not $(java_version)"
    elif ! (cd "$HERE/peers/java" && mvn -q -B package 2> /dev/null) >&2; then
      JAVA_PEERS="mvn failed"
    fi
  fi
  [[ $JAVA_PEERS == built ]] || { echo "$JAVA_PEERS"; return 1; }
}

# Becomes a Java peer: java_peer CLASS ARGUMENT...
java_peer() {
  local class=$1
  shift
  # shellcheck disable=SC2086 # the options are words
  exec "$(java_tool)" ${BENCH_JAVA_OPTS:-} --enable-native-access=ALL-UNNAMED \
    -cp "$HERE/peers/java/target/classes:$HERE/peers/java/target/lib/*" \
    "dev.sluice.bench.peers.$class" "$@"
}

# Starts a server, by become_server, within START_SECONDS, or $2; sets SERVER_PID, and TARGET to its
# HOST:PORT. become_server NAME must end in exec: the pid is that of its subshell.
start_server() {
  local log=$BUILD/$1.log tries=$((${2:-$START_SECONDS} * 10))
  : > "$log" # here, not by the server: or the port read below is that of the run before
  (become_server "$1") >> "$log" 2>&1 &
  SERVER_PID=$!
  while ! TARGET=$(grep -m1 -oE 'https?://[^/ ]+:[0-9]+' "$log"); do
    if ((tries-- == 0)) || ! kill -0 "$SERVER_PID" 2> /dev/null; then
      say "bench: $1 does not start: $(tail -n 3 "$log")"
      return 1
    fi
    sleep 0.1
  done
  TARGET=${TARGET#*://}
}

stop_server() {
  local pid=$SERVER_PID tries=50
  [[ -n $pid ]] || return 0
  SERVER_PID=
  kill "$pid" 2> /dev/null || true
  while kill -0 "$pid" 2> /dev/null && ((tries-- > 0)); do sleep 0.1; done
  kill -KILL "$pid" 2> /dev/null || true
  wait "$pid" 2> /dev/null || true
}

# The median of one field over the lines 'SCENARIO SERVER JSON' in RESULTS; nothing without them.
median() {
  sed -nE "s/^$1 $2 .*\"$3\":(-?[0-9.]+).*/\1/p" "$RESULTS" | sort -g |
    awk '{v[NR] = $1} END {if (NR) print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2}'
}

# A figure with three digits, and its ratio to a base.
cell() {
  awk -v value="$1" -v base="$2" -v factor="$3" -v unit="${4#-}" 'BEGIN {
    if (value == "") { print "failed"; exit }
    scaled = value * factor
    size = scaled < 0 ? -scaled : scaled
    text = sprintf(size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", scaled) unit
    if (base > 0) text = text sprintf(" (%.2f)", value / base)
    print text
  }'
}
