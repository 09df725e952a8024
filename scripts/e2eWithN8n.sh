#!/usr/bin/env bash
# Runs the end-to-end tests with another version of n8n than those of test/n8n/versions:
#
#   scripts/e2eWithN8n.sh <version>      for example: scripts/e2eWithN8n.sh "$(npm view n8n@latest version)"
#
# Makes a recipe for it out of the usual one; the folder stays, and is not meant to be committed.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:?'Say which version of n8n, for example 2.41.1.'}
recipe=test/n8n/versions/$version
usual=test/n8n/versions/2.41.1
if [ ! -e "$recipe/package.json" ]; then
	mkdir -p "$recipe"
	node -e '
		const [from, to, version] = process.argv.slice(1);
		const recipe = JSON.parse(require("fs").readFileSync(from, "utf8"));
		recipe.dependencies.n8n = version;
		require("fs").writeFileSync(to, JSON.stringify(recipe, null, 2) + "\n");
	' "$usual/package.json" "$recipe/package.json" "$version"
	(cd "$recipe" && npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund)
fi
node scripts/run.mjs --build "--n8n=$version" jest --selectProjects e2e --runInBand
