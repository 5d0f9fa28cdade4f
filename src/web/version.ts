declare const HHVAEM_VERSION: string;

/** The package's version, put in by the build. */
export const version = HHVAEM_VERSION;
