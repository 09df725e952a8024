import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';

export interface TlsProxy {
	/** Without a slash at the end: `https://127.0.0.1:34567`. */
	url: string;
	/** The certificate that signs itself: for `NODE_EXTRA_CA_CERTS`. */
	certificateFile: string;
	close(): void;
}

/** Speaks TLS in front of a plain server on this machine, with a certificate made for this run. */
export async function startTlsProxy(plainUrl: string): Promise<TlsProxy> {
	const folder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-tls-'));
	const [keyFile, certificateFile] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
	makeCertificate(keyFile, certificateFile);
	const port = Number(new URL(plainUrl).port);
	const open = new Set<net.Socket>();
	const server = tls.createServer(
		{ key: readFileSync(keyFile), cert: readFileSync(certificateFile) },
		(client) => {
			const plain = net.connect(port, '127.0.0.1');
			for (const [socket, other] of [
				[client, plain],
				[plain, client],
			] as const) {
				open.add(socket);
				socket.pipe(other);
				socket.on('error', () => other.destroy());
				socket.on('close', () => open.delete(socket));
			}
		},
	);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
		certificateFile,
		close() {
			for (const socket of open) socket.destroy();
			server.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

function makeCertificate(keyFile: string, certificateFile: string): void {
	const request =
		'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1';
	try {
		execFileSync('openssl', [...request.split(' '), '-keyout', keyFile, '-out', certificateFile], {
			stdio: 'pipe',
		});
	} catch (error) {
		throw new Error(
			`"openssl" made no certificate: ${error instanceof Error ? error.message : String(error)}\nInstall OpenSSL, or leave the lines over TLS out: npm run bench -- rows --tls none`,
		);
	}
}
