/** The folders of nodes/ that hold a provider: every one but `shared`. */
export function providerFolders(): string[];
