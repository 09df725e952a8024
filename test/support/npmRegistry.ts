import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

/** What stands in a package.json, and the package's other files. */
export interface Manifest {
	name: string;
	version: string;
	[field: string]: unknown;
}

export interface Published {
	manifest: Manifest;
	tarball: Buffer;
}

/** Makes a package as "npm publish" sends it. Files are executable, so that they can be a `bin`. */
export function pack(manifest: Manifest, files: Record<string, string> = {}): Published {
	const folder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-pack-'));
	try {
		for (const [name, text] of Object.entries({
			...files,
			'package.json': JSON.stringify(manifest),
		})) {
			const file = path.join(folder, 'package', name);
			mkdirSync(path.dirname(file), { recursive: true });
			writeFileSync(file, text, { mode: 0o755 });
		}
		const tarball = path.join(folder, 'package.tgz');
		const done = spawnSync('tar', ['-czf', tarball, '-C', folder, 'package']);
		if (done.status !== 0) throw new Error(`tar did not succeed: ${done.stderr.toString()}`);
		return { manifest, tarball: readFileSync(tarball) };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/**
 * How the file of a version is answered: whole, not at all, cut in the middle, or never to its end.
 */
export type Fault = 'gone' | 'cut' | 'held';

/**
 * An npm registry on this machine whose state a test chooses; verdaccio can play neither `cut`,
 * `held` nor `gone`.
 */
export class NpmRegistry {
	/** The files that npm asked for, as `name-version`, in order. */
	readonly downloads: string[] = [];
	/** By `name-version`. */
	readonly faults = new Map<string, Fault>();
	private readonly server = createServer((request, response) =>
		this.answer(decodeURIComponent(request.url ?? '/').slice(1), response),
	);

	constructor(private readonly packages: Published[]) {}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
	}

	async open(): Promise<this> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		return this;
	}

	/** Ends when npm has nothing more to do with this registry, or has been stopped. */
	async untilLeft(): Promise<void> {
		const connections = promisify(this.server.getConnections.bind(this.server));
		while ((await connections()) > 0) await wait(50);
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	private answer(asked: string, response: ServerResponse): void {
		const [name = '', file] = asked.split('/-/');
		const versions = this.packages.filter(({ manifest }) => manifest.name === name);
		if (file === undefined) {
			if (versions.length === 0) response.writeHead(404).end('{"error":"Not found"}');
			else response.end(JSON.stringify(this.description(name, versions)));
			return;
		}
		const found = versions.find(({ manifest }) => file === `${fileName(manifest)}.tgz`);
		this.sendFile(file.replace(/\.tgz$/, ''), found?.tarball, response);
	}

	private sendFile(id: string, tarball: Buffer | undefined, response: ServerResponse): void {
		this.downloads.push(id);
		const fault = this.faults.get(id);
		if (!tarball || fault === 'gone') {
			response.writeHead(404).end('{"error":"Not found"}');
			return;
		}
		response.writeHead(200, { 'content-length': tarball.length });
		if (fault === undefined) {
			response.end(tarball);
			return;
		}
		response.write(tarball.subarray(0, tarball.length / 2), () => {
			if (fault === 'cut') response.destroy();
		});
	}

	private description(name: string, versions: Published[]) {
		return {
			name,
			'dist-tags': { latest: versions.at(-1)?.manifest.version },
			versions: Object.fromEntries(
				versions.map(({ manifest, tarball }) => [
					manifest.version,
					{
						...manifest,
						dist: {
							tarball: `${this.url}${name}/-/${fileName(manifest)}.tgz`,
							integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
						},
					},
				]),
			),
		};
	}
}

const fileName = ({ name, version }: Manifest) => `${name.split('/').at(-1)}-${version}`;
