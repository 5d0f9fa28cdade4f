export { fetchTable, type FetchedFile, type FetchOptions } from "./fetch-table.ts";
export { FetchError } from "./fetch-error.ts";
export type { RemoteFile, Source } from "./source.ts";
export { sources } from "./sources/index.ts";
