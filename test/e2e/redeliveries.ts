/** How fast the suite's sandbox delivers again: a minute of the provider becomes 60 milliseconds. */
export const FAST_REDELIVERIES = 0.001;
