import { ageProblem } from '../../../nodes/shared/callbacks/maximumAge';
import { wooshPay } from '../../../nodes/WooshPay/wooshPay.contract';
import { credentials } from './samples';
import file from './fixtures/vectors.json';

const DAY_SECONDS = 24 * 60 * 60;

/**
 * The tolerance of the file plays the part of Maximum Age; its clock is given. The time of the body
 * is not compared: retries would be lost.
 */
function verdictOf({ secret, header, body, now_ms: now }: (typeof file.vectors)[number]): {
	signature: boolean;
	accepted: boolean;
	reason: string;
} {
	const verdict = wooshPay.callback.verify(
		{ headers: { 'wooshpay-signature': header }, rawBody: Buffer.from(body, 'utf8') },
		{ ...credentials, webhookSecret: secret },
	);
	const refusal = verdict.genuine === false ? verdict : undefined;
	const age = ageProblem(verdict, file.policies.tolerance_seconds / DAY_SECONDS, now);
	const ageWord = age?.code === 'in_the_future' ? 'future_timestamp' : 'stale_timestamp';
	return {
		signature: refusal === undefined,
		accepted: refusal === undefined && age === undefined,
		reason: refusal?.code ?? (age ? ageWord : 'ok'),
	};
}

it.each(file.vectors.map((vector) => [vector.name, vector] as const))('%s', (_name, vector) => {
	const { signature_match: signature, accept_now_policy: accepted, reason } = vector.expect;
	expect(verdictOf(vector)).toEqual({ signature, accepted, reason });
});
