import { BoundedMap } from './bounded';
import type { CheckoutStatus, SandboxCheckout } from './provider';

/** How many checkouts of one provider are kept; the oldest are forgotten first. */
const checkoutCapacity = 20_000;

/** What a provider file says about a new checkout; the store adds the rest. */
export interface NewCheckout<Details> {
	readonly checkoutId: string;
	readonly paymentId?: string | null;
	readonly reference?: string | null;
	readonly status?: CheckoutStatus;
	/** Decimal text in major units */
	readonly amount: string;
	readonly currency: string;
	readonly description?: string;
	readonly callbackUrl?: string | null;
	readonly successUrl?: string | null;
	readonly cancelUrl?: string | null;
	readonly createdAt?: Date;
	readonly expiresAt?: Date | null;
	readonly request: unknown;
	readonly remarks?: readonly string[];
	readonly details: Details;
}

/** The checkouts of one provider. An open one whose time is up reads as expired. */
export class CheckoutStore<Details = unknown> {
	private readonly byCheckoutId: BoundedMap<string, SandboxCheckout<Details>>;
	private readonly idsByReference = new Map<string, Set<string>>();
	private readonly idByPaymentId = new Map<string, string>();

	constructor(
		private readonly provider: string,
		capacity: number = checkoutCapacity,
	) {
		this.byCheckoutId = new BoundedMap(capacity, (checkout) => this.forget(checkout));
	}

	add(checkout: NewCheckout<Details>): SandboxCheckout<Details> {
		const stored = complete(this.provider, checkout);
		this.byCheckoutId.set(stored.checkoutId, stored);
		if (stored.paymentId !== null) this.idByPaymentId.set(stored.paymentId, stored.checkoutId);
		if (stored.reference !== null) {
			const ids = this.idsByReference.get(stored.reference) ?? new Set();
			this.idsByReference.set(stored.reference, ids.add(stored.checkoutId));
		}
		return stored;
	}

	get(checkoutId: string): SandboxCheckout<Details> | undefined {
		return withTimeUp(this.byCheckoutId.get(checkoutId));
	}

	withPaymentId(paymentId: string): SandboxCheckout<Details> | undefined {
		const checkoutId = this.idByPaymentId.get(paymentId);
		return checkoutId === undefined ? undefined : this.get(checkoutId);
	}

	/** Every checkout with this merchant's number, oldest first */
	withReference(reference: string): SandboxCheckout<Details>[] {
		return [...(this.idsByReference.get(reference) ?? [])].flatMap(
			(checkoutId) => this.get(checkoutId) ?? [],
		);
	}

	/** Oldest first */
	all(): SandboxCheckout<Details>[] {
		const checkouts = this.byCheckoutId.values();
		checkouts.forEach(withTimeUp);
		return checkouts;
	}

	get size(): number {
		return this.byCheckoutId.size;
	}

	clear(): void {
		this.byCheckoutId.clear();
		this.idsByReference.clear();
		this.idByPaymentId.clear();
	}

	private forget(checkout: SandboxCheckout<Details>): void {
		if (checkout.paymentId !== null) this.idByPaymentId.delete(checkout.paymentId);
		if (checkout.reference === null) return;
		const ids = this.idsByReference.get(checkout.reference);
		ids?.delete(checkout.checkoutId);
		if (ids?.size === 0) this.idsByReference.delete(checkout.reference);
	}
}

/** The checkout as it is stored: what the provider file leaves out has its default. */
function complete<Details>(
	provider: string,
	checkout: NewCheckout<Details>,
): SandboxCheckout<Details> {
	const createdAt = checkout.createdAt ?? new Date();
	return {
		provider,
		checkoutId: checkout.checkoutId,
		paymentId: checkout.paymentId ?? null,
		reference: checkout.reference ?? null,
		status: checkout.status ?? 'open',
		amount: checkout.amount,
		paidAmount: null,
		currency: checkout.currency,
		description: checkout.description ?? '',
		callbackUrl: checkout.callbackUrl ?? null,
		successUrl: checkout.successUrl ?? null,
		cancelUrl: checkout.cancelUrl ?? null,
		createdAt,
		updatedAt: createdAt,
		paidAt: null,
		expiresAt: checkout.expiresAt ?? null,
		request: checkout.request,
		remarks: checkout.remarks ?? [],
		details: checkout.details,
	};
}

function withTimeUp<Checkout extends SandboxCheckout | undefined>(checkout: Checkout): Checkout {
	if (
		checkout?.expiresAt &&
		(checkout.status === 'open' || checkout.status === 'pending') &&
		checkout.expiresAt.getTime() <= Date.now()
	) {
		checkout.status = 'expired';
		checkout.updatedAt = checkout.expiresAt;
	}
	return checkout;
}
