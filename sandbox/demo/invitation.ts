import type { RunningN8n } from '../../test/n8n/instance';
import { deskForm, deskTable, type Example } from './examples';

interface WhatRuns {
	n8n: Pick<RunningN8n, 'url' | 'owner' | 'logFile'>;
	sandboxUrl: string;
	examples: readonly (Pick<Example, 'file' | 'formUrl'> & {
		workflow: { id: string; name: string };
	})[];
}

/** All that there is, and at the end the one thing to do next. */
export function invitation({ n8n, sandboxUrl, examples }: WhatRuns): string {
	const pad = Math.max(...examples.map(({ workflow }) => workflow.name.length));
	const list = examples.map(
		({ workflow, formUrl }) =>
			`    ${workflow.name.padEnd(pad)}  ${formUrl ?? `${n8n.url}/workflow/${workflow.id}`}`,
	);
	const first = examples.find(({ file }) => file === deskForm);
	if (first?.formUrl === undefined) throw new Error(`examples/${deskForm} has no order form.`);
	return `
The demo is running. No money moves. Ctrl-C stops it and throws everything away.

  The examples, with the order form where there is one, else the workflow
${list.join('\n')}
    The steps "Set up in 5 minutes" on the canvases are done here already. When a form says "Problem submitting response", its newest execution says why.

  What happens
    1. Choose something in the order form of the order desk. It gives a link to the cashier.
    2. On the cashier page click Pay.
    3. In the table ${deskTable} the order is "shipped", once, with what was paid.
       ${n8n.url}/home/datatables
    4. Order again, and press "Pay too little" under "For testers": the order is "underpaid", and nothing is shipped.
    The other forms do the same each by itself: "Ship the Order" has run once in the newest execution, or "Wrong Payment".

  n8n       ${n8n.url}
            e-mail ${n8n.owner.email}   password ${n8n.owner.password}   log ${n8n.logFile}
  Sandbox   ${sandboxUrl}   every checkout, request refused and callback delivered

  Start here: open ${first.formUrl}`;
}
