import { newOwner } from './client';

// It was a constant in the source: whoever read it could sign in to every running demo.
test('each throw-away n8n has an owner with a password of its own, which n8n accepts', () => {
	const passwords = Array.from({ length: 50 }, () => newOwner().password);
	expect(new Set(passwords).size).toBe(50);
	for (const password of passwords) {
		expect(password.length).toBeGreaterThanOrEqual(8);
		expect(password.length).toBeLessThanOrEqual(64);
		expect(password).toMatch(/[A-Z]/);
		expect(password).toMatch(/[0-9]/);
	}
});
