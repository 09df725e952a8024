/**
 * What the suites over every provider cannot know by themselves. A file in `test/providers/`
 * exports one such object under the name `provider`; a suite that is run over every provider takes
 * those that it finds here, and test/newProvider.test.ts says which provider has none.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import type {
	Payload,
	PaymentEvent,
	PaymentEventData,
	ReceivedCallback,
	Verification,
} from '../nodes/shared/core/contract';
import type { CallbackProvider } from '../nodes/shared/providerNode';
import type { PayerAction } from './support/sandboxClient';

/** An operation that is run where Create Checkout has made a checkout. */
export interface FurtherCheckout {
	/** What Create Checkout needs for it besides `order`. */
	order?: IDataObject;
	/** What the payer does in between. */
	action?: PayerAction;
	parameters(made: IDataObject): IDataObject;
}

/** One payment, and what makes its callback longer. */
export interface Payment {
	/** A number that no other payment has. */
	number: number;
	/** Rows of an order, in a list that the provider's own callbacks do not have. */
	items?: Record<string, string>[];
	/** The length of the body, made up with blanks at its end. */
	bytes?: number;
}

/** What somebody types into the credential, and the words that n8n then shows. */
export type Mistake = [typed: string, fields: Record<string, string>, seen: string | RegExp];

/** A question to a provider's API, and what it says. */
export interface ApiQuestion {
	url: string;
	body: string;
}
export interface ApiAnswer {
	status?: number;
	body: object;
}

interface Facts<Credentials> {
	/** Its folder in nodes/, which is also the name that people see. */
	folder: string;
	/** Parameters of Create Checkout, without reference and callback, that the sandbox accepts. */
	order: IDataObject;
	/** What this order shows in the checkout and in the payment event. */
	money: { amount: string; currency: string };
	/** Another currency that the provider accepts. */
	foreignCurrency: string;
	/** Ends the path of what Create Checkout may ask before its first row, because it changes nothing. */
	asksFirst?: string;
	/** What the provider answers where an operation asks it before it makes something, by `resource.operation`. */
	answeredFirst?: Record<string, IDataObject>;
	/** The answer that the provider takes for "received", to the byte. */
	acknowledgement: { status: number; contentType: string; body: string };
	/** Parameters of the operation that looks the payment up again. */
	lookUp(checkout: { checkoutId: string; reference: string }): IDataObject;
	/**
	 * Each operation besides Create Checkout and Wait for Payment that puts out a checkout, by
	 * `resource.operation`.
	 */
	checkouts: Record<string, FurtherCheckout>;
	/** Extra Request Fields that ask for other money than `order` does, and what is asked for then. */
	otherMoney: { fields: IDataObject; money: { amount: string; currency: string } };
	form: {
		/** By resource, as saved workflows name them; those of product.md section 2. */
		operations: Record<string, string[]>;
		/** Choices of 'Amount Unit': none where the provider takes decimals. */
		amountUnits: string[];
		/** Choices of 'Callback' at Create Checkout: none without a callback address per checkout. */
		callback: string[];
		/** Options of Create Checkout. */
		createOptions: string[];
		/** What its callbacks can say, as the trigger offers it: what people ship on comes first. */
		events: string[];
		/** Options of the trigger. */
		triggerOptions: string[];
		/** Sample values of parameters by name, where the suites' own would not be accepted. */
		values?: IDataObject;
		/** Where cards are taken: a number that may be in no output. */
		cardNumber?: string;
	};
	rows: {
		/** Whether the provider makes the same order only once, so that a row may be sent again. */
		deduplicates: 'never' | 'always' | 'withRetry';
		/** Rows without a reference are possible. */
		referenceOptional: boolean;
	};
	/** Left out where there is no Wait for Payment. */
	wait?: {
		/** The order whose payment is waited for, where it is not `order`. */
		order?: IDataObject;
		/** Whether the provider can be asked before the execution pauses. */
		asksBefore: boolean;
		verifiedBy: string;
	};
	credential: {
		/** The provider refuses every request with these fields, and says so. */
		wrongKey: { fields: Record<string, string>; words: RegExp };
		/** With these fields no callback can be verified, and publishing says so. */
		missingSecret: { fields: Record<string, string>; words: RegExp };
		/**
		 * The field that verifies callbacks, a wrong value of the right form, and what the log says
		 * then. Left out where the endpoint brings its own secret, which nobody can enter wrongly.
		 */
		wrongSecret?: { field: string; value: string; words: RegExp };
		/** What Create Checkout says. */
		inCreateCheckout: [Mistake, ...Mistake[]];
		/** What publishing the trigger says. */
		atPublishing: [Mistake, ...Mistake[]];
		/**
		 * Where callbacks go to registered endpoints only: registers one at the provider as its
		 * dashboard does, and gives the fields that Verify needs in the credential.
		 */
		registerByHand?(account: {
			/** The sandbox's address of this provider. */
			providerUrl: string;
			/** The credential that the sandbox accepts. */
			fields: Record<string, string>;
			callbackUrl: string;
		}): Promise<Record<string, string>>;
	};
	callback: {
		/** The header in which the proof of a callback stands. */
		signatureHeader: string;
		/** The payload of a genuine callback about a paid order, with this status. */
		withStatus(payload: Payload, word: string): Payload;
		/** The signature holds the content itself, and the body, which is not read, a copy of it. */
		bodyIsCopy?: true;
		/** What the signature covers of an event, where that is not all of it. */
		signedPart?(event: PaymentEvent): object;
		/**
		 * What becomes of a callback whose content was rearranged under its genuine signature, where
		 * that is possible.
		 */
		rearranged?(genuine: ReceivedCallback): Partial<PaymentEvent>;
		/**
		 * The provider's API, which says of each payment what the first of these genuine callbacks about
		 * it said. Left out where it cannot be asked about a callback.
		 */
		api?(genuine: readonly ReceivedCallback[]): (question: ApiQuestion) => ApiAnswer;
		/**
		 * The same body with the headers that whoever may use the credential can have made for it. Left
		 * out where nobody but the provider can sign.
		 */
		signedByUser?(callback: ReceivedCallback): ReceivedCallback;
	};
	/** Genuine callbacks that are signed here, independently of the package. */
	signing: {
		credentials: Credentials;
		/** The fields of the credential that callbacks are verified with. */
		secretFields: Array<keyof Credentials & string>;
		sign(payment: Payment): ReceivedCallback;
		/**
		 * What cannot be left out of verifying: the crypto calls, their keys ready, and one JSON.parse
		 * of what they prove.
		 */
		bare(received: ReceivedCallback): () => void;
	};
	/**
	 * Genuine callbacks of the vector files, which independent code signed, and some more. `besides`:
	 * such as are about something else than a payment to the merchant, so that whatever starts is
	 * `unknown`.
	 */
	vectors: {
		credentials: Credentials;
		/** Values that no log line may hold. */
		secrets: string[];
		genuine: Array<{ headers: Record<string, string>; body: string | Buffer }>;
		besides?: Array<{ headers: Record<string, string>; body: string | Buffer }>;
	};
}

export interface TestProvider extends Omit<Facts<Record<string, unknown>>, 'signing'> {
	/** The value of `provider` in outputs, and its name in the sandbox. */
	name: string;
	/** As saved workflows and stored credentials refer to them. */
	nodeName: string;
	triggerName: string;
	credentialName: string;
	/** Of any credential type. */
	node: CallbackProvider<never>;
	signing: Omit<Facts<Record<string, unknown>>['signing'], 'secretFields'> & {
		secretFields: string[];
		/** The contract's own, with this credential. */
		verify(received: ReceivedCallback): Verification;
		parseEvent(payload: Payload, received: ReceivedCallback): PaymentEventData;
	};
}

/** Types the facts by the provider's own credential, and adds what follows from them. */
export function testProvider<Credentials extends object>(
	node: CallbackProvider<Credentials>,
	facts: Facts<Credentials>,
): TestProvider {
	const nodeName = facts.folder.charAt(0).toLowerCase() + facts.folder.slice(1);
	const { callback } = node.contract;
	const { credentials } = facts.signing;
	const record = (fields: Credentials) => fields as unknown as Record<string, unknown>;
	return {
		...facts,
		name: facts.folder.toLowerCase(),
		nodeName,
		triggerName: `${nodeName}Trigger`,
		credentialName: `${nodeName}Api`,
		node,
		signing: {
			...facts.signing,
			credentials: record(credentials),
			verify: (received) => callback.verify(received, credentials),
			parseEvent: (payload, received) => callback.parseEvent(payload, credentials, received),
		},
		vectors: { ...facts.vectors, credentials: record(facts.vectors.credentials) },
	};
}

/** The payload with this word wherever the field occurs. */
export function replaced(payload: Payload, field: string, word: string): Payload {
	return JSON.parse(JSON.stringify(payload), (name, value: unknown) =>
		name === field ? word : value,
	) as Payload;
}

/** How publishing ends its error when a secret is missing. */
export const openAndFillIn =
	'Open the credential, correct this, and publish the workflow again. Until then every callback would be refused';

/** An acknowledgement in plain text. */
export const plainText = (body: string) => ({
	status: 200,
	contentType: 'text/plain; charset=utf-8',
	body,
});

const load = createRequire(__filename);

/** Every provider that has a file in `test/providers/`, in the order of their names. */
export function testProviders(): TestProvider[] {
	const folder = path.join(__dirname, 'providers');
	return readdirSync(folder)
		.filter((file) => file.endsWith('.ts'))
		.sort()
		.map((file) => {
			const { provider } = load(path.join(folder, file)) as { provider?: TestProvider };
			if (provider?.name !== path.basename(file, '.ts'))
				throw new Error(
					`test/providers/${file} must export what testProvider() gives as "provider", and be called like the provider's folder in nodes/, in lower case.`,
				);
			return provider;
		});
}

/** The provider of this name, for a suite that is about one of them. */
export function testProviderNamed(name: string): TestProvider {
	const found = testProviders().find((provider) => provider.name === name);
	if (!found) throw new Error(`There is no test/providers/${name}.ts.`);
	return found;
}
