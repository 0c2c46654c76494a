# Finds a JDK for Sluice. Sourced by ./build and ./sluice; starts no process where a `release` file
# tells the version.

sluice_jdk_min=25

# sluice_jdk_version DIR: prints the feature version (25) of the JDK in DIR; fails if it is none.
sluice_jdk_version() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 1
  local line version=
  if [ -r "$1/release" ]; then
    while IFS= read -r line; do
      case $line in
        JAVA_VERSION=*)
          version=${line#JAVA_VERSION=}
          version=${version//\"/}
          ;;
      esac
    done <"$1/release"
  fi
  if [ -z "$version" ]; then
    version=$("$1/bin/javac" -version 2>/dev/null)
    version=${version#javac }
  fi
  version=${version%%[!0-9]*}
  [ -n "$version" ] && printf '%s\n' "$version"
}

# sluice_java_on_path: prints the home of the `java` on PATH.
sluice_java_on_path() {
  local java target
  java=$(command -v java) || return 1
  while [ -L "$java" ]; do
    target=$(readlink "$java")
    case $target in
      /*) java=$target ;;
      *) java=$(dirname "$java")/$target ;;
    esac
  done
  (cd "$(dirname "$java")/.." 2>/dev/null && pwd -P)
}

# sluice_find_jdk: sets JAVA_HOME. JAVA_HOME itself comes first, then `java` on PATH, then the
# lowest version that suits of those that are installed where JDKs usually are.
sluice_find_jdk() {
  local dir version best='' best_version=''
  for dir in "${JAVA_HOME:-}" "$(sluice_java_on_path)"; do
    [ -n "$dir" ] && version=$(sluice_jdk_version "$dir") || continue
    if [ "$version" -ge "$sluice_jdk_min" ]; then
      export JAVA_HOME=$dir
      return 0
    fi
  done
  for dir in \
    /usr/lib/jvm/* \
    "${SDKMAN_DIR:-$HOME/.sdkman}"/candidates/java/* \
    "$HOME"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /home/linuxbrew/.linuxbrew/opt/openjdk*/libexec; do
    version=$(sluice_jdk_version "$dir") || continue
    [ "$version" -ge "$sluice_jdk_min" ] || continue
    if [ -z "$best" ] || [ "$version" -lt "$best_version" ]; then
      best=$dir
      best_version=$version
    fi
  done
  if [ -z "$best" ] && [ -x /usr/libexec/java_home ]; then
    best=$(/usr/libexec/java_home -v "$sluice_jdk_min+" 2>/dev/null) || best=
    [ -n "$best" ] && sluice_jdk_version "$best" >/dev/null || best=
  fi
  if [ -z "$best" ]; then
    echo "sluice: no JDK $sluice_jdk_min or newer found: install one (Temurin 25, for example)" \
      "or set JAVA_HOME to it" >&2
    return 1
  fi
  export JAVA_HOME=$best
}

# sluice_need_maven: fails with one line where mvn is missing.
sluice_need_maven() {
  command -v mvn >/dev/null && return 0
  echo "sluice: mvn not found: install Apache Maven 3.8 or newer (Debian: maven," \
    "Homebrew: maven) and put it on PATH" >&2
  return 1
}

# sluice_mvn ARG…: Maven on the JDK found, in batch mode. Debian's mvn takes JAVA_HOME only.
# The flag stays out of .mvn/jvm.config, since with it an older Java does not even start to say
# what is wrong.
sluice_mvn() {
  MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}" mvn -B -ntp "$@"
}
