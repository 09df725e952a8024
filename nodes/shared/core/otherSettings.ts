/**
 * What a credential has behind its switch *My Provider Told Me Other Settings*, with the switch. n8n
 * gives no field that the form hides; a test or an expression may.
 */
export type Switched<Settings> = Partial<Settings> & { otherSettings?: boolean };

/** The settings that count: the standard ones while the switch is off, whatever is stored. */
export function countingSettings<Settings extends object>(
	credentials: Switched<Settings>,
	standard: Settings,
): Settings {
	if (credentials.otherSettings !== true) return standard;
	const names = Object.keys(standard) as Array<keyof Settings>;
	const given = names.filter((name) => credentials[name] !== undefined);
	return { ...standard, ...Object.fromEntries(given.map((name) => [name, credentials[name]])) };
}
