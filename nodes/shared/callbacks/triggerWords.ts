import type { INodeTypeDescription, NodeHint } from 'n8n-workflow';

type TriggerWords = Pick<
	INodeTypeDescription,
	'eventTriggerDescription' | 'activationMessage' | 'triggerPanel'
>;

/** What differs between providers; HTML, whole sentences. */
interface Steps {
	/** How a test payment gets here. */
	test: string;
	afterTest: string;
	/** What has to be done for real payments before this workflow is published, and what after. */
	beforePublishing: string;
	published: string;
}

const LIST = "the <a data-key='executions'>executions list</a>";

/**
 * What n8n shows around a trigger, in place of "go to {provider} and make an event happen".
 *
 * @param name the provider's
 */
function triggerWords(name: string, { test, afterTest, beforePublishing, published }: Steps) {
	const testing = `<b>To test here</b>, ${test} The payment shows up in this editor. ${afterTest}`;
	const listed = `These executions are in ${LIST}, not in this editor.`;
	return {
		triggerPanel: {
			header: `Receive a test payment from ${name}`,
			executionsHelp: {
				inactive: `${testing}<br /> <br /> <b>For real payments</b>, ${beforePublishing} ${listed}`,
				active: `${testing}<br /> <br /> <b>Real payments</b> start this workflow: ${published} ${listed}`,
			},
			activationHint: {
				inactive: `<b>For real payments</b>, ${beforePublishing}`,
				active: `<b>Real payments</b> start this workflow, too: ${published} ${listed}`,
			},
		},
	};
}

/**
 * Of a provider that is told with each checkout where to report its payment.
 *
 * @param afterTest what the test payment brings besides; a whole sentence
 */
export function wordsWithCallbackUrl(name: string, afterTest = ''): TriggerWords {
	return {
		...triggerWords(name, {
			test: `copy the Test URL ('Webhook URLs' of this node) into 'Callback URL' of the ${name} node that creates the checkout. Click 'Execute step' here: n8n listens for two minutes. Meanwhile create the checkout in another browser tab, and pay it.`,
			afterTest,
			beforePublishing: `copy the Production URL into 'Callback URL' of the ${name} credential, and publish this workflow. From then on the payment of each checkout that names no other Callback URL starts it.`,
			published: `those of the checkouts whose Callback URL, in the node or in the credential, is the Production URL.`,
		}),
		eventTriggerDescription:
			'Waiting for you to pay a checkout whose Callback URL is the Test URL of this trigger',
		activationMessage: `Payments now start this workflow: those of ${name} checkouts whose Callback URL is the Production URL of this trigger. Enter it once, in 'Callback URL' of the ${name} credential.`,
	};
}

/** Of a provider at which the trigger registers its own address. */
export function wordsWithRegistration(name: string): TriggerWords {
	return {
		...triggerWords(name, {
			test: `click 'Execute step'. This registers the Test URL at ${name} for as long as n8n listens, two minutes. Meanwhile create a checkout with the same credential in another browser tab, and pay it.`,
			afterTest: '',
			beforePublishing: `publish this workflow. This registers the Production URL at ${name}; there is nothing to copy. From then on each payment of the credential's account starts it.`,
			published: `those of the whole account, however the checkout was made. The Production URL is registered at ${name}.`,
		}),
		eventTriggerDescription: `Waiting for you to pay a ${name} checkout`,
		activationMessage: `This trigger is registered at ${name}: each payment of the credential's account now starts this workflow. There is no address to copy.`,
	};
}

/** Also a trigger for refunds alone is right, so this is no warning. */
export const noPaymentHint: NodeHint = {
	message:
		"'Events' does not contain Payment Succeeded: this workflow does not start when somebody pays.",
	type: 'info',
	location: 'ndv',
	whenToDisplay: 'always',
	displayCondition:
		'={{ !$parameter["events"].includes("payment.succeeded") && !$parameter["options"]?.additionalProviderEvents }}',
};
