/**
 * The input or a setting is wrong. `message` says what (with the field's display name in single
 * quotes), `advice` what to do. Shared code turns it into n8n's error class and adds the item.
 * Holds no credential value.
 */
export class InputError extends Error {
	constructor(
		message: string,
		readonly advice: string,
	) {
		super(message);
		this.name = 'InputError';
	}
}
