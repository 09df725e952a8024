#!/usr/bin/env bash
# Runs a command as on a machine that has never seen this project:
#
#   scripts/fresh.sh [--keep] <command> [arguments…]      for example: scripts/fresh.sh npm run demo -- --check
#
# The command runs in a fresh clone of HEAD: what is committed, and nothing else. It has a HOME, an XDG_CACHE_HOME and an
# npm cache of its own, all empty, and a PATH of what README.md asks for: Node, npm, git, a C++ compiler, make, Python,
# Chromium, and the system's basic tools. Of this machine's settings it keeps those that say where packages come from.
# Everything is removed at the end; with --keep it stays, and the last line says where.
set -euo pipefail

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; }

keep=''
if [ "${1:-}" = --keep ]; then keep=yes; shift; fi
if [ $# -eq 0 ] || [ "$1" = --help ]; then usage >&2; exit 2; fi

root=$(git -C "$(dirname "$0")/.." rev-parse --show-toplevel)
place=$(mktemp -d "${TMPDIR:-/tmp}/hosted-checkout-fresh-XXXXXX")
leave() {
	if [ -n "$keep" ]; then echo "Kept: $place"; else rm -rf "$place"; fi
}
trap leave EXIT
# The command gets the signal too; this script waits for it and then cleans up.
trap : INT TERM

mkdir "$place/home" "$place/cache" "$place/npm" "$place/bin" "$place/tmp"
git clone --quiet --no-hardlinks "$root" "$place/clone"
git -C "$place/clone" checkout --quiet --detach "$(git -C "$root" rev-parse HEAD)"

# As the user's shell finds it, without what npm adds for a project's own commands.
outside=$(tr ':' '\n' <<<"$PATH" | grep -v '/node_modules/' | paste -sd : -)
own_program() { PATH=$outside type -P "$1" || true; }
# The system's first: a version manager's wrappers look for their settings in the HOME.
system_program() { PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:$outside type -P "$1" || true; }
needed=(node npm npx git)
compiler=(c++ g++ cc gcc make ar as ld ranlib strip python3)
browser=(chromium chromium-browser google-chrome)
basics=(
	awk basename bash cat chmod chown cp cut date df dirname du env expr false find flock getconf grep gunzip gzip head
	hostname id kill ldd ln ls mkdir mkfifo mktemp mv nice nproc paste printf ps pwd readlink realpath rm rmdir sed seq setsid sh
	sleep sort stat tail tar tee test timeout touch tr true tty uname uniq wc which whoami xargs xz
)
link() { if [ -n "$2" ]; then ln -s "$2" "$place/bin/$1"; fi; }
for program in "${needed[@]}"; do link "$program" "$(own_program "$program")"; done
for program in "${compiler[@]}" "${browser[@]}" "${basics[@]}"; do link "$program" "$(system_program "$program")"; done
for program in "${needed[@]}"; do
	if [ ! -e "$place/bin/$program" ]; then
		echo "There is no $program on this machine: install it, then run the command again." >&2
		exit 1
	fi
done

# Where packages come from, and who may fetch them there; nothing else of the user's settings.
touch "$place/home/.npmrc"
chmod 600 "$place/home/.npmrc"
settings=${npm_config_userconfig:-${NPM_CONFIG_USERCONFIG:-$HOME/.npmrc}}
if [ -r "$settings" ]; then
	grep -E '^[[:space:]]*((@[^:]+:)?registry|//[^=]+|cafile|ca(\[\])?|strict-ssl|(https?-)?proxy|noproxy)[[:space:]]*=' \
		"$settings" >"$place/home/.npmrc" || true
fi
kept=()
for name in HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy NODE_EXTRA_CA_CERTS SSL_CERT_FILE SSL_CERT_DIR \
	npm_config_registry npm_config_cafile npm_config_proxy npm_config_https_proxy npm_config_globalconfig TERM CI CHROMIUM_PATH; do
	if [ -n "${!name:-}" ]; then kept+=("$name=${!name}"); fi
done

code=0
(
	cd "$place/clone"
	exec env -i "${kept[@]}" LANG="${LANG:-C.UTF-8}" USER="${USER:-$(id -un)}" \
		HOME="$place/home" XDG_CACHE_HOME="$place/cache" TMPDIR="$place/tmp" \
		npm_config_cache="$place/npm" npm_config_userconfig="$place/home/.npmrc" PATH="$place/bin" "$@"
) || code=$?
exit "$code"
