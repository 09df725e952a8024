import type { INodeProperties } from 'n8n-workflow';

/** In every credential, before the settings that only few accounts need: `countingSettings` (core/otherSettings.ts). */
export const otherSettingsField: INodeProperties = {
	displayName: 'My Provider Told Me Other Settings',
	name: 'otherSettings',
	type: 'boolean',
	default: false,
	description: 'Whether settings that only few accounts need are shown and count',
	hint: 'Switched off, the standard values count, whatever was entered before.',
};

/** Where the provider does not document what acknowledges a callback; each credential has its default. */
export const acknowledgementBodyField: INodeProperties = {
	displayName: 'Acknowledgement Body',
	name: 'acknowledgementBody',
	type: 'string',
	default: '',
	description:
		'What a callback is answered with, besides HTTP 200 (undocumented); a JSON object is sent as JSON',
	displayOptions: { show: { otherSettings: [true] } },
};
