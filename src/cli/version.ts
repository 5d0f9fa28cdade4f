declare const HHVAEM_VERSION: string | undefined;

/** The package's version, put in by the build. */
export const version: string = typeof HHVAEM_VERSION === "string" ? HHVAEM_VERSION : "from the sources";
