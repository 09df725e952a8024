import 'reflect-metadata';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

// n8n-core reads both while it is being loaded; a folder of its own keeps it away from the developer's n8n.
process.env.N8N_USER_FOLDER ??= mkdtempSync(path.join(tmpdir(), 'hosted-checkout-test-'));
process.env.N8N_ENCRYPTION_KEY ??= 'encryption key of the unit tests';
