import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
	chownSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	readdirSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { BringError } from '../n8n/bring';
import { freePorts, startProcess, type SupervisedProcess } from '../n8n/supervisedProcess';

const execute = promisify(execFile);
const onlyThisMachine = '127.0.0.1';

/**
 * A database server of its own: own port, own data, own password; the system's one is never
 * touched.
 */
export interface Service {
	port: number;
	password: string;
	/** Everything it printed, over restarts. */
	log(): string;
	/** Begins, or begins again with the same data on the same port; ends when it answers. */
	start(): Promise<void>;
	/** In order. */
	stop(): Promise<void>;
	/** At once, as a power cut does it. */
	kill(): Promise<void>;
}

export interface Services {
	redis: Service;
	postgres: Service & {
		user: string;
		database: string;
		/** Of a SELECT. */
		rows<Row>(select: string): Promise<Row[]>;
		/** Any other statement. */
		run(statement: string): Promise<void>;
	};
	/** Stops both and removes their data. */
	end(): Promise<void>;
}

interface Programs {
	redisServer: string;
	redisCli: string;
	initdb: string;
	postgres: string;
	pgIsReady: string;
	psql: string;
}

interface User {
	uid: number;
	gid: number;
}

/**
 * Starts Redis and PostgreSQL; on Debian and Ubuntu, as root, it installs what is missing first.
 * Throws BringError.
 */
export async function startServices(
	say: (line: string) => void = () => undefined,
): Promise<Services> {
	const programs = await bringPrograms(say);
	const user = await unprivilegedUser();
	// Not inside a folder of the caller's: the unprivileged user could not go through it.
	const folder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-queue-data-'));
	if (user) chownSync(folder, user.uid, user.gid);
	const [redisPort = 0, postgresPort = 0] = await freePorts(2);
	const redis = redisService(programs, folder, redisPort, user);
	const postgres = await postgresService(programs, folder, postgresPort, user);
	const end = async () => {
		await Promise.all([redis.stop(), postgres.stop()]);
		rmSync(folder, { recursive: true, force: true });
	};
	try {
		await Promise.all([redis.start(), postgres.start()]);
	} catch (error) {
		await end();
		throw error;
	}
	return { redis, postgres, end };
}

function redisService(
	programs: Programs,
	folder: string,
	port: number,
	user: User | undefined,
): Service {
	const password = randomBytes(18).toString('hex');
	const settings = path.join(folder, 'redis.conf');
	const lines = [
		`bind ${onlyThisMachine}`,
		`port ${port}`,
		`dir ${folder}`,
		`requirepass ${password}`,
		'save ""',
		// Otherwise a Redis that is killed forgets the jobs that n8n has already acknowledged.
		'appendonly yes',
		'appendfsync always',
	];
	writeOwn(settings, lines.join('\n'), user);
	return serviceOf({
		name: 'Redis',
		port,
		password,
		logFile: path.join(folder, 'redis.log'),
		run: { program: programs.redisServer, args: [settings], user, stopSignal: 'SIGTERM' },
		answers: async () => {
			const { stdout } = await execute(
				programs.redisCli,
				['-h', onlyThisMachine, '-p', String(port), 'ping'],
				{ env: { ...process.env, REDISCLI_AUTH: password }, timeout: 5000 },
			);
			return stdout.trim() === 'PONG';
		},
	});
}

async function postgresService(
	programs: Programs,
	folder: string,
	port: number,
	user: User | undefined,
): Promise<Services['postgres']> {
	const password = randomBytes(18).toString('hex');
	const data = path.join(folder, 'postgres');
	const passwordFile = path.join(folder, 'postgres-password');
	const name = 'n8n';
	writeOwn(passwordFile, password, user);
	const made = [
		'--pgdata',
		data,
		'--username',
		name,
		'--pwfile',
		passwordFile,
		'--auth',
		'scram-sha-256',
		'--encoding',
		'UTF8',
		'--locale',
		'C',
	];
	await execute(programs.initdb, made, { ...user, cwd: '/', timeout: 120_000 });
	const settings = {
		listen_addresses: onlyThisMachine,
		port: String(port),
		unix_socket_directories: '',
	};
	const service = serviceOf({
		name: 'PostgreSQL',
		port,
		password,
		logFile: path.join(folder, 'postgres.log'),
		// SIGINT is its "fast" shutdown; SIGTERM would wait until n8n has hung up.
		run: {
			program: programs.postgres,
			args: [
				'-D',
				data,
				...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
			],
			user,
			stopSignal: 'SIGINT',
		},
		answers: async () => {
			await execute(programs.pgIsReady, ['-h', onlyThisMachine, '-p', String(port)], {
				timeout: 5000,
			});
			return true;
		},
	});
	const database = 'postgres';
	const printed = async (statement: string): Promise<string> => {
		const args = [
			'--host',
			onlyThisMachine,
			'--port',
			String(port),
			'--username',
			name,
			'--dbname',
			database,
			'--no-psqlrc',
			'--no-align',
			'--tuples-only',
		];
		const { stdout } = await execute(programs.psql, [...args, '--command', statement], {
			env: { ...process.env, PGPASSWORD: password },
			timeout: 60_000,
			maxBuffer: 64 * 1024 ** 2,
		});
		return stdout;
	};
	return {
		...service,
		user: name,
		database,
		rows: async <Row>(select: string) =>
			JSON.parse(
				await printed(`SELECT coalesce(json_agg(found), '[]') FROM (${select}) found`),
			) as Row[],
		run: async (statement) => {
			await printed(statement);
		},
	};
}

interface ServiceRecipe {
	name: string;
	port: number;
	password: string;
	logFile: string;
	run: {
		program: string;
		args: string[];
		user: User | undefined;
		stopSignal: 'SIGINT' | 'SIGTERM';
	};
	/** May throw where it does not answer. */
	answers: () => Promise<boolean>;
}

function serviceOf({ name, port, password, logFile, run, answers }: ServiceRecipe): Service {
	let current: SupervisedProcess | undefined;
	const log = () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
	return {
		port,
		password,
		log,
		start: async () => {
			if (current && current.ended() === undefined) return;
			const started = startProcess({
				node: process.execPath,
				args: [path.join(__dirname, 'runProgram.cjs'), JSON.stringify(run)],
				environment: { PATH: process.env.PATH, LANG: 'C.UTF-8', TZ: 'UTC' },
				logFile,
			});
			current = started;
			const deadline = Date.now() + 60_000;
			while (!(await answers().catch(() => false))) {
				const how = started.ended();
				const words = log().trim().split('\n').slice(-15).join('\n');
				if (how !== undefined)
					throw new Error(`${name} did not start (${how}). The last lines of its log:\n${words}`);
				if (Date.now() > deadline)
					throw new Error(
						`${name} did not answer within a minute. The last lines of its log:\n${words}`,
					);
				await wait(100);
			}
		},
		stop: async () => {
			await current?.stop();
			await closed(name, port);
		},
		kill: async () => {
			await current?.kill();
			await closed(name, port);
		},
	};
}

/**
 * Ends when nobody listens on the port: the program outlives what was stopped, its parent, by a
 * moment.
 */
async function closed(name: string, port: number): Promise<void> {
	const deadline = Date.now() + 10_000;
	while (await isListening(port)) {
		if (Date.now() > deadline)
			throw new Error(`${name} was stopped, and still listens on port ${port}.`);
		await wait(20);
	}
}

async function isListening(port: number): Promise<boolean> {
	const socket = connect(port, onlyThisMachine);
	return await once(socket, 'connect')
		.then(
			() => true,
			() => false,
		)
		.finally(() => socket.destroy());
}

function writeOwn(file: string, text: string, user: User | undefined): void {
	writeFileSync(file, text, { mode: 0o600 });
	if (user) chownSync(file, user.uid, user.gid);
}

/**
 * PostgreSQL refuses to run as root, and a Redis that runs as root lets whoever reaches its port
 * write any file.
 */
async function unprivilegedUser(): Promise<User | undefined> {
	if (process.getuid?.() !== 0) return undefined;
	const numberOf = async (option: string, name: string) =>
		Number((await execute('id', [option, name])).stdout.trim());
	for (const name of ['postgres', 'nobody']) {
		try {
			return { uid: await numberOf('-u', name), gid: await numberOf('-g', name) };
		} catch {
			// This system has no such user.
		}
	}
	throw new BringError(
		'This is root, and there is neither a user "postgres" nor "nobody" to run the databases as.',
		'Run the command as another user than root.',
	);
}

/** Debian keeps the programs of a PostgreSQL server outside the PATH, a folder for each version. */
const debianPostgres = '/usr/lib/postgresql';

function findProgram(name: string): string | undefined {
	const versions = existsSync(debianPostgres)
		? readdirSync(debianPostgres).sort((one, other) => Number(other) - Number(one))
		: [];
	const folders = [
		...versions.map((version) => path.join(debianPostgres, version, 'bin')),
		...(process.env.PATH ?? '').split(path.delimiter),
		'/usr/sbin',
		'/sbin',
	];
	return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
}

function findPrograms(): Partial<Programs> {
	return {
		redisServer: findProgram('redis-server'),
		redisCli: findProgram('redis-cli'),
		initdb: findProgram('initdb'),
		postgres: findProgram('postgres'),
		pgIsReady: findProgram('pg_isready'),
		psql: findProgram('psql'),
	};
}

const isWhole = (programs: Partial<Programs>): programs is Programs =>
	Object.values(programs).every((program) => program !== undefined);

async function bringPrograms(say: (line: string) => void): Promise<Programs> {
	const found = findPrograms();
	if (isWhole(found)) return found;
	const missing = [
		...(found.redisServer && found.redisCli ? [] : ['redis-server']),
		...(found.initdb && found.postgres && found.pgIsReady && found.psql ? [] : ['postgresql']),
	];
	await install(missing, say);
	const installed = findPrograms();
	if (isWhole(installed)) return installed;
	throw new BringError(
		`${missing.join(' and ')} was installed, but its programs are not where Debian puts them.`,
		'Put redis-server, redis-cli, initdb, postgres, pg_isready and psql on the PATH.',
	);
}

/** Installs packages so that nothing of the system starts, now or later. */
async function install(packages: string[], say: (line: string) => void): Promise<void> {
	const byHand = `Debian and Ubuntu: apt-get install --no-install-recommends ${packages.join(' ')}. Elsewhere install Redis and PostgreSQL in any way. They need not run: the test starts its own.`;
	const problem = `Queue mode needs Redis and PostgreSQL; missing here: ${packages.join(', ')}.`;
	if (process.getuid?.() !== 0 || !findProgram('apt-get')) throw new BringError(problem, byHand);
	const release = await withoutServices(
		packages,
		`${problem} They are not installed by themselves here, because this system would start them.`,
		byHand,
	);
	try {
		say(
			`Installing ${packages.join(' and ')} from the system's packages; no service of them is started`,
		);
		const apt = async (...args: string[]) =>
			await execute('apt-get', args, {
				env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
				timeout: 600_000,
				maxBuffer: 64 * 1024 ** 2,
			});
		await apt('update', '-qq');
		await apt('install', '-y', '-qq', '--no-install-recommends', ...packages);
		// Where there is systemd, the package asks for its service at the next boot.
		if (packages.includes('redis-server') && existsSync('/run/systemd/system'))
			await execute('systemctl', ['disable', '--quiet', 'redis-server']);
	} catch (error) {
		throw new BringError(
			`${problem} Installing them did not succeed: ${error instanceof Error ? error.message : String(error)}`,
			byHand,
		);
	} finally {
		release();
	}
}

/**
 * Debian's own ways of installing a server without starting it: policy-rc.d forbids every start,
 * and the setting keeps PostgreSQL from making a cluster that would start with the machine. Gives
 * the function that takes both back.
 */
async function withoutServices(
	packages: readonly string[],
	problem: string,
	byHand: string,
): Promise<() => void> {
	const policy = '/usr/sbin/policy-rc.d';
	const setting = '/etc/postgresql-common/createcluster.d/no-main-cluster-while-testing.conf';
	const hadPolicy = existsSync(policy);
	if (hadPolicy) {
		const { code } = await execute(policy, ['redis-server', 'start']).then(
			() => ({ code: 0 }),
			(error: { code?: unknown }) => ({ code: error.code }),
		);
		if (code !== 101) throw new BringError(problem, byHand);
	} else {
		writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
	}
	if (packages.includes('postgresql')) {
		mkdirSync(path.dirname(setting), { recursive: true });
		writeFileSync(setting, 'create_main_cluster = false\n');
	}
	return () => {
		rmSync(setting, { force: true });
		if (!hadPolicy) rmSync(policy, { force: true });
	};
}
