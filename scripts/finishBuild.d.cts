export const NEUTRAL_HOME: string;
export function bundlePackages(dist: string): Promise<void>;
export function compact(dist: string): void;
export function linkHome(dist: string, packageJson: { homepage: string; version: string }): void;
