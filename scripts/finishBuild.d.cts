export function bundlePackages(dist: string): Promise<void>;
