/** A table could not be fetched: the network, the server, the disk, or a file that is not the one expected. The message says what to do. */
export class FetchError extends Error {
  override name = "FetchError";
}
